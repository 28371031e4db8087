#include "evtxhound/evtx/template_table.hpp"

#include <algorithm>

namespace evtxhound::evtx {

void TemplateTable::start_chunk(Bytes chunk) {
  budget_.start_chunk(kMaxChunkTemplateNodes);
  ran_out_ = false;
  next_chunk(chunk);
}

void TemplateTable::next_chunk(Bytes chunk) {
  chunk_ = chunk;
  entries_.clear();
  buckets_.fill(kNoEntry);
  borrowed_.clear();
}

TemplateTable::Entry& TemplateTable::read(std::size_t offset, std::uint32_t template_id) {
  Entry entry;
  entry.offset = offset;
  entry.template_id = template_id;
  entry.next = std::exchange(bucket_of(offset), static_cast<std::uint32_t>(entries_.size()));
  budget_.start_record(0);
  // Asked first: what overwrote a definition can take long to read as one.
  DefinitionFrame frame;
  Outcome defect = read_definition(chunk_, offset, frame);
  if (!defect && load<std::uint32_t>(frame.guid, 0) != template_id) {
    defect = Defect{offset, "the template definition there has another id: it was overwritten"};
  }
  if (!defect) {
    defect = cache_->find(chunk_, offset, budget_, entry.definition);
    // A budget that refuses leaves nothing.
    ran_out_ = ran_out_ || (defect && budget_.taken() == kMaxRecordNodes);
  }
  if (defect) {
    entry.defect = *defect;
    entry.definition.reset();
  }
  entries_.push_back(std::move(entry));
  return entries_.back();
}

Outcome TemplateTable::definition_of(const InstanceFrame& frame, const Definition*& definition) {
  definition = find(frame.definition, frame.template_id);
  if (definition == nullptr && rebuild_) {
    definition = borrow(frame);
    rebuilt_ = rebuilt_ || definition != nullptr;
  }
  if (definition != nullptr) return std::nullopt;
  const auto entry = std::ranges::find_if(entries_, [&frame](const Entry& known) {
    return known.offset == frame.definition && known.template_id == frame.template_id;
  });
  return entry->defect;
}

// The cache is asked once for each kind: it holds thousands, and a template can name another that
// is gone many thousands of times.
const Definition* TemplateTable::borrow(const InstanceFrame& frame) {
  for (const Borrowed& known : borrowed_) {
    if (known.template_id == frame.template_id && known.count == frame.count) {
      return known.definition.get();
    }
  }
  auto like = cache_->find_like(frame.template_id, frame.count);
  if (!like) return nullptr;
  borrowed_.push_back({frame.template_id, frame.count, std::move(like)});
  return borrowed_.back().definition.get();
}

}  // namespace evtxhound::evtx
