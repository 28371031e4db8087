#include "evtxhound/rules/value_test.hpp"

#include <fmt/format.h>

#include <charconv>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {
namespace {

match::RegexTest::Options options_of(const Atom& atom) {
  return {atom.ignore_case, atom.multi_line, atom.dot_all};
}

bool compares(Test test, double number, double limit) {
  switch (test) {
    case Test::kLess:
      return number < limit;
    case Test::kLessOrEqual:
      return number <= limit;
    case Test::kGreater:
      return number > limit;
    case Test::kGreaterOrEqual:
      return number >= limit;
    default:
      return false;
  }
}

// An IPv6 address without the interface that Windows appends: `fe80::1%5`.
std::string_view without_zone(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return address;
  return address.substr(0, address.find('%'));
}

ValueTest::Outcome outcome_of(bool matches) {
  return matches ? ValueTest::Outcome::kYes : ValueTest::Outcome::kNo;
}

}  // namespace

bool looks_at_values(Test test) {
  switch (test) {
    case Test::kText:
    case Test::kRegex:
    case Test::kCidr:
    case Test::kLess:
    case Test::kLessOrEqual:
    case Test::kGreater:
    case Test::kGreaterOrEqual:
      return true;
    case Test::kExists:
    case Test::kNull:
    case Test::kSameAsField:
    case Test::kIndicator:
      return false;
  }
  return false;
}

std::optional<double> parse_number(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (text.starts_with("0x") || text.starts_with("0X")) {
    std::uint64_t number = 0;
    const auto [at, error] = std::from_chars(text.data() + 2, end, number, 16);
    if (error != std::errc() || at != end) return std::nullopt;
    return static_cast<double>(number);
  }
  // from_chars would take "inf" and "nan" for numbers.
  if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto [at, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

std::string ValueTest::fault(const Atom& atom) {
  if (atom.test == Test::kRegex) {
    const std::string reason = match::RegexTest::fault(atom.value, options_of(atom));
    if (reason.empty()) return {};
    return fmt::format("cannot compile the expression \"{}\": {}", atom.value, reason);
  }
  if (atom.test == Test::kCidr && !indicators::parse_network(atom.value)) {
    return fmt::format("\"{}\" is no network", atom.value);
  }
  return {};
}

ValueTest::Compiled ValueTest::compile(const Atom& atom) {
  if (atom.test == Test::kText) return TextPattern(atom.pieces, atom.cased, atom.field.empty());
  if (atom.test == Test::kRegex) return match::RegexTest(atom.value, options_of(atom));
  if (atom.test != Test::kCidr) return Number{atom.test, atom.number};
  const auto network = indicators::parse_network(atom.value);
  if (!network) throw Failure(ExitStatus::kUsage, fault(atom));
  return indicators::masked(*network);
}

ValueTest::ValueTest(const Atom& atom) : compiled_(compile(atom)) {
  const auto* pattern = std::get_if<TextPattern>(&compiled_);
  needs_non_ascii_ = pattern != nullptr && pattern->needs_non_ascii();
}

ValueTest::Outcome ValueTest::matches(std::string_view value) const {
  if (const auto* pattern = std::get_if<TextPattern>(&compiled_)) {
    return outcome_of(pattern->matches(value));
  }
  if (const auto* regex = std::get_if<match::RegexTest>(&compiled_)) {
    switch (regex->matches(value)) {
      case match::RegexTest::Outcome::kNo:
        return Outcome::kNo;
      case match::RegexTest::Outcome::kYes:
        return Outcome::kYes;
      case match::RegexTest::Outcome::kGaveUp:
        return Outcome::kGaveUp;
    }
  }
  if (const auto* network = std::get_if<indicators::IpNetwork>(&compiled_)) {
    const auto address = indicators::parse_ip(without_zone(value));
    return outcome_of(address && network->contains(*address));
  }
  const Number& number = std::get<Number>(compiled_);
  const auto parsed = parse_number(value);
  return outcome_of(parsed && compares(number.test, *parsed, number.limit));
}

}  // namespace evtxhound::rules
