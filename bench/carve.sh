#!/usr/bin/env bash
# Carves with evtxhound and with EVTXtract: the chunks of the corpus' logs in one file, with junk of
# odd sizes between them. Prints seconds of both, and each place where only EVTXtract has a record;
# then there is status 1. Then carves a large raw image, that holds few logs, with evtxhound alone.
#
#   bench/carve.sh               builds, makes the files where they are not there, carves
#   MIB=512 bench/carve.sh       a smaller raw image than 4 GiB
#
# EVTXHOUND_CORPUS  a folder of real logs   (../shared/corpus)
# EVTXHOUND         path of the program to measure  (that of build/release, which is then built)
# EVTXTRACT_PYTHON  a Python with the package evtxtract; without it that comparison is SKIPPED
set -euo pipefail

MIB=${MIB:-4096}
[ -z "${EVTXTRACT_PYTHON:-}" ] || EVTXTRACT_PYTHON=$(command -v "$EVTXTRACT_PYTHON")
# shellcheck source=bench/lib.sh
source "$(dirname "$0")/lib.sh"
python=${EVTXTRACT_PYTHON:-python3}
raw=build/bench-raw
build scan --carve

# The chunks of all logs; what is between them is text of this script.
join_corpus() {
  local log number=0
  while IFS= read -r -d '' log; do
    head -c $((number++ * 97 % 2000 + 1)) "bench/carve.sh"
    tail -c +4097 -- "$log"
  done < <(find "$corpus" -name '*.evtx' -print0 | sort -z)
}

# carve FILE: sets `user` and `rss`; the case file is $work/case.db
carve() {
  local status=0
  rm -f "$work/case.db"
  /usr/bin/time -q -f '%U %S %e %M' -o "$work/time" "$hound" scan --carve "$1" --case "$work/case.db" \
    --store "$2" --no-hash --threads 1 >/dev/null 2>"$work/stderr" || status=$?
  [ $status -le 1 ] || failed $status "scan --carve $1"
  read -r user system elapsed rss <"$work/time"
}

[ -d "$corpus" ] || die "no corpus at $corpus: name a folder of real logs by EVTXHOUND_CORPUS"
mkdir -p "$raw"
join_corpus >"$raw/corpus.raw"
carve "$raw/corpus.raw" all
sqlite3 "$work/case.db" 'select byte_offset from event union select byte_offset from also_at' |
  sort >"$work/hound"
machine_line
hound_line
echo "- evtxhound: $(wc -l <"$work/hound") places of records, $user s user, $system s system, $((rss / 1024)) MiB"
lost=0
if "$python" -c 'import evtxtract' 2>/dev/null; then
  /usr/bin/time -q -f '%U %S %e %M' -o "$work/time" \
    "$python" bench/evtxtract_records.py "$raw/corpus.raw" >"$work/records" 2>/dev/null
  read -r user system elapsed rss <"$work/time"
  cut -f 1 "$work/records" | sort -u >"$work/peer"
  echo "- EVTXtract: $(wc -l <"$work/peer") places of records, $user s user, $system s system, $((rss / 1024)) MiB"
  comm -13 "$work/hound" "$work/peer" >"$work/lost"
  lost=$(wc -l <"$work/lost")
  sed 's/^/  only EVTXtract has the record at /' "$work/lost"
else
  echo "SKIPPED: EVTXtract: name a Python that has it by EVTXTRACT_PYTHON"
fi

[ "$(stat -c %s "$raw/big.raw" 2>/dev/null || true)" = $((mib * 1048576)) ] ||
  bench/make_raw.sh "$raw/big.raw" "$mib"
cat "$raw/big.raw" >/dev/null
carve "$raw/big.raw" hits
echo "- $mib MiB raw: $user s user, $system s system, $elapsed s elapsed, $((rss / 1024)) MiB"
[ "$lost" -eq 0 ]
