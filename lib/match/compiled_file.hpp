// The file of what was compiled, indicators or rules: compiling takes seconds, reading it back a
// fraction of one.
//
// The file: a header of kCompiledHeaderSize bytes, lines of text filled up with spaces, which are a
// signature, what made it and what it was made of as 64 hexadecimal digits each, and the CRC32 of
// the payload as 8; then the payload, where it can be used as it stands. Neither Hyperscan nor the
// tables check what they are given, so a file whose checksum does not fit counts as damaged.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::match {

inline constexpr std::size_t kCompiledHeaderSize = 192;  // a multiple of kPackAlignment

// What a file begins with, by what is in it.
enum class Compiled {
  kIndicators,  // "evtxhound.hsdb": a payload of IndicatorSet::serialize()
  kRules        // "evtxhound.rules": one of rules::Program::pack()
};

// Whether a file's content begins like a compiled one of the kind.
bool looks_compiled(Bytes content, Compiled kind);

// What a payload depends on beside what it was made of: this build of the program, Hyperscan's
// version, the processor. In hexadecimal.
std::string compiled_by();

// Why a file cannot be used.
enum class CompiledFault { kDamaged, kOtherProgram };

// The payload, a view of `content`, which begins at a multiple of kPackAlignment; or why there is
// none. With `made_of`, a file that was made of anything else counts as damaged.
std::variant<Bytes, CompiledFault> open_compiled(Bytes content, Compiled kind,
                                                 std::string_view made_of = {});

// The file's content. `made_of` is 64 hexadecimal digits.
Buffer make_compiled(Compiled kind, std::string_view made_of, Bytes payload);

}  // namespace evtxhound::match
