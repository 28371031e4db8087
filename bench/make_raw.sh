#!/usr/bin/env bash
# Makes a raw image to be carved: pseudo-random bytes (what is encrypted or compressed looks like
# them), zeros, files of /usr (programs and text), in turns, and between them now and then a log of
# testdata/, at odd offsets. The same size gives the same bytes but for those of /usr.
#
#   bench/make_raw.sh OUT MIB [LOG...]     LOG: of other logs than those of testdata/
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
out=$(realpath -m -- "$1") size=$(($2 * 1048576))
shift 2
cd "$(dirname "$0")/.."
logs=("$@")
[ ${#logs[@]} -ne 0 ] || mapfile -t logs < <(find testdata -name '*.evtx' | LC_ALL=C sort)
[ ${#logs[@]} -ne 0 ] || { echo "make_raw.sh: no logs" >&2; exit 1; }

# A producer ends by SIGPIPE once its reader has enough.
random() { (openssl enc -aes-128-ctr -nosalt -pass "pass:$1" -pbkdf2 </dev/zero 2>/dev/null || true) | head -c "$2"; }

exec 3< <(tar --create --file - --sort=name --directory / usr 2>/dev/null || true)
turns=16
piece=$((size / turns / 3))
for ((turn = 0; turn < turns; ++turn)); do
  random "$turn" $((piece - turn * 77 - 1))
  head -c $((piece - turn * 131 - 3)) /dev/zero
  head -c $((piece - turn * 53 - 5)) <&3
  # Without its file header, as most of what is carved.
  tail -c +4097 -- "${logs[turn % ${#logs[@]}]}"
done | head -c "$size" >"$out" || [ "${PIPESTATUS[*]}" = "141 0" ]  # it had enough
have=$(stat -c %s "$out")
[ "$have" -ge "$size" ] || head -c $((size - have)) /dev/zero >>"$out"
