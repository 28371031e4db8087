#include "evtxhound/rules/text_pattern.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/match/fold.hpp"

namespace evtxhound::rules {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kLongestCharacter = 4;  // bytes

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

TextPattern::Unit TextPattern::unit_of(const std::string& text, bool cased) {
  Unit unit;
  if (!cased && is_ascii(text)) {
    unit.kind = Unit::Kind::kAscii;
    unit.bytes = ascii_lower(text);
  } else if (cased || valid_utf8(text) != text) {
    unit.kind = Unit::Kind::kBytes;
    unit.bytes = text;
  } else {
    unit.kind = Unit::Kind::kFolded;
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint c = code_point_at(text, at);
      unit.folded.push_back(match::fold(c.value));
      at += c.size;
    }
  }
  return unit;
}

TextPattern::TextPattern(const std::vector<Piece>& pieces, bool cased, bool anywhere) {
  const auto is_any = [](const Piece& piece) { return piece.kind == Piece::Kind::kAny; };
  open_front_ = anywhere || (!pieces.empty() && is_any(pieces.front()));
  open_back_ = anywhere || (!pieces.empty() && is_any(pieces.back()));
  // To fold(), ASCII characters differ in case from each other only.
  needs_non_ascii_ =
      std::ranges::any_of(pieces, [](const Piece& piece) { return !is_ascii(piece.text); });
  Segment segment;
  for (const Piece& piece : pieces) {
    if (is_any(piece)) {
      if (!segment.empty()) segments_.push_back(std::move(segment));
      segment.clear();
    } else {
      segment.push_back(piece.kind == Piece::Kind::kOne ? Unit{} : unit_of(piece.text, cased));
    }
  }
  if (!segment.empty()) segments_.push_back(std::move(segment));
}

bool TextPattern::match_unit(const Unit& unit, std::string_view value, std::size_t& at) {
  switch (unit.kind) {
    case Unit::Kind::kBytes:
      if (value.compare(at, unit.bytes.size(), unit.bytes) != 0) return false;
      at += unit.bytes.size();
      return true;
    case Unit::Kind::kAscii: {
      const std::size_t size = unit.bytes.size();
      if (value.size() - at < size) return false;
      for (std::size_t i = 0; i < size; ++i) {
        if (lower(value[at + i]) != unit.bytes[i]) return false;
      }
      at += size;
      return true;
    }
    case Unit::Kind::kFolded:
      for (const char32_t expected : unit.folded) {
        if (at >= value.size()) return false;
        const CodePoint c = code_point_at(value, at);
        if (match::fold(c.value) != expected) return false;
        at += c.size;
      }
      return true;
    case Unit::Kind::kOne:
      if (at >= value.size()) return false;
      at += code_point_at(value, at).size;
      return true;
  }
  return false;
}

// Where the segment ends that begins at `at`, or kNowhere.
std::size_t TextPattern::match_at(const Segment& segment, std::string_view value, std::size_t at) {
  for (const Unit& unit : segment) {
    if (!match_unit(unit, value, at)) return kNowhere;
  }
  return at;
}

// Where the first one ends that begins at `from` or behind.
std::size_t TextPattern::find(const Segment& segment, std::string_view value, std::size_t from) {
  for (std::size_t at = from; at <= value.size();) {
    if (const std::size_t end = match_at(segment, value, at); end != kNowhere) return end;
    if (at == value.size()) break;
    // Bytes that an encoding made may begin within a character.
    at += segment.front().kind == Unit::Kind::kBytes ? 1 : code_point_at(value, at).size;
  }
  return kNowhere;
}

bool TextPattern::ends_with(const Segment& segment, std::string_view value, std::size_t from) {
  std::size_t longest = 0;
  for (const Unit& unit : segment) {
    longest += unit.bytes.size() + unit.folded.size() * kLongestCharacter +
               (unit.kind == Unit::Kind::kOne ? kLongestCharacter : 0);
  }
  const auto is_within_character = [&](std::size_t at) {
    return at < value.size() && (static_cast<unsigned char>(value[at]) & 0xC0U) == 0x80U;
  };
  const bool bytes_first = segment.front().kind == Unit::Kind::kBytes;
  for (std::size_t at = std::max(from, value.size() - std::min(longest, value.size()));
       at <= value.size(); ++at) {
    if (!bytes_first && is_within_character(at)) continue;
    if (match_at(segment, value, at) == value.size()) return true;
  }
  return false;
}

bool TextPattern::matches(std::string_view value) const {
  if (segments_.empty()) return open_front_ || value.empty();
  std::size_t at = 0;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = segments_[i];
    const bool bound_front = i == 0 && !open_front_;
    const bool bound_back = i + 1 == segments_.size() && !open_back_;
    if (bound_front) {
      at = match_at(segment, value, 0);
      if (at == kNowhere || (bound_back && at != value.size())) return false;
    } else if (bound_back) {
      return ends_with(segment, value, at);
    } else {
      at = find(segment, value, at);
      if (at == kNowhere) return false;
    }
  }
  return true;
}

bool same_text(std::string_view a, std::string_view b, bool cased) {
  if (cased) return a == b;
  std::size_t at = 0;
  std::size_t there = 0;
  while (at < a.size() && there < b.size()) {
    const CodePoint one = code_point_at(a, at);
    const CodePoint other = code_point_at(b, there);
    if (match::fold(one.value) != match::fold(other.value)) return false;
    at += one.size;
    there += other.size;
  }
  return at == a.size() && there == b.size();
}

}  // namespace evtxhound::rules
