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

# shellcheck source=bench/lib.sh
source "$(dirname "$0")/lib.sh"

repeat=${REPEAT:-20}
[ -x "$peer" ] || die "evtx_dump is missing: cargo install --locked evtx --version 0.15.1"

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

mib_of() { logs_of "$1" | mib_of_files; }

# 123 is how xargs tells that a command ended with another status than 0: that try() was content
# with.
once() {
  command_of "$1" "$name" "$format" "$threads"
  measure "$passes" 123
  note "$1"
}

# One row of the table.
row() {
  local name=$1 format=$2 threads=$3 passes=1 ratio low high
  [ "$name" != many-templates ] || passes=$repeat
  logs_of "$name" >"$work/list"
  try "$name" "$format" "$threads"
  rounds hound peer
  read -r ratio low high < <(ratios peer hound)
  awk -v name="$name" -v format="$format" -v threads="$threads" -v mib="$(mib_of "$name")" \
    -v hound="$(median <"$work/hound.seconds")" -v hound_rss="$(median <"$work/hound.rss")" \
    -v peer="$(median <"$work/peer.seconds")" -v peer_rss="$(median <"$work/peer.rss")" \
    -v ratio="$ratio" -v low="$low" -v high="$high" 'BEGIN {
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

machine() {
  machine_line
  hound_line
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

# Five fields of each record. evtx_dump cannot but render, so that is what it is held against: how
# many events of the same log it renders in the same time.
fields_row() {
  local name=$1 format=jsonl threads=1 passes=1 rendered
  logs_of "$name" | sort -u >"$work/list"
  rendered=$(events peer "$name")
  : >"$work/fields.rate"
  for ((run = 0; run < runs; ++run)); do
    build/release/bench/evtxhound_fields "$logs/$name.evtx" --threads 1 |
      sed -n 's/.* s, \([0-9]*\) events.*/\1/p' >>"$work/fields.rate"
    command_of peer "$name" jsonl 1
    measure 1 123
    echo "$rendered $seconds" | awk '{ print $1 / $2 }' >>"$work/peer.rate"
  done
  awk -v name="$name" -v ours="$(median <"$work/fields.rate")" \
    -v theirs="$(median <"$work/peer.rate")" \
    -v ratio="$(paste "$work/fields.rate" "$work/peer.rate" | awk '{ print $1 / $2 }' | median)" \
    'BEGIN { printf "| %s | %.0f | %.0f | **%.2f** |\n", name, ours, theirs, ratio }'
  rm -f "$work/peer.rate"
}

fields() {
  printf '\nFive fields of each record without rendering it, 1 thread; evtx_dump renders JSON Lines.\n\n'
  echo "| log | evtxhound events/s | evtx_dump events/s | times the rate |"
  echo "| --- | --- | --- | --- |"
  fields_row few-templates
  fields_row many-templates
}

build dump --format
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
