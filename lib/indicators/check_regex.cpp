#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "evtxhound/indicators/checks.hpp"
#include "evtxhound/indicators/regex_literal.hpp"
#include "evtxhound/match/regex.hpp"

namespace evtxhound::indicators {
namespace {

// What every log has values like.
constexpr std::array<std::string_view, 4> kCommonTexts{
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "C:\\Windows\\System32\\svchost.exe",
    "ABCDEFGH"};

constexpr std::size_t kLongestExpression = 4096;  // bytes; what compiles for minutes is longer

std::string fault_of(const std::string& expression) {
  if (expression.size() > kLongestExpression) {
    return fmt::format("it has more than {} bytes", kLongestExpression);
  }
  if (has_quoting(expression)) return "\\Q is not supported: write \\ before each sign instead";
  if (auto fault = match::Regex::fault(expression); !fault.empty()) return fault;
  const match::Regex compiled(expression);
  if (compiled.shortest_match() < kShortestText) {
    return fmt::format("it matches fewer than {} bytes, which would be found everywhere",
                       kShortestText);
  }
  const bool common =
      std::all_of(kCommonTexts.begin(), kCommonTexts.end(),
                  [&](std::string_view text) { return compiled.leftmost(text).has_value(); });
  if (common) return "it matches nearly every value";
  if (mandatory_literal(expression)) return {};
  return match::Regex::fault(without_ends(expression));
}

}  // namespace

void check_regex(Validated& out) {
  if (const auto fault = fault_of(out.value); !fault.empty()) {
    out.wrong = fmt::format("refused regex \"{}\": {}", out.value, fault);
  }
}

}  // namespace evtxhound::indicators
