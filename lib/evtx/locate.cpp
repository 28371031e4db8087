#include "evtxhound/evtx/locate.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/template_instance.hpp"

namespace evtxhound::evtx {
namespace {

std::optional<std::size_t> search(Bytes area, Bytes wanted) {
  const auto found = std::search(area.begin(), area.end(), wanted.begin(), wanted.end());
  if (found == area.end()) return std::nullopt;
  return static_cast<std::size_t>(found - area.begin());
}

// A value's text as an event has it.
std::string without_last_nuls(std::string text) {
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

}  // namespace

Locator::Locator(Bytes chunk, std::size_t begin, std::size_t end, const Event& event)
    : chunk_(chunk), begin_(begin), end_(end), event_(&event) {
  const auto substitutions = find_substitutions(chunk, begin, end);
  if (!substitutions) return;
  for (const Substitution& value : *substitutions) {
    const Bytes bytes = chunk.subspan(value.offset, value.size);
    if (value.type == ValueType::kString) {
      values_.push_back({value.offset, true, without_last_nuls(utf16le_to_utf8(bytes))});
    } else if (value.type == array_of(ValueType::kString)) {
      add_items(value.offset, bytes);
    } else if (value.type == ValueType::kAnsiString) {
      std::string text(bytes.begin(), bytes.end());
      // Other characters depend on the code page; such a value is found by in_bytes, if at all.
      if (is_ascii(text))
        values_.push_back({value.offset, false, without_last_nuls(std::move(text))});
    }
  }
}

// The items of a string array stand one after the other, each ended by a NUL.
void Locator::add_items(std::size_t offset, Bytes array) {
  for (std::size_t begin = 0; begin + 1 < array.size();) {
    std::size_t end = begin;
    while (end + 1 < array.size() && load<std::uint16_t>(array, end) != 0) end += 2;
    values_.push_back({offset + begin, true, utf16le_to_utf8(array.subspan(begin, end - begin))});
    begin = end + 2;
  }
}

std::optional<std::uint64_t> Locator::locate(std::size_t field, std::size_t from,
                                             std::size_t to) const {
  const std::string& value = event_->data[field].value;
  const auto before = event_->data.begin() + static_cast<std::ptrdiff_t>(field);
  const auto rank = static_cast<std::size_t>(std::count_if(
      event_->data.begin(), before, [&value](const Field& other) { return other.value == value; }));
  if (const auto place = in_values(value, rank, from)) return place;
  return in_bytes(std::string_view(value).substr(from, to - from));
}

std::optional<std::uint64_t> Locator::locate(std::string_view text, std::size_t from,
                                             std::size_t to) const {
  if (const auto place = in_values(text, 0, from)) return place;
  return in_bytes(text.substr(from, to - from));
}

std::optional<std::uint64_t> Locator::in_values(std::string_view text, std::size_t rank,
                                                std::size_t from) const {
  for (const TextValue& value : values_) {
    if (value.text != text || rank-- != 0) continue;
    const std::string_view prefix = text.substr(0, from);
    return value.offset + (value.wide ? utf8_to_utf16le(prefix).size() : prefix.size());
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Locator::in_bytes(std::string_view text) const {
  const Buffer wide = utf8_to_utf16le(text);
  const Bytes record = chunk_.subspan(begin_, end_ - begin_);
  if (const auto at = search(record, wide)) return begin_ + *at;
  if (is_ascii(text)) {
    if (const auto at = search(record, as_bytes(text))) return begin_ + *at;
  }
  if (const auto at = search(chunk_, wide)) return *at;
  return std::nullopt;
}

}  // namespace evtxhound::evtx
