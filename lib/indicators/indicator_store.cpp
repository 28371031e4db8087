#include "evtxhound/indicators/indicator_store.hpp"

#include <cstring>
#include <limits>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::indicators {

void IndicatorStore::add(const Indicator& indicator) {
  Row row;
  row.kind = static_cast<std::uint8_t>(indicator.kind);
  row.severity = static_cast<std::uint8_t>(indicator.severity);
  row.value = keep(indicator.value);
  row.product = keep_once(indicator.product);
  row.description = keep_once(indicator.description);
  row.source = keep_once(indicator.source);
  row.pack = keep_once(indicator.pack);
  adding_.rows.push_back(row);
}

void IndicatorStore::seal() {
  rows_ = PackedArray(std::move(adding_.rows));
  texts_ = PackedArray(std::move(adding_.texts));
  adding_ = {};
}

Indicator IndicatorStore::at(std::size_t i) const {
  const Row& row = rows_[i];
  Indicator indicator;
  indicator.kind = static_cast<Kind>(row.kind);
  indicator.severity = static_cast<Severity>(row.severity);
  indicator.value = text(row.value);
  indicator.product = text(row.product);
  indicator.description = text(row.description);
  indicator.source = text(row.source);
  indicator.pack = text(row.pack);
  return indicator;
}

IndicatorStore::TextNumber IndicatorStore::keep(std::string_view text) {
  std::vector<char>& texts = adding_.texts;
  const auto size = static_cast<std::uint32_t>(text.size());
  if (texts.size() + sizeof size + text.size() > std::numeric_limits<TextNumber>::max()) {
    throw Failure(ExitStatus::kUsage, "the indicators' texts are 4 GiB or more");
  }
  const auto number = static_cast<TextNumber>(texts.size());
  const auto* const bytes = reinterpret_cast<const char*>(&size);
  texts.insert(texts.end(), bytes, bytes + sizeof size);
  texts.insert(texts.end(), text.begin(), text.end());
  return number;
}

IndicatorStore::TextNumber IndicatorStore::keep_once(std::string_view text) {
  const auto [known, is_new] = adding_.known.try_emplace(std::string(text), 0);
  if (is_new) known->second = keep(text);
  return known->second;
}

// Empty where the bytes that this was read from lie.
std::string_view IndicatorStore::text(TextNumber number) const {
  std::uint32_t size = 0;
  if (texts_.size() < sizeof size || number > texts_.size() - sizeof size) return {};
  std::memcpy(&size, texts_.data() + number, sizeof size);
  if (size > texts_.size() - sizeof size - number) return {};
  return {texts_.data() + number + sizeof size, size};
}

void IndicatorStore::pack(Buffer& out) const {
  rows_.pack(out);
  texts_.pack(out);
}

bool IndicatorStore::unpack(Bytes& bytes) { return rows_.unpack(bytes) && texts_.unpack(bytes); }

}  // namespace evtxhound::indicators
