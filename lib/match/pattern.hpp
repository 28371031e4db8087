// What to look for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evtxhound::match {

using PatternNumber = std::uint32_t;

// A plain text or an expression. Several patterns may share a number.
struct Pattern {
  enum class Syntax : std::uint8_t {
    kLiteral,     // these characters, UTF-8, in any case
    kExpression,  // Hyperscan's subset of PCRE; `(?i)` where case must not count
  };
  PatternNumber number = 0;
  std::string text;  // not empty
  Syntax syntax = Syntax::kLiteral;
};

}  // namespace evtxhound::match
