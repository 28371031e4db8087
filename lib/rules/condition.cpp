#include "evtxhound/rules/condition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/limits.hpp"

namespace evtxhound::rules {
namespace {

using Kind = Condition::Kind;

// Brackets and bars are words of their own.
std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 1;
    if (kBlanks.find(text[i]) != std::string_view::npos) {
      i += size;
      continue;
    }
    if (std::string_view("()|").find(text[i]) == std::string_view::npos) {
      size = std::min(text.find_first_of(" \t\r\n()|", i), text.size()) - i;
    }
    words.push_back(text.substr(i, size));
    i += size;
  }
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Parser {
 public:
  explicit Parser(const ParsedText& text) : place_(text.place), words_(words_of(text.text)) {}

  Condition parse() {
    refuse_old_forms();
    Condition condition = disjunction();
    if (next_ < words_.size()) {
      fail(fmt::format(R"("{}" is not expected after "{}")", words_[next_], words_[next_ - 1]));
    }
    return condition;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw RuleFault(place_, "condition: " + why);
  }

  void refuse_old_forms() const {
    for (const std::string_view word : words_) {
      if (word == "|") {
        fail(
            "aggregations behind `|` (count, min, max, near …) are not supported: Sigma "
            "correlations take their place");
      }
      if (ascii_iequals(word, "near")) {
        fail("near is not supported: Sigma correlations take its place");
      }
    }
  }

  [[nodiscard]] bool at(std::string_view word, std::size_t ahead = 0) const {
    return next_ + ahead < words_.size() && ascii_iequals(words_[next_ + ahead], word);
  }

  void deeper() {
    if (++depth_ > kMaxConditionDepth) {
      fail(fmt::format("nested deeper than {}", kMaxConditionDepth));
    }
  }

  // REQUIRES: parse_operand does not return without having gone on
  template <class ParseOperand>
  Condition chain(std::string_view word, Kind kind, ParseOperand parse_operand) {
    Condition first = parse_operand();
    if (!at(word)) return first;
    Condition all{kind, "", {}};
    all.children.push_back(std::move(first));
    while (at(word)) {
      ++next_;
      all.children.push_back(parse_operand());
    }
    return all;
  }

  Condition disjunction() {
    return chain("or", Kind::kOr, [this] { return conjunction(); });
  }

  Condition conjunction() {
    return chain("and", Kind::kAnd, [this] { return negation(); });
  }

  Condition negation() {
    if (!at("not")) return operand();
    ++next_;
    deeper();
    Condition condition{Kind::kNot, "", {}};
    condition.children.push_back(negation());
    --depth_;
    return condition;
  }

  Condition operand() {
    if (next_ >= words_.size()) fail("it ends where a selection is expected");
    if (at("(")) {
      ++next_;
      deeper();
      Condition condition = disjunction();
      --depth_;
      if (!at(")")) fail("a bracket is not closed");
      ++next_;
      return condition;
    }
    if (at("of", 1)) return quantified();
    const std::string_view word = words_[next_];
    if (at(")") || at("and") || at("or")) {
      fail(fmt::format("\"{}\" stands where a selection is expected", word));
    }
    ++next_;
    return {Kind::kSelection, std::string(word), {}};
  }

  Condition quantified() {
    Condition condition;
    if (at("1") || at("any")) {
      condition.kind = Kind::kOneOf;
    } else if (at("all")) {
      condition.kind = Kind::kAllOf;
    } else if (is_number(words_[next_])) {
      fail(fmt::format("{} of is not supported: only 1, any and all are", words_[next_]));
    } else {
      fail(fmt::format("\"{} of\": only 1, any and all are known", words_[next_]));
    }
    next_ += 2;
    if (next_ >= words_.size() || at("(") || at(")")) fail("no selections behind \"of\"");
    condition.name = at("them") ? "them" : std::string(words_[next_]);
    ++next_;
    return condition;
  }

  Place place_;
  std::vector<std::string_view> words_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Condition parse_condition(const ParsedText& text) {
  if (text.null || trim(text.text).empty()) throw RuleFault(text.place, "the condition is empty");
  if (text.text.size() > kMaxConditionSize) {
    throw RuleFault(text.place,
                    fmt::format("the condition is longer than {} bytes", kMaxConditionSize));
  }
  return Parser(text).parse();
}

}  // namespace evtxhound::rules
