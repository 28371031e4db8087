#include "evtxhound/evtx/carve/definition_places.hpp"

#include <algorithm>

#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {
namespace {

// So many may be known before those out of reach are forgotten.
constexpr std::size_t kMany = 4096;

}  // namespace

void DefinitionPlaces::clear() {
  places_.clear();
  kept_ = 0;
  later_.clear();
  next_later_ = 0;
}

void DefinitionPlaces::learn(const std::vector<NamedDefinition>& definitions, std::uint64_t base) {
  for (const NamedDefinition& named : definitions) {
    if (named.resident_at) learn({named.template_id, named.offset}, base + *named.resident_at);
  }
}

void DefinitionPlaces::learn_later(std::uint64_t record,
                                   const std::vector<NamedDefinition>& definitions,
                                   std::uint64_t base) {
  if (next_later_ == later_.size()) {
    later_.clear();
    next_later_ = 0;
  }
  for (const NamedDefinition& named : definitions) {
    if (!named.resident_at) continue;
    later_.push_back({record, {named.template_id, named.offset}, base + *named.resident_at});
  }
}

void DefinitionPlaces::advance(std::uint64_t place) {
  while (next_later_ < later_.size() && later_[next_later_].record < place) {
    const Later& later = later_[next_later_++];
    learn(later.name, later.stands_at);
  }
}

void DefinitionPlaces::learn(const Name& name, std::uint64_t stands_at) {
  places_.insert_or_assign(name, stands_at);
  if (places_.size() < std::max(kMany, 2 * kept_)) return;
  std::erase_if(places_, [stands_at](const auto& known) {
    return known.second + 2 * kChunkSize < stands_at;
  });
  kept_ = places_.size();
}

std::optional<std::int64_t> DefinitionPlaces::find_base(
    std::uint64_t begin, std::uint32_t size, const std::vector<NamedDefinition>& definitions,
    std::uint64_t base) const {
  for (const NamedDefinition& named : definitions) {
    std::uint64_t stands_at = 0;
    if (named.resident_at) {
      stands_at = base + *named.resident_at;
    } else {
      const auto known = places_.find({named.template_id, named.offset});
      if (known == places_.end()) continue;
      stands_at = known->second;
    }
    const std::int64_t chunk = static_cast<std::int64_t>(stands_at) - named.offset;
    const std::int64_t at = static_cast<std::int64_t>(begin) - chunk;
    const bool fits = at >= static_cast<std::int64_t>(kChunkHeaderSize) &&
                      at + size <= static_cast<std::int64_t>(kChunkSize);
    if (fits) return chunk;
  }
  return std::nullopt;
}

}  // namespace evtxhound::evtx
