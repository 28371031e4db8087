#!/usr/bin/env bash
# Measures `evtxhound scan`: against the bare loop of what it cannot do without, with packs of a
# thousand to a million indicators, on logs that are slow, and beside its peers. Prints tables in
# Markdown. bench/README.md says what is measured and how to read it.
#
#   bench/scan.sh                          builds, makes logs and packs, measures: ten minutes
#   TABLES="3cx hashing" bench/scan.sh     only some of the tables
#   PACKS="mixed-1000" bench/scan.sh       only some of the packs
#   MIB=16 STRESS_MIB=8 DIVIDE=100 RUNS=1 bench/scan.sh
#                                          quick, to see that all works, not to quote
#
# RUNS              rounds a case                        (5)
# MIB, STRESS_MIB   size of the large logs, of the stress log  (1024, 256)
# DIVIDE            only a so-many-th of each pack       (1: all of it)
# PACKS             of evtxhound_make_packs, without .csv (all)
# TABLES            of 3cx, packs, stress, hashing, tenfold, peers, rules  (all)
# SIGMA             folders of Sigma rules, for the table of rules  (those of ../shared/sigma)
# EVTXHOUND_CORPUS  a folder of real logs                (../shared/corpus)
# BENCH_DIR         where the made logs and packs are    (build/bench-logs)
# EVTXHOUND         path of the program to measure       (that of build/release, which is then built)
# SCAN_PARTS        path of the bare loop                (build/release/bench/evtxhound_scan_parts)
# EVTX_DUMP         path of the peer                     (the one in PATH, or in ~/.cargo/bin)
set -euo pipefail

# shellcheck source=bench/lib.sh
source "$(dirname "$0")/lib.sh"

stress_mib=${STRESS_MIB:-256}
divide=${DIVIDE:-1}
read -ra packs <<<"${PACKS:-mixed-1000 mixed-100000 mixed-1000000 slow-words slow-suffix \
slow-neighbours slow-paths slow-short}"
read -ra tables <<<"${TABLES:-3cx packs stress hashing tenfold peers rules}"
read -ra sigma <<<"${SIGMA:-$(echo ../shared/sigma/rules*)}"
parts=${SCAN_PARTS:-build/release/bench/evtxhound_scan_parts}
chainsaw=$(command -v chainsaw || true)
scan_logs=$logs/scan
pack_dir=$logs/packs
failures=0

# The case of the row at hand: a file or folder to scan, a pack's path (empty: the 3CX pack),
# threads, and whether evidence is hashed. once() reads them.
evidence='' pack='' threads=1 hash_option=(--no-hash)

make_scan_inputs() {
  make_once "$scan_logs" "--mib $mib --stress-mib $stress_mib $corpus" \
    from_corpus build/release/bench/evtxhound_make_scan_logs --force --mib "$mib" \
    --stress-mib "$stress_mib" "$corpus" "$scan_logs"
  make_once "$pack_dir" "--divide $divide" \
    build/release/bench/evtxhound_make_packs --force --divide "$divide" "$pack_dir"
}

# Ten names of one log: ten times the work, but no more memory for the page cache.
make_tenfold() {
  local i
  rm -rf "$scan_logs/tenfold"
  mkdir "$scan_logs/tenfold"
  for i in 0 1 2 3 4 5 6 7 8 9; do
    ln "$logs/few-templates.evtx" "$scan_logs/tenfold/$i.evtx" 2>/dev/null ||
      cp "$logs/few-templates.evtx" "$scan_logs/tenfold/$i.evtx"
  done
}

# The command lines of evtxhound and of the bare loop for the case at hand, in `command`.
hound_command() {
  rm -f "$work"/case.db*
  command=("$hound" scan "$evidence" --store hits "${hash_option[@]}" --no-progress
    --threads "$threads" --case "$work/case.db")
  [ -z "$pack" ] || command+=(--iocs "$pack")
}

# A compiled set is for one program only, so that the bare loop has packs, and caches, of its own.
parts_command() {
  command=("$parts" "$evidence" --threads "$threads")
  [ -n "$pack" ] || return 0
  mkdir -p "$pack_dir/loop"
  [ -e "$pack_dir/loop/$(basename "$pack")" ] || ln "$pack" "$pack_dir/loop/"
  command+=(--iocs "$pack_dir/loop/$(basename "$pack")")
}

