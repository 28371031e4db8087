#!/usr/bin/env bash
# Measures `evtxhound scan --store all`: how many events a second come into an indexed case file, in
# all, and whether that stays so as the case grows. Prints a table in Markdown.
#
#   bench/load.sh                          builds, makes logs, measures: some minutes, and 26 GB of disk
#   FILES="1 2" RUNS=3 bench/load.sh       quick: seven hundred thousand events, and twice as many
#
# FILES             how many names of a log of MIB make the evidence  (1 2 30: 20 million events)
# RUNS              rounds a case, of the first two      (5; the others are loaded once)
# THREADS           (2)
# WORK              a folder for the case file           (a temporary one)
# MIB               size of the logs                     (1024)
# EVTXHOUND_CORPUS, BENCH_DIR, EVTXHOUND   as in bench/scan.sh
set -euo pipefail

# shellcheck source=bench/lib.sh
source "$(dirname "$0")/lib.sh"

read -ra files <<<"${FILES:-1 2 30}"
threads=${THREADS:-2}
scan_logs=$logs/scan
cases=${WORK:-$work}
evidence=''

# Names of one log: events, but no more memory for the page cache.
make_evidence() {
  local i
  evidence=$cases/evidence
  rm -rf "$evidence"
  mkdir "$evidence"
  for ((i = 0; i < $2; i++)); do
    ln "$1" "$evidence/$i.evtx" 2>/dev/null || ln -s "$(realpath "$1")" "$evidence/$i.evtx"
  done
}

once() {
  rm -f "$cases"/case.db*
  command=("$hound" scan "$evidence" --store all --no-hash --no-progress --threads "$threads"
    --case "$cases/case.db")
  output=$work/stdout
  measure 1 1
  note load
}

row() {
  local name=$1 count=$2 rounds=$runs i events
  rm -f "$work"/load.*
  [ "$count" -le 2 ] || rounds=1
  make_evidence "$logs/$name.evtx" "$count"
  for ((i = 0; i < rounds; i++)); do once; done
  events=$(sed -nE 's/^([0-9,]+) events from .*/\1/p' "$work/stdout" | tr -d ,)
  awk -v name="${name##*/}" -v events="$events" -v seconds="$(median <"$work/load.seconds")" \
    -v rss="$(median <"$work/load.rss")" -v size="$(stat -c %s "$cases/case.db")" 'BEGIN {
      printf "| %s | %d | %.2f | %.0f | %.0f | %.1f |\n", name, events, seconds, events / seconds,
        size / events, rss / 1024 }'
  rm -f "$cases"/case.db*
}

build scan --store
make_logs
make_once "$scan_logs" "--mib $mib --stress-mib 256 $corpus" \
  from_corpus build/release/bench/evtxhound_make_scan_logs --force --mib "$mib" \
  --stress-mib 256 "$corpus" "$scan_logs"

echo "| log | events | s | events/s | bytes an event | RSS MiB |"
echo "| --- | --- | --- | --- | --- | --- |"
for count in "${files[@]}"; do
  row few-templates "$count"
  row scan/distinct "$count"
done
