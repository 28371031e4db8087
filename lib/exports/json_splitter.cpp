#include "evtxhound/exports/json_splitter.hpp"

namespace evtxhound::exports {
namespace {

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What encloses the place that is looked at, and what stood before it.
struct Nesting {
  std::uint64_t arrays = 0;  // a bit for each level: whether it is an array
  std::size_t depth = 0;
  char before = ':';  // the last character that is no white space; '0' of a number or a word

  static_assert(kDeepest <= 64);

  [[nodiscard]] bool in_array() const { return depth > 0 && (arrays >> (depth - 1) & 1U) != 0; }
  [[nodiscard]] bool value_may_follow() const {
    return before == ':' || before == '[' || (before == ',' && in_array());
  }
  [[nodiscard]] bool string_may_follow() const {
    return value_may_follow() || before == '{' || (before == ',' && !in_array());
  }

  bool open(char c) {
    if (depth == kDeepest || !value_may_follow()) return false;
    arrays = c == '[' ? arrays | std::uint64_t{1} << depth : arrays & ~(std::uint64_t{1} << depth);
    ++depth;
    before = c;
    return true;
  }
  bool close(char c) {
    if (in_array() != (c == ']')) return false;
    --depth;
    before = c;
    return true;
  }
};

}  // namespace

void JsonSplitter::open(std::string_view text, bool complete) {
  text_ = text;
  complete_ = complete;
}

Piece JsonSplitter::next(std::size_t at) {
  std::size_t end = at;
  while (end < text_.size()) {
    const char c = text_[end];
    if (is_white(c) || c == '[' || c == ']' || c == ',') {
      ++end;
    } else if (text_.substr(end, kByteOrderMark.size()) == kByteOrderMark) {
      end += kByteOrderMark.size();
    } else {
      break;
    }
  }
  if (end > at) return {Piece::Kind::kFrame, end, false, ""};
  if (text_[at] == '{') return object(at);
  return damage(at, Piece::Kind::kDamage, "no object begins here");
}

Piece JsonSplitter::object(std::size_t begin) {
  Nesting nesting;
  bool as_it_is = true;  // no escape, and no nested value, which is written anew
  unsigned char high = 0;
  const auto wrong = [&] {
    return damage(begin, Piece::Kind::kDamage, "it is no JSON, or is torn off");
  };
  for (std::size_t at = begin; at < text_.size(); ++at) {
    const char c = text_[at];
    if (is_white(c)) continue;
    switch (c) {
      case '"': {
        if (!nesting.string_may_follow()) return wrong();
        for (++at; at < text_.size() && text_[at] != '"'; ++at) {
          const auto unit = static_cast<unsigned char>(text_[at]);
          if (unit < 0x20) return wrong();
          high |= unit;
          if (unit == '\\') {
            as_it_is = false;
            ++at;
          }
        }
        if (at >= text_.size()) return unfinished(begin);
        nesting.before = '"';
        break;
      }
      case '{':
      case '[':
        if (!nesting.open(c)) return wrong();
        if (nesting.depth > 1) as_it_is = false;
        break;
      case '}':
      case ']':
        if (!nesting.close(c)) return wrong();
        if (at - begin >= kMostEventSize) return unfinished(begin);
        if (nesting.depth == 0) return {Piece::Kind::kEvent, at + 1, as_it_is && high < 0x80, ""};
        break;
      case ':':
      case ',':
        nesting.before = c;
        break;
      default:
        nesting.before = '0';
    }
  }
  return unfinished(begin);
}

// An object that has no end in the text.
Piece JsonSplitter::unfinished(std::size_t begin) {
  if (text_.size() - begin > kMostEventSize) {
    return damage(begin, Piece::Kind::kDamage, "it has no end within 16 MiB");
  }
  if (!complete_) return {};
  return damage(begin, Piece::Kind::kCut, "the file ends within it");
}

// Whether an outermost object can begin here: on a new line, or behind another one of an array.
bool JsonSplitter::can_begin(std::size_t at) const {
  bool comma = false;
  while (at > 0) {
    const char c = text_[--at];
    if (c == '\n') return true;
    if (c == '}' && comma) return true;
    if (c == ',' && !comma) {
      comma = true;
    } else if (!is_white(c)) {
      return false;
    }
  }
  return true;
}

Piece JsonSplitter::damage(std::size_t at, Piece::Kind kind, const char* why) {
  for (std::size_t next = text_.find('{', at + 1); next != std::string_view::npos;
       next = text_.find('{', next + 1)) {
    if (can_begin(next)) return {Piece::Kind::kDamage, next, false, why};
  }
  if (complete_) return {kind, text_.size(), false, why};
  // Whether an object can begin behind the text is to be seen from the line's end.
  std::size_t end = text_.size();
  while (end > at + 1 && (is_white(text_[end - 1]) || text_[end - 1] == ',')) --end;
  if (end > at + 1 && text_[end - 1] == '}') --end;
  if (text_.size() - end > kMostEventSize) end = text_.size();
  if (end <= at) return {};
  return {Piece::Kind::kDamage, end, false, why};
}

}  // namespace evtxhound::exports