# evtx_dump takes one log a run; for several of them, two at a time with a thread each are the
# fastest on two cores. Each has a grep of its own, so that nothing waits for one of them.
peer_command() {
  # shellcheck disable=SC2016  # for the shell that xargs starts
  local pipe='"$1" -t "$2" -o jsonl "$4" 2>/dev/null | grep -i -F -f "$3"; s=("${PIPESTATUS[@]}")
    [ "${s[0]}" -eq 0 ] && [ "${s[1]}" -le 1 ]'
  local at_once=1 each=2
  [ ! -d "$evidence" ] || { at_once=2; each=1; }
  find "$evidence" -name '*.evtx' | sort >"$work/list"
  command=(xargs -d '\n' -a "$work/list" -n 1 -P "$at_once" bash -c "$pipe" pipe "$peer" "$each"
    "$work/domains.txt")
}

# It takes several patterns to mean all of them at once, so they are one.
chainsaw_command() {
  local pattern
  pattern=$(sed 's/\./\\./g' "$work/domains.txt" | paste -s -d '|')
  command=("$chainsaw" --no-banner --num-threads 2 search "$pattern" "$evidence" -i -q --jsonl
    --skip-errors)
}

openssl_command() { command=(openssl dgst -sha256 "$evidence"); }

# The highest status that is no failure: 1 is how evtxhound says that a log is damaged.
most_status() { case $1 in hound | single | ten | none | five | all) echo 1 ;; *) echo 0 ;; esac; }

once() {
  "$1_command"
  # grep takes a shortcut where its output is /dev/null, so nobody's is.
  output=$work/stdout
  measure 1 "$(most_status "$1")"
  note "$1"
  [ "$1" != parts ] || note_parts
}

# The four figures that the bare loop prints.
note_parts() {
  local what
  for what in read strip scan all; do
    awk -v what=$what '$1 == what { print $2 }' "$work/stdout" >>"$work/part.$what.seconds"
  done
}

# Runs a tool once, untimed: one that ends with an error would pass for a fast one. It also brings
# the evidence into the page cache, and compiles a pack that is new. False where the tool fails.
try() {
  local status=0
  "$1_command"
  "${command[@]}" >"$work/stdout" 2>"$work/stderr" || status=$?
  [ $status -gt "$(most_status "$1")" ] || return 0
  { echo "scan.sh: status $status: ${command[*]}"; head -3 "$work/stderr"; } >&2
  failures=$((failures + 1))
  return 1
}

# As the last line but two of a scan has it: "5 events from 1 log: 0 hits, 0 detections, …".
hits() { sed -nE 's/^.*: ([0-9,]+) hits?, .*/\1/p' "$work/stdout"; }

mib_of() { find "$1" -name '*.evtx' | mib_of_files; }

of() { median <"$work/$1"; }

pack_name() { if [ -z "$pack" ]; then echo 3cx; else basename "$pack" .csv; fi; }

head_row() {
  local cell
  printf '\n%s\n\n' "$1"
  shift
  for cell in "$@"; do printf '| %s ' "$cell"; done
  echo '|'
  for cell in "$@"; do printf '| --- '; done
  echo '|'
}

loop_head() {
  head_row "$1" log pack threads s GiB/s "RSS MiB" hits \
    "read s" "strip s" "look up s" "loop s" "loop GiB/s" "share of the loop's rate" "from, to"
}

# One row against the bare loop.
loop_row() {
  local found tools=(hound) share='' low='' high='' with_parts=
  printf '| %s | %s | %d ' "$(basename "$evidence" .evtx)" "$(pack_name)" "$threads"
  try hound || { echo '| failed |'; return; }
  found=$(hits)
  if [ -x "$parts" ] && try parts; then tools+=(parts) with_parts=1; fi
  rounds "${tools[@]}"
  awk -v s="$(of hound.seconds)" -v rss="$(of hound.rss)" -v mib="$(mib_of "$evidence")" \
    -v hits="$found" 'BEGIN {
      printf "| %.3f | %.2f | %.1f | %s ", s, mib / 1024 / s, rss / 1024, hits }'
  if [ -z "$with_parts" ]; then
    echo '| - | - | - | - | - | - | - |'
    return
  fi
  read -r share low high < <(ratios part.all hound)
  awk -v read="$(of part.read.seconds)" -v strip="$(of part.strip.seconds)" \
    -v scan="$(of part.scan.seconds)" -v all="$(of part.all.seconds)" \
    -v mib="$(mib_of "$evidence")" -v share="$share" -v low="$low" -v high="$high" 'BEGIN {
      printf "| %.3f | %.3f | %.3f | %.3f | %.2f ", read, strip, scan, all, mib / 1024 / all
      printf "| **%.2f** | %.2f to %.2f |\n", share, low, high }'
}

