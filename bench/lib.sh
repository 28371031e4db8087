# What the scripts of this folder share; sourced by them, not run. It reads the settings that they
# have in common, goes to the project's folder, and makes a folder `work` that goes when they end.
#
# A script that measures defines once(TOOL): one measured run of a tool on the case at hand.
# shellcheck shell=bash disable=SC2034,SC2154

die() { echo "$(basename "$0"): $*" >&2; exit 1; }

# The comment at the head of the script says how to use it.
usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" >&2
  [ "$1" = --help ] || exit 2
  exit 0
}
[ $# -eq 0 ] || usage "$1"

# What was named relative to where the caller is, before this goes to the project's folder.
for variable in EVTXHOUND_CORPUS BENCH_DIR EVTXHOUND EVTX_DUMP SCAN_PARTS; do
  [ -z "${!variable:-}" ] || declare "$variable=$(realpath -m -- "${!variable}")"
done
cd "$(dirname "$0")/.." || exit

runs=${RUNS:-5}
mib=${MIB:-1024}
corpus=${EVTXHOUND_CORPUS:-$(realpath -m ../shared/corpus)}
logs=${BENCH_DIR:-build/bench-logs}
hound=${EVTXHOUND:-build/release/tools/evtxhound/evtxhound}
peer=${EVTX_DUMP:-$(PATH="$PATH:$HOME/.cargo/bin" command -v evtx_dump || true)}
[ -x /usr/bin/time ] || die "/usr/bin/time is missing: apt-get install time"

# Numbers are written and sorted the same everywhere. With backtraces on, evtx_dump takes twice as
# long for a log with a few damaged records.
export LC_ALL=C RUST_BACKTRACE=0
unset RUST_LIB_BACKTRACE

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build COMMAND OPTION: builds the programs of this folder, and evtxhound where none was named; it
# must have that command, with that option.
build() {
  echo "==> building" >&2
  cmake --preset release -DEVTXHOUND_BENCH=ON >/dev/null
  local targets=(evtxhound_bench)
  [ -n "${EVTXHOUND:-}" ] || targets+=(evtxhound_program)
  cmake --build --preset release --target "${targets[@]}" >&2
  "$hound" "$1" --help 2>/dev/null | grep -q -- "$2" || die "$hound has no command '$1'"
}

# make_once FOLDER MADE_OF COMMAND...: runs the command, which fills the folder, unless it was
# filled of the same things before: what it was made of is kept in it.
make_once() {
  local folder=$1 made_of=$2 stamp=$1/made-of
  if [ -f "$stamp" ]; then
    [ "$(cat "$stamp")" != "$made_of" ] || return 0
  elif [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then
    die "$folder: holds files that are not from here, and would be overwritten"
  fi
  echo "==> making $folder" >&2
  mkdir -p "$folder"
  echo unfinished >"$stamp"
  "${@:3}" >&2
  echo "$made_of" >"$stamp"
}

make_logs() {
  make_once "$logs" "--mib $mib $corpus" \
    from_corpus build/release/bench/evtxhound_make_logs --force --mib "$mib" "$corpus" "$logs"
}

# from_corpus COMMAND...: runs a command that reads the corpus.
from_corpus() {
  [ -d "$corpus" ] || die "no corpus at $corpus: name a folder of real logs by EVTXHOUND_CORPUS"
  "$@"
}

failed() {
  head -5 "$work/stderr" >&2
  die "status $1: ${*:2}"
}

# measure PASSES STATUS: runs `command`; sets `seconds` for one pass over the case, and `rss`, the
# KiB of the largest process. Another status than 0 and STATUS ends the script. What the command
# prints goes to the file `output`.
output=/dev/null
measure() {
  local passes=$1 status=0 start=$EPOCHREALTIME end
  /usr/bin/time -q -f %M -o "$work/rss" "${command[@]}" >"$output" 2>"$work/stderr" || status=$?
  end=$EPOCHREALTIME
  [ $status -eq 0 ] || [ $status -eq "$2" ] || failed $status "${command[@]}"
  seconds=$(awk -v a="$start" -v b="$end" -v n="$passes" 'BEGIN { printf "%.6f", (b - a) / n }')
  rss=$(tail -1 "$work/rss")
}

# note TOOL: adds what measure() found to the tool's figures.
note() {
  echo "$seconds" >>"$work/$1.seconds"
  echo "$rss" >>"$work/$1.rss"
}

# rounds TOOL...: rounds in which each tool runs once, and they take turns at going first.
rounds() {
  local round tool order
  rm -f "$work"/*.seconds "$work"/*.rss
  for ((round = 1; round <= runs; ++round)); do
    order=("$@")
    [ $((round % 2)) -eq 1 ] || mapfile -t order < <(printf '%s\n' "$@" | tac)
    for tool in "${order[@]}"; do once "$tool"; done
  done
}

# Of the numbers on standard input.
median() {
  sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# ratios TOOL OTHER: the rounds' ratios, seconds of TOOL by seconds of OTHER: their median, the
# lowest and the highest.
ratios() {
  paste "$work/$1.seconds" "$work/$2.seconds" | awk '{ print $1 / $2 }' | sort -g >"$work/ratio"
  echo "$(median <"$work/ratio") $(head -1 "$work/ratio") $(tail -1 "$work/ratio")"
}

# The MiB of the files named on standard input, each counted once.
mib_of_files() {
  sort -u | xargs -d '\n' stat -c %s | awk '{ b += $1 } END { print b / 1048576 }'
}

# A program from elsewhere need not be of the commit that is checked out here.
commit() {
  [ -n "${EVTXHOUND:-}" ] || echo ", commit $(git describe --always --dirty --exclude '*')"
}

machine_line() {
  echo "- $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores," \
    "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr)"
}

hound_line() { echo "- evtxhound: $("$hound" --version)$(commit)"; }
