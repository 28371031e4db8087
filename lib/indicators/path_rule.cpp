#include "evtxhound/indicators/path_rule.hpp"

#include <algorithm>

#include "evtxhound/match/fold.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::size_t kLongestStar = 1024;  // in bytes; a component has at most 255 characters

bool separates(CodePoint c) { return c.size != 0 && is_separator(c.value); }

// Whether a name starts at `at`: what stands before is no part of a name. White space is taken as
// a border, since command lines and messages put names behind it.
bool name_starts(std::string_view text, std::size_t at) {
  const CodePoint before = char_before(text, at);
  return before.size == 0 || (before.value != U'.' && !is_label(before.value));
}

// Whether a wildcard can stand for the character: no separator, and none that Windows keeps out of
// names and that mostly ends one.
bool can_be_wild(char32_t c) {
  constexpr std::u32string_view kOut = U"\"<>|:\\/";
  return c >= 0x20 && kOut.find(c) == std::u32string_view::npos;
}

// One way through a text.
struct Backward {
  static bool at_end(std::string_view /*text*/, std::size_t at) { return at == 0; }
  static CodePoint next(std::string_view text, std::size_t at) {
    return code_point_before(text, at);
  }
  static std::size_t step(std::size_t at, std::size_t size) { return at - size; }
};
struct Forward {
  static bool at_end(std::string_view text, std::size_t at) { return at == text.size(); }
  static CodePoint next(std::string_view text, std::size_t at) { return code_point_at(text, at); }
  static std::size_t step(std::size_t at, std::size_t size) { return at + size; }
};

template <class Way>
std::size_t skip_separators(std::string_view text, std::size_t at) {
  while (!Way::at_end(text, at) && is_separator(Way::next(text, at).value)) at = Way::step(at, 1);
  return at;
}

// Walks over the pattern from `from` to its end in this way, and over the value from `at`; gives
// the place that `accept` makes of the first fitting one. A star takes as little as it can; only
// the last one is ever given more, since more for an earlier one leads nowhere else.
template <class Way, class Accept>
std::optional<std::size_t> walk(std::string_view pattern, std::size_t from, std::string_view value,
                                std::size_t at, Accept accept) {
  struct Star {
    std::size_t pattern;
    std::size_t value;
    std::size_t taken;
  };
  std::optional<Star> star;
  while (true) {
    bool fits = false;
    if (Way::at_end(pattern, from)) {
      if (const auto place = accept(at)) return place;
    } else if (const CodePoint wanted = Way::next(pattern, from); wanted.value == U'*') {
      from = Way::step(from, 1);
      star = Star{from, at, 0};
      fits = true;
    } else if (!Way::at_end(value, at)) {
      const CodePoint found = Way::next(value, at);
      if (is_separator(wanted.value)) {
        fits = is_separator(found.value);
        if (fits) {
          from = skip_separators<Way>(pattern, from);
          at = skip_separators<Way>(value, at);
          star.reset();  // a star does not reach over a separator
        }
      } else if (wanted.value == U'?' ? can_be_wild(found.value)
                                      : match::fold(wanted.value) == match::fold(found.value)) {
        from = Way::step(from, wanted.size);
        at = Way::step(at, found.size);
        fits = true;
      }
    }
    if (fits) continue;
    if (!star || Way::at_end(value, star->value)) return std::nullopt;
    const CodePoint more = Way::next(value, star->value);
    star->taken += more.size;
    if (!can_be_wild(more.value) || star->taken > kLongestStar) return std::nullopt;
    star->value = Way::step(star->value, more.size);
    from = star->pattern;
    at = star->value;
  }
}

// The whole text of the needle around its piece, from the first place that starts it to the first
// that ends it.
template <class Starts, class Ends>
std::optional<Range> confirm_around(const Needle& needle, std::string_view value, std::size_t end,
                                    Starts starts, Ends ends) {
  const std::string_view text = needle.text;
  const Range piece = needle.piece;
  const auto found = find_start(text.substr(piece.begin, piece.end - piece.begin), value, end);
  if (!found) return std::nullopt;
  const auto first =
      walk<Backward>(text.substr(0, piece.begin), piece.begin, value, *found, starts);
  if (!first) return std::nullopt;
  const auto last = walk<Forward>(text, piece.end, value, end, ends);
  if (!last) return std::nullopt;
  return Range{*first, *last};
}

}  // namespace

Range choose_piece(std::string_view text) {
  const auto last = text.find_last_of("\\/") + 1;  // npos + 1 is 0
  const Range last_component{last, text.size()};
  if (text.size() - last >= kShortestPiece &&
      text.substr(last).find_first_of("*?") == std::string_view::npos) {
    return last_component;
  }
  Range best;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of("\\/*?", at), text.size());
    if (end - at > best.end - best.begin) best = {at, end};
    at = end + 1;
  }
  return best.end - best.begin >= kShortestPiece ? best : last_component;
}

std::optional<Range> confirm_file_name(const Needle& needle, std::string_view value,
                                       std::size_t end) {
  return confirm_around(
      needle, value, end,
      [value](std::size_t at) { return name_starts(value, at) ? std::optional(at) : std::nullopt; },
      [value](std::size_t at) {
        return name_goes_on(value, at) ? std::nullopt : std::optional(at);
      });
}

std::optional<Range> confirm_path(const Needle& needle, std::string_view value, std::size_t end) {
  const auto starts = [&](std::size_t at) -> std::optional<std::size_t> {
    if (!name_starts(value, at)) return std::nullopt;
    if (!needle.after_separator) return at;
    const CodePoint before = char_before(value, at);
    return separates(before) ? std::optional(at - before.size) : std::nullopt;
  };
  const auto ends = [&](std::size_t at) -> std::optional<std::size_t> {
    if (!needle.folder) return name_goes_on(value, at) ? std::nullopt : std::optional(at);
    const CodePoint after = char_after(value, at);
    return separates(after) ? std::optional(at + after.size) : std::nullopt;
  };
  return confirm_around(needle, value, end, starts, ends);
}

}  // namespace evtxhound::indicators