# versus_row TOOL NAME: one row against another program; the ratio is how many times as fast
# evtxhound is.
versus_row() {
  local tool=$1 found ratio low high
  printf '| %s | %d ' "$(basename "$evidence" .evtx)" "$threads"
  try hound || { echo '| failed |'; return; }
  found=$(hits)
  try "$tool" || { echo "| $2 failed |"; return; }
  rounds hound "$tool"
  read -r ratio low high < <(ratios "$tool" hound)
  awk -v s="$(of hound.seconds)" -v rss="$(of hound.rss)" -v hits="$found" -v name="$2" \
    -v other="$(of "$tool.seconds")" -v other_rss="$(of "$tool.rss")" \
    -v ratio="$ratio" -v low="$low" -v high="$high" 'BEGIN {
      printf "| %.3f | %.1f | %s | %s | %.3f | %.1f ", s, rss / 1024, hits, name, other,
        other_rss / 1024
      printf "| **%.2f** | %.2f to %.2f |\n", ratio, low, high }'
}

versus_head() {
  head_row "$1" log threads "evtxhound s" "RSS MiB" hits against s "RSS MiB" "times as fast" \
    "from, to"
}

table_3cx() {
  loop_head "The 3CX pack:"
  pack=''
  for evidence in "$logs/few-templates.evtx" "$scan_logs/distinct.evtx"; do
    for threads in 1 2; do loop_row; done
  done
}

start_row() {
  printf '| %s ' "$(pack_name)"
  try hound || { echo '| failed |'; return; }
  rounds hound
  awk -v s="$(of hound.seconds)" -v rss="$(of hound.rss)" \
    'BEGIN { printf "| %.4f | %.1f |\n", s, rss / 1024 }'
}

table_packs() {
  local name mixed=()
  for name in "${packs[@]}"; do [[ $name != mixed-* ]] || mixed+=("$pack_dir/$name.csv"); done
  loop_head "Packs of different sizes:"
  threads=1
  evidence=$scan_logs/distinct.evtx
  for pack in "${mixed[@]}"; do loop_row; done
  head_row "The start alone, a log of one chunk:" pack s "RSS MiB"
  evidence=$scan_logs/one-chunk.evtx
  for pack in '' "${mixed[@]}"; do start_row; done
}

table_stress() {
  local name
  loop_head "The stress log, with packs like any and with those chosen to be slow:"
  threads=1
  evidence=$scan_logs/stress.evtx
  for name in "${packs[@]}"; do
    pack=$pack_dir/$name.csv
    loop_row
  done
}

# As tools these three are evtxhound with other rules.
none_command() {
  mkdir -p "$work/no-rules"
  hound_command
  command+=(--rules "$work/no-rules" --no-census)
}
five_command() { hound_command; }
all_command() {
  local folder
  hound_command
  for folder in "${sigma[@]}"; do command+=(--rules "$folder"); done
}

# As the last line but two of a scan has it, between hits and problems.
detections() { sed -nE 's/^.*hits?, ([0-9,]+) detections?, .*/\1/p' "$work/stdout"; }

# rules_row TOOL NAME: what rules cost, against a scan by the five of the story.
rules_row() {
  local tool=$1 found ratio low high
  printf '| %s | %s | %d ' "$(basename "$evidence" .evtx)" "$2" "$threads"
  try "$tool" || { echo '| failed |'; return; }
  found=$(detections)
  try five || { echo '| failed |'; return; }
  rounds five "$tool"
  read -r ratio low high < <(ratios "$tool" five)
  awk -v s="$(of "$tool.seconds")" -v rss="$(of "$tool.rss")" -v mib="$(mib_of "$evidence")" \
    -v found="$found" -v ratio="$ratio" -v low="$low" -v high="$high" -v threads="$threads" 'BEGIN {
      printf "| %.3f | %.0f | %.1f | %s ", s, mib / s / threads, rss / 1024, found
      printf "| **%.2f** | %.2f to %.2f |\n", ratio, low, high }'
}

