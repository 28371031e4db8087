#include "evtxhound/casework/record_source.hpp"

#include <algorithm>

#include "evtxhound/base/code_page.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::casework {

std::optional<std::string> other_record_text(const ByteSource& bytes, std::uint64_t offset,
                                             std::string_view text) {
  const Buffer wide = utf8_to_utf16le(text);
  Buffer there(wide.size());
  const auto got = bytes.read_at(offset, there);
  there.resize(got ? *got : 0);
  if (std::ranges::equal(there, wide)) return std::nullopt;
  const std::size_t characters = std::min(there.size(), wide.size() / 2);
  const std::string narrow = CodePage::windows_1252().decode(Bytes(there).first(characters));
  if (narrow == text) return std::nullopt;
  // One of single bytes has hardly a zero among them.
  const bool is_narrow =
      std::find(there.begin(), there.begin() + static_cast<std::ptrdiff_t>(characters), 0) ==
      there.begin() + static_cast<std::ptrdiff_t>(characters);
  return is_narrow ? narrow : utf16le_to_utf8(there);
}

Problem no_record(const casefile::StoredPlace& place) {
  return {ProblemKind::kRecordUnread, place.event.byte_offset, "no record stands here any more"};
}

}  // namespace evtxhound::casework
