#include "evtxhound/indicators/stix_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {
namespace {

constexpr int kDeepest = 64;  // parentheses within parentheses

using Alternatives = std::vector<StixAlternative>;

// Why a text is no pattern. Never leaves parse_stix_pattern().
struct NoPattern : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

void append(Alternatives& all, Alternatives more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Alternatives unsupported(std::string what) { return {{StixTest{}, std::move(what)}}; }

// `x_ref.type = 'ipv4-addr'` says only what the other test's value shows anyway.
bool names_type_of(const StixAlternative& type, const StixAlternative& value) {
  constexpr std::string_view kType = ".type";
  constexpr std::string_view kValue = ".value";
  if (!type.unsupported.empty() || !value.unsupported.empty() || type.test.op != "=") return false;
  const std::string_view a = type.test.property;
  const std::string_view b = value.test.property;
  if (!a.ends_with(kType) || !b.ends_with(kValue) || a.find("_ref") == std::string_view::npos ||
      a.substr(0, a.size() - kType.size()) != b.substr(0, b.size() - kValue.size())) {
    return false;
  }
  const bool colon = value.test.values.front().find(':') != std::string::npos;
  const auto last = value.test.values.front().find_last_not_of("0123456789./");
  const std::string_view kind = last == std::string::npos ? "ipv4-addr"
                                : colon                   ? "ipv6-addr"
                                                          : "domain-name";
  return value.test.op == "=" && type.test.values.front() == kind;
}

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  Alternatives read() {
    auto all = observations();
    if (!at_end()) fail("something behind its end");
    return all;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw NoPattern(fmt::format("{} at its character {}", what, at_ + 1));
  }

  void enter() {
    if (++depth_ > kDeepest) fail("too many parentheses in one another");
  }

  // FOLLOWEDBY binds least, then OR, then AND.
  Alternatives observations() {
    enter();
    auto all = any_observation();
    while (take_word("FOLLOWEDBY")) {
      any_observation();
      all = unsupported("FOLLOWEDBY");
    }
    --depth_;
    return all;
  }

  Alternatives any_observation() {
    auto all = all_observations();
    while (take_word("OR")) append(all, all_observations());
    return all;
  }

  Alternatives all_observations() {
    auto all = qualified();
    while (take_word("AND")) {
      qualified();
      all = unsupported("AND of observations");
    }
    return all;
  }

  Alternatives qualified() {
    Alternatives all;
    if (take('[')) {
      all = comparisons();
      expect(']');
    } else if (take('(')) {
      all = observations();
      expect(')');
    } else {
      fail("no `[`");
    }
    while (true) {
      if (take_word("WITHIN")) {
        all = unsupported("WITHIN");
        number();
        if (!take_word("SECONDS")) fail("no SECONDS");
      } else if (take_word("REPEATS")) {
        all = unsupported("REPEATS");
        number();
        if (!take_word("TIMES")) fail("no TIMES");
      } else if (take_word("START")) {
        all = unsupported("START … STOP");
        value();
        if (!take_word("STOP")) fail("no STOP");
        value();
      } else {
        return all;
      }
    }
  }

  Alternatives comparisons() {
    enter();
    auto all = all_comparisons();
    while (take_word("OR")) append(all, all_comparisons());
    --depth_;
    return all;
  }

  Alternatives all_comparisons() {
    auto all = comparison();
    while (take_word("AND")) {
      auto more = comparison();
      const bool single = all.size() == 1 && more.size() == 1;
      if (single && names_type_of(all[0], more[0])) {
        all = std::move(more);
      } else if (!single || !names_type_of(more[0], all[0])) {
        all = unsupported("AND of several properties");
      }
    }
    return all;
  }

  Alternatives comparison() {
    if (take('(')) {
      auto all = comparisons();
      expect(')');
      return all;
    }
    const bool negated_in_front = take_word("NOT");
    if (take_word("EXISTS")) {
      property();
      return unsupported("EXISTS");
    }
    StixTest test;
    test.property = property();
    const bool negated = take_word("NOT") || negated_in_front;
    test.op = comparator();
    if (test.op == "IN") {
      expect('(');
      do {
        test.values.push_back(value(test.are_texts));
      } while (take(','));
      expect(')');
    } else {
      test.values.push_back(value(test.are_texts));
    }
    if (negated) return unsupported("NOT");
    constexpr std::array<std::string_view, 5> kKnown{"=", "IN", "LIKE", "MATCHES", "ISSUBSET"};
    if (std::find(kKnown.begin(), kKnown.end(), test.op) == kKnown.end()) {
      return unsupported(fmt::format("the comparison {}", test.op));
    }
    return {{std::move(test), {}}};
  }

  std::string comparator() {
    for (const std::string_view sign : {"==", "=", "!=", "<>", "<=", ">=", "<", ">"}) {
      skip_space();
      if (!text_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      return std::string(sign == "==" ? "=" : sign);
    }
    for (const std::string_view word : {"IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"}) {
      if (take_word(word)) return std::string(word);
    }
    fail("no comparison");
  }

  // `file:hashes.'SHA-256'`, `email-message:to_refs[*].value`
  std::string property() {
    std::string path = component();
    if (at_ >= text_.size() || text_[at_] != ':') fail("no `:` behind an object's type");
    do {
      path += text_[at_++];
      path += component();
      while (at_ < text_.size() && text_[at_] == '[') {
        const auto close = text_.find(']', at_);
        if (close == std::string_view::npos) fail("no `]`");
        path += "[*]";
        at_ = close + 1;
      }
    } while (at_ < text_.size() && text_[at_] == '.');
    return path;
  }

  std::string component() {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '\'') return quoted();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (begin == at_) fail("no name");
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string value() {
    bool ignored = true;
    return value(ignored);
  }

  // A string, or a number, truth value, time or bytes as they are written.
  std::string value(bool& are_texts) {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '\'') return quoted();
    are_texts = false;
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '.' || text_[at_] == '+')) {
      ++at_;
    }
    if (at_ == begin + 1 && at_ < text_.size() && text_[at_] == '\'') return quoted();
    if (begin == at_) fail("no value");
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    std::string result;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\'') {
        ++at_;
        return result;
      }
      const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                          (text_[at_ + 1] == '\'' || text_[at_ + 1] == '\\');
      if (escape) ++at_;
      result += text_[at_];
    }
    fail("a string that is never closed");
  }

  void number() {
    skip_space();
    const std::size_t begin = at_;
    while (at_ < text_.size() && ((text_[at_] >= '0' && text_[at_] <= '9') || text_[at_] == '.')) {
      ++at_;
    }
    if (begin == at_) fail("no number");
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }
  bool take(char sign) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }
  void expect(char sign) {
    if (!take(sign)) fail(fmt::format("no `{}`", sign));
  }
  bool take_word(std::string_view word) {
    skip_space();
    if (!ascii_iequals(text_.substr(at_, word.size()), word)) return false;
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && (is_word(text_[end]) || text_[end] == ':')) return false;
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

StixPattern parse_stix_pattern(std::string_view pattern) {
  StixPattern result;
  try {
    result.alternatives = PatternReader(pattern).read();
  } catch (const NoPattern& fault) {
    result.wrong = fault.what();
  }
  return result;
}

}  // namespace evtxhound::indicators