table_rules() {
  head_row "Rules: none and no census, the five of the story, and all of ${sigma[*]}:" \
    log rules threads s "MiB/s a thread" "RSS MiB" detections "times as long as the five" "from, to"
  pack=''
  for evidence in "$logs/few-templates.evtx" "$scan_logs/distinct.evtx"; do
    for threads in 1 2; do
      rules_row none none
      [ ! -d "${sigma[0]}" ] || rules_row all all
    done
  done
}

table_hashing() {
  versus_head "With SHA-256 of the evidence, against hashing alone:"
  pack='' threads=2 hash_option=()
  for evidence in "$logs/few-templates.evtx" "$scan_logs/distinct.evtx"; do
    versus_row openssl "openssl dgst -sha256"
  done
  hash_option=(--no-hash)
}

# As tools these two are evtxhound with other evidence.
single_command() { evidence=$logs/few-templates.evtx; hound_command; }
ten_command() { evidence=$scan_logs/tenfold; hound_command; }

tenfold_row() {
  local hits_single hits_ten ratio low high
  printf '| %d ' "$threads"
  try single || { echo '| failed |'; return; }
  hits_single=$(hits)
  try ten || { echo '| failed |'; return; }
  hits_ten=$(hits)
  rounds single ten
  read -r ratio low high < <(ratios ten single)
  awk -v a="$(of single.seconds)" -v a_rss="$(of single.rss)" -v a_hits="$hits_single" \
    -v b="$(of ten.seconds)" -v b_rss="$(of ten.rss)" -v b_hits="$hits_ten" \
    -v ratio="$ratio" -v low="$low" -v high="$high" 'BEGIN {
      printf "| %.3f | %.1f | %s | %.3f | %.1f | %s ", a, a_rss / 1024, a_hits, b, b_rss / 1024,
        b_hits
      printf "| **%.2f** | %.2f to %.2f |\n", ratio, low, high }'
}

table_tenfold() {
  make_tenfold
  head_row "Ten times the evidence:" threads "once s" "RSS MiB" hits "ten times s" "RSS MiB" hits \
    "times as long" "from, to"
  pack=''
  for threads in 1 2; do tenfold_row; done
  rm -rf "$scan_logs/tenfold"
}

table_peers() {
  "$hound" iocs list --format csv | grep -E '^(kind|domain),' >"$work/domains.csv"
  sed 1d "$work/domains.csv" | cut -d , -f 2 >"$work/domains.txt"
  versus_head "Beside other programs, the $(wc -l <"$work/domains.txt") domains of the 3CX pack:"
  pack=$work/domains.csv threads=2
  for evidence in "$logs/folder" "$logs/few-templates.evtx"; do
    [ ! -x "$peer" ] || versus_row peer "evtx_dump, grep -F"
    [ -z "$chainsaw" ] || versus_row chainsaw "chainsaw search"
  done
}

machine() {
  machine_line
  hound_line
  if [ -x "$parts" ]; then
    echo "- the bare loop: $(basename "$parts")"
  else
    echo "- the bare loop: $parts is missing, so that its columns are empty"
  fi
  if [ -x "$peer" ]; then echo "- evtx_dump: $("$peer" --version)"; else echo "- no evtx_dump"; fi
  if [ -n "$chainsaw" ]; then echo "- $("$chainsaw" --version)"; else echo "- no chainsaw"; fi
  echo "- $(openssl version)"
  echo "- $(date -u +%F), $runs rounds, medians; page cache warm; logs of $mib MiB, stress log of" \
    "$stress_mib MiB; packs $([ "$divide" -eq 1 ] && echo whole || echo "divided by $divide")"
}

for table in "${tables[@]}"; do
  declare -F "table_$table" >/dev/null || die "no table '$table': see --help"
done
build scan --no-progress
make_logs
make_scan_inputs
for name in "${packs[@]}"; do
  [ -f "$pack_dir/$name.csv" ] || die "no pack '$name' in $pack_dir"
done
machine
for table in "${tables[@]}"; do "table_$table"; done
[ "$failures" -eq 0 ] || die "$failures of the commands failed, see above"
