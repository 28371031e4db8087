#include "evtxhound/evtx/template_table.hpp"

#include <algorithm>

namespace evtxhound::evtx {

void TemplateTable::start_chunk(Bytes chunk) {
  chunk_ = chunk;
  budget_.start_chunk();
  entries_.clear();
  borrowed_.clear();
}

const Definition* TemplateTable::read(std::size_t offset, std::uint32_t template_id) {
  Entry entry;
  entry.offset = offset;
  entry.template_id = template_id;
  Outcome defect;
  if (budget_.start_record()) {
    defect = cache_->find(chunk_, offset, budget_, entry.definition);
  } else {
    defect = Defect{offset, "the chunk's templates would take more nodes than a chunk may have"};
  }
  if (!defect && load<std::uint32_t>(entry.definition->guid(), 0) != template_id) {
    defect = Defect{offset, "the template definition there has another id: it was overwritten"};
  }
  if (defect) {
    entry.defect = *defect;
    entry.definition.reset();
  }
  entries_.push_back(std::move(entry));
  return entries_.back().definition.get();
}

Outcome TemplateTable::definition_of(const InstanceFrame& frame, const Definition*& definition) {
  definition = find(frame.definition, frame.template_id);
  if (definition == nullptr && rebuild_) {
    if (auto like = cache_->find_like(frame.template_id, frame.count)) {
      borrowed_.push_back(std::move(like));
      definition = borrowed_.back().get();
      rebuilt_ = true;
    }
  }
  if (definition != nullptr) return std::nullopt;
  const auto entry = std::ranges::find_if(entries_, [&frame](const Entry& known) {
    return known.offset == frame.definition && known.template_id == frame.template_id;
  });
  return entry->defect;
}

}  // namespace evtxhound::evtx
