// The part of an atom that looks at one value: a text, an expression, a network or a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "evtxhound/indicators/ip_address.hpp"
#include "evtxhound/match/regex_test.hpp"
#include "evtxhound/rules/rule.hpp"
#include "evtxhound/rules/text_pattern.hpp"

namespace evtxhound::rules {

// Whether a Test is decided value by value; the others need the whole event.
bool looks_at_values(Test test);

// A number as text: decimal with sign and fraction, or 0x and hexadecimal digits.
std::optional<double> parse_number(std::string_view text);

// Immutable: any number of threads may share one.
class ValueTest {
 public:
  enum class Outcome : std::uint8_t { kNo, kYes, kGaveUp };

  // Why the atom can never be evaluated, in words for the rule's author; empty where it can.
  static std::string fault(const Atom& atom);

  // Throws Failure (kUsage) for an expression or network that is none.
  // REQUIRES: looks_at_values(atom.test)
  explicit ValueTest(const Atom& atom);

  // kGaveUp: an expression was stopped, see match::RegexTest. REQUIRES: value is valid UTF-8
  [[nodiscard]] Outcome matches(std::string_view value) const;

  // Whether no value of ASCII alone can match.
  [[nodiscard]] bool needs_non_ascii() const { return needs_non_ascii_; }

 private:
  struct Number {
    Test test = Test::kLess;
    double limit = 0;
  };
  using Compiled = std::variant<TextPattern, match::RegexTest, indicators::IpNetwork, Number>;
  static Compiled compile(const Atom& atom);
  Compiled compiled_;
  bool needs_non_ascii_ = false;
};

}  // namespace evtxhound::rules
