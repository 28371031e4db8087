#include "evtxhound/indicators/path_rule.hpp"

namespace evtxhound::indicators {
namespace {

bool separates(CodePoint c) { return c.size != 0 && is_separator(c.value); }

// Whether a name starts at `at`: what stands before is no part of a name. White space is taken as
// a border, since command lines and messages put names behind it.
bool name_starts(std::string_view text, std::size_t at) {
  const CodePoint before = char_before(text, at);
  return before.size == 0 || (before.value != U'.' && !is_label(before.value));
}

}  // namespace

std::optional<Range> confirm_file_name(std::string_view value, Range found) {
  if (!name_starts(value, found.begin) || name_goes_on(value, found.end)) return std::nullopt;
  return found;
}

std::optional<Range> confirm_path(const Needle& needle, std::string_view value, Range found) {
  if (!name_starts(value, found.begin)) return std::nullopt;
  if (needle.after_separator) {
    const CodePoint before = char_before(value, found.begin);
    if (!separates(before)) return std::nullopt;
    found.begin -= before.size;
  }
  if (needle.folder) {
    const CodePoint after = char_after(value, found.end);
    if (!separates(after)) return std::nullopt;
    found.end += after.size;
    return found;
  }
  return name_goes_on(value, found.end) ? std::nullopt : std::optional(found);
}

}  // namespace evtxhound::indicators
