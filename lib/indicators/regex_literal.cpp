#include "evtxhound/indicators/regex_literal.hpp"

#include <algorithm>

namespace evtxhound::indicators {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The place behind the class that starts at `at` with `[`; npos where it is not closed.
std::size_t class_end(std::string_view text, std::size_t at) {
  ++at;
  if (at < text.size() && text[at] == '^') ++at;
  if (at < text.size() && text[at] == ']') ++at;
  while (at < text.size()) {
    if (text[at] == '\\') {
      at += 2;
    } else if (text.substr(at, 2) == "[:") {
      const auto close = text.find(":]", at + 2);
      at = close == std::string_view::npos ? at + 1 : close + 2;
    } else if (text[at] == ']') {
      return at + 1;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

// The place behind the group that starts at `at` with `(`; npos where it is not closed.
std::size_t group_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '\\') {
      at += 2;
      continue;
    }
    if (c == '[') {
      at = class_end(text, at);
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return at + 1;
    ++at;
  }
  return std::string_view::npos;
}

// Reads an expression piece by piece; bail() where it cannot be followed.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  std::optional<std::string> read() {
    // With `(?i)` these match letters beyond ASCII too: the Kelvin sign, the long s.
    without_k_and_s_ = text_.find("(?") != std::string_view::npos;
    while (at_ < text_.size() && !bailed_) read_atom();
    end_run();
    if (bailed_ || best_.size() < kShortestLiteral) return std::nullopt;
    return best_;
  }

 private:
  void bail() { bailed_ = true; }

  void end_run() {
    if (run_.size() > best_.size()) best_ = run_;
    run_.clear();
  }

  void read_atom() {
    const char c = text_[at_];
    switch (c) {
      case '|':
      case ')':
      case '*':
      case '+':
      case '?':
      case '{':
        return bail();
      case '(':
        return read_group();
      case '[':
        return skip_to(class_end(text_, at_));
      case '\\':
        return read_escape();
      case '.':
      case '^':
      case '$':
        return skip_to(at_ + 1);
      default:
        return read_character(c, 1);
    }
  }

  void skip_to(std::size_t end) {
    end_run();
    if (end > text_.size()) return bail();
    at_ = end;
    read_quantifier(false);
  }

  void read_group() {
    const auto rest = text_.substr(at_);
    if (rest.starts_with("(*") || rest.starts_with("(?#")) return bail();
    if (rest.starts_with("(?")) {
      const auto flags = rest.substr(2, rest.find_first_of(":)<=!>'P|&", 2) - 2);
      if (flags.find('x') != std::string_view::npos) return bail();
    }
    const auto end = group_end(text_, at_);
    if (end <= text_.size() && has_comment_or_x(text_.substr(at_, end - at_))) return bail();
    skip_to(end);
  }

  // A comment may hold a `)` or `|` of its own.
  static bool has_comment_or_x(std::string_view group) {
    for (auto at = group.find("(?", 1); at != std::string_view::npos;
         at = group.find("(?", at + 2)) {
      const auto flags = group.substr(at + 2, group.find_first_of(":)<=!>'P|&", at + 2) - at - 2);
      if (flags.starts_with('#') || flags.find('x') != std::string_view::npos) return true;
    }
    return false;
  }

  void read_escape() {
    if (at_ + 1 >= text_.size()) return bail();
    const char c = text_[at_ + 1];
    if (!is_letter(c) && !is_digit(c)) return read_character(c, 2);
    constexpr std::string_view kSingle = "dDwWsShHvVbBAzZtnrfea";
    if (kSingle.find(c) != std::string_view::npos) return skip_to(at_ + 2);
    if (c != 'x') return bail();
    if (at_ + 2 < text_.size() && text_[at_ + 2] == '{') {
      const auto close = text_.find('}', at_);
      return close == std::string_view::npos ? bail() : skip_to(close + 1);
    }
    std::size_t end = at_ + 2;
    while (end < text_.size() && end < at_ + 4 && is_hex(text_[end])) ++end;
    skip_to(end);
  }

  void read_character(char c, std::size_t size) {
    at_ += size;
    const bool plain = c >= 0x20 && c < 0x7F;
    const bool folds_away = without_k_and_s_ && (c == 'k' || c == 'K' || c == 's' || c == 'S');
    if (plain && !folds_away) {
      run_ += c;
      read_quantifier(true);
    } else {
      end_run();
      read_quantifier(false);
    }
  }

  // What stands behind an atom: `*`, `+`, `?`, `{…}`, each with `?` or `+` behind it.
  void read_quantifier(bool is_character) {
    if (at_ >= text_.size()) return;
    const char c = text_[at_];
    bool optional = c == '*' || c == '?';
    std::size_t end = at_ + 1;
    if (c == '{') {
      const auto close = text_.find('}', at_);
      if (close == std::string_view::npos || at_ + 1 >= close || !is_digit(text_[at_ + 1])) {
        return bail();
      }
      const auto inside = text_.substr(at_ + 1, close - at_ - 1);
      if (inside.find_first_not_of("0123456789,") != std::string_view::npos) return bail();
      const auto least = inside.substr(0, inside.find(','));
      optional = least.find_first_not_of('0') == std::string_view::npos;
      end = close + 1;
    } else if (!optional && c != '+') {
      return;
    }
    if (is_character && optional) run_.pop_back();
    end_run();
    if (end < text_.size() && (text_[end] == '?' || text_[end] == '+')) ++end;
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string run_;
  std::string best_;
  bool without_k_and_s_ = false;
  bool bailed_ = false;
};

}  // namespace

std::optional<std::string> mandatory_literal(std::string_view expression) {
  return LiteralReader(expression).read();
}

std::string without_ends(std::string_view expression) {
  constexpr std::string_view kNothing = "(?:)";
  std::string result;
  for (std::size_t at = 0; at < expression.size();) {
    std::size_t end = at + 1;
    bool is_end = expression[at] == '^' || expression[at] == '$';
    if (expression[at] == '[') {
      end = std::min(class_end(expression, at), expression.size());
    } else if (expression[at] == '\\' && at + 1 < expression.size()) {
      end = at + 2;
      is_end = std::string_view("AzZ").find(expression[at + 1]) != std::string_view::npos;
    }
    result += is_end ? kNothing : expression.substr(at, end - at);
    at = end;
  }
  return result;
}

bool has_quoting(std::string_view expression) {
  for (std::size_t at = 0; at + 1 < expression.size(); ++at) {
    if (expression[at] != '\\') continue;
    if (expression[at + 1] == 'Q') return true;
    ++at;
  }
  return false;
}

}  // namespace evtxhound::indicators
