#!/usr/bin/env bash
# Measures `evtxhound dump` side by side with evtx_dump on the logs that evtxhound_make_logs makes,
# and prints tables in Markdown. bench/README.md says what is measured and how to read it.
#
#   bench/compare.sh             builds, makes the logs where they are not there, measures
#   RUNS=9 bench/compare.sh      nine rounds a case, instead of five
#   MIB=64 bench/compare.sh      smaller logs: quick, to see that all works, not to quote
#
# EVTXHOUND_CORPUS  a folder of real logs   (../shared/corpus)
# BENCH_DIR         where the made logs are (build/bench-logs)
# REPEAT            processes that one measurement of the short log takes together (20)
# EVTXHOUND         path of the program to measure  (that of build/release, which is then built)
# EVTX_DUMP         path of the peer                (the one in PATH, or in ~/.cargo/bin)
set -euo pipefail

die() { echo "compare.sh: $*" >&2; exit 1; }

if [ $# -gt 0 ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" >&2
  [ "$1" = --help ] || exit 2
  exit 0
fi

# What was named relative to where the caller is, before this goes to the project's folder.
for variable in EVTXHOUND_CORPUS BENCH_DIR EVTXHOUND EVTX_DUMP; do
  [ -z "${!variable:-}" ] || declare "$variable=$(realpath -m -- "${!variable}")"
done
cd "$(dirname "$0")/.."

runs=${RUNS:-5}
mib=${MIB:-1024}
repeat=${REPEAT:-20}
corpus=${EVTXHOUND_CORPUS:-$(realpath -m ../shared/corpus)}
logs=${BENCH_DIR:-build/bench-logs}
hound=${EVTXHOUND:-build/release/tools/evtxhound/evtxhound}
peer=${EVTX_DUMP:-$(PATH="$PATH:$HOME/.cargo/bin" command -v evtx_dump || true)}
[ -x "$peer" ] || die "evtx_dump is missing: cargo install --locked evtx --version 0.15.1"
[ -x /usr/bin/time ] || die "/usr/bin/time is missing: apt-get install time"

# Numbers are written and sorted the same everywhere. With backtraces on, evtx_dump takes twice as
# long for a log with a few damaged records.
export LC_ALL=C RUST_BACKTRACE=0
unset RUST_LIB_BACKTRACE

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() {
  echo "==> building" >&2
  cmake --preset release -DEVTXHOUND_BENCH=ON >/dev/null
  local targets=(evtxhound_bench)
  [ -n "${EVTXHOUND:-}" ] || targets+=(evtxhound_program)
  cmake --build --preset release --target "${targets[@]}" >&2
  "$hound" dump --help 2>/dev/null | grep -q -- --format || die "$hound has no command 'dump'"
}

# The logs are made once; what they were made of is kept beside them.
make_logs() {
  local made_of="--mib $mib $corpus" stamp=$logs/made-of
  if [ -f "$stamp" ]; then
    [ "$(cat "$stamp")" != "$made_of" ] || return 0
  elif [ -n "$(ls -A "$logs" 2>/dev/null)" ]; then
    die "$logs: holds files that are not from here, and would be overwritten"
  fi
  [ -d "$corpus" ] || die "no corpus at $corpus: name a folder of real logs by EVTXHOUND_CORPUS"
  echo "==> making logs in $logs" >&2
  mkdir -p "$logs"
  echo unfinished >"$stamp"
  build/release/bench/evtxhound_make_logs --force --mib "$mib" "$corpus" "$logs" >&2
  echo "$made_of" >"$stamp"
}

# The logs of a case; for the short one as many times as one measurement reads it.
logs_of() {
  case $1 in
    folder) printf '%s\n' "$logs"/folder/*.evtx ;;
    many-templates) for ((i = 0; i < repeat; ++i)); do echo "$logs/$1.evtx"; done ;;
    *) echo "$logs/$1.evtx" ;;
  esac
}

# command_of TOOL CASE FORMAT THREADS: sets `command`, the whole command line. evtx_dump takes one
# log a run; of what it can do with two cores, two logs at a time with a thread each is the fastest.
command_of() {
  local tool=$1 name=$2 format=$3 threads=$4 at_once=1 options
  command=(xargs -d '\n' -a "$work/list")
  if [ "$tool" = hound ]; then
    [ "$name" = folder ] || command+=(-n 1)
    command+=("$hound" dump --format "$format" --threads "$threads")
    return
  fi
  [ "$name" != folder ] || { at_once=$threads; threads=1; }
  options=(-o jsonl)
  [ "$format" = jsonl ] || options=(-o xml --no-indent --dont-show-record-number)
  command+=(-n 1 -P "$at_once" "$peer" -t "$threads" "${options[@]}")
}

failed() {
  head -5 "$work/stderr" >&2
  die "status $1: ${*:2}"
}

# Runs `command`; sets `seconds` for one pass over the case, and `rss`, the KiB of the largest
# process. REQUIRES: try() was content with the tool and the case
measure() {
  local passes=$1 status=0 start=$EPOCHREALTIME end
  /usr/bin/time -q -f %M -o "$work/rss" "${command[@]}" >/dev/null 2>"$work/stderr" || status=$?
  end=$EPOCHREALTIME
  # As xargs tells that a command ended with another status than 0.
  [ $status -eq 0 ] || [ $status -eq 123 ] || failed $status "${command[@]}"
  seconds=$(awk -v a="$start" -v b="$end" -v n="$passes" 'BEGIN { printf "%.6f", (b - a) / n }')
  rss=$(tail -1 "$work/rss")
}

# try CASE FORMAT THREADS: runs both tools once, untimed: one that ends with an error would pass for
# a fast one. It also brings the logs into the page cache.
try() {
  local name=$1 format=$2 threads=$3 status=0 distinct
  mapfile -t distinct < <(sort -u "$work/list")
  command=("$hound" dump --format "$format" --threads "$threads" "${distinct[@]}")
  "${command[@]}" >/dev/null 2>"$work/stderr" || status=$?
  [ $status -le 1 ] || failed $status "${command[@]}"  # 1: a log is damaged
  command_of peer "$name" "$format" "$threads"
  "${command[@]}" >/dev/null 2>"$work/stderr" || failed $? "${command[@]}"
}

# Of the numbers on standard input.
median() {
  sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

mib_of() {
  logs_of "$1" | sort -u | xargs -d '\n' stat -c %s | awk '{ b += $1 } END { print b / 1048576 }'
}

# One row: rounds in which both tools run, and take turns at going first.
row() {
  local name=$1 format=$2 threads=$3 tool round order passes=1
  [ "$name" != many-templates ] || passes=$repeat
  logs_of "$name" >"$work/list"
  try "$name" "$format" "$threads"
  rm -f "$work"/*.seconds "$work"/*.rss
  for ((round = 1; round <= runs; ++round)); do
    order=(hound peer)
    [ $((round % 2)) -eq 1 ] || order=(peer hound)
    for tool in "${order[@]}"; do
      command_of "$tool" "$name" "$format" "$threads"
      measure "$passes"
      echo "$seconds" >>"$work/$tool.seconds"
      echo "$rss" >>"$work/$tool.rss"
    done
  done
  paste "$work/peer.seconds" "$work/hound.seconds" | awk '{ print $1 / $2 }' |
    sort -g >"$work/ratio"
  awk -v name="$name" -v format="$format" -v threads="$threads" -v mib="$(mib_of "$name")" \
    -v hound="$(median <"$work/hound.seconds")" -v hound_rss="$(median <"$work/hound.rss")" \
    -v peer="$(median <"$work/peer.seconds")" -v peer_rss="$(median <"$work/peer.rss")" \
    -v ratio="$(median <"$work/ratio")" -v low="$(head -1 "$work/ratio")" \
    -v high="$(tail -1 "$work/ratio")" 'BEGIN {
      printf "| %s | %s | %d ", name, format, threads
      printf "| %.3f | %.0f | %.1f ", hound, mib / hound, hound_rss / 1024
      printf "| %.3f | %.0f | %.1f ", peer, mib / peer, peer_rss / 1024
      printf "| **%.2f** | %.2f to %.2f |\n", ratio, low, high
    }'
}

# How many events the tools print, one a line, so that nobody is fast by leaving work out.
events() {
  local tool=$1 name=$2 status=0
  logs_of "$name" | sort -u >"$work/list"
  command_of "$tool" "$name" jsonl 1
  "${command[@]}" 2>/dev/null | wc -l || status=$?
  [ $status -eq 0 ] || [ $status -eq 123 ] || die "status $status: ${command[*]}"
}

# A program from elsewhere need not be of the commit that is checked out here.
commit() {
  [ -n "${EVTXHOUND:-}" ] || echo ", commit $(git describe --always --dirty --exclude '*')"
}

machine() {
  echo "- $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores," \
    "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr)"
  echo "- evtxhound: $("$hound" --version)$(commit)"
  echo "- evtx_dump: $("$peer" --version)"
  echo "- $(date -u +%F), $runs rounds, medians; page cache warm; output to /dev/null"
}

logs_table() {
  echo "| log | MiB | events by evtxhound | events by evtx_dump |"
  echo "| --- | --- | --- | --- |"
  local name ours theirs
  for name in few-templates many-templates folder; do
    ours=$(events hound "$name")
    theirs=$(events peer "$name")
    printf '| %s | %.1f | %s | %s |\n' "$name" "$(mib_of "$name")" "$ours" "$theirs"
  done
}

# The program is not part of every version; evtx_dump has nothing to set against it.
fields() {
  local program=build/release/bench/evtxhound_fields name run
  [ -x "$program" ] || return 0
  printf '\nFive fields of each record, without rendering, 1 thread:\n\n'
  for name in few-templates many-templates; do
    for ((run = 0; run < runs; ++run)); do "$program" "$logs/$name.evtx" --threads 1; done |
      sort -t ' ' -k 4,4g | sed -n "$(((runs + 1) / 2))s/^/- $name: /p"
  done
}

build
make_logs
machine
echo
logs_table
echo
echo "| log | output | threads | evtxhound s | MiB/s | RSS MiB | evtx_dump s | MiB/s | RSS MiB" \
  "| times as fast | from, to |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for name in few-templates many-templates folder; do
  for format in jsonl xml; do
    for threads in 1 2; do row "$name" "$format" "$threads"; done
  done
done
fields
