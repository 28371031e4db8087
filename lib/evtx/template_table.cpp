#include "evtxhound/evtx/template_table.hpp"

#include <algorithm>

namespace evtxhound::evtx {
namespace {

// Of a record; ordinary ones have two instances.
constexpr std::size_t kMostBorrowed = 64;

}  // namespace

void TemplateTable::start_chunk(Bytes chunk) {
  budget_.start_chunk(kMaxChunkTemplateNodes);
  ran_out_ = false;
  next_chunk(chunk);
}

void TemplateTable::next_chunk(Bytes chunk) {
  chunk_ = chunk;
  entries_.clear();
  buckets_.fill(kNoEntry);
  start_record({});
}

void TemplateTable::same_chunk(Bytes chunk) {
  // One that cannot be shared still refers to the bytes that it was read from.
  const bool refers = std::ranges::any_of(entries_, [](const Entry& entry) {
    return entry.definition && !entry.definition->can_be_shared();
  });
  if (refers) return next_chunk(chunk);
  chunk_ = chunk;
  start_record({});
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
  return find_entry(frame.definition, frame.template_id).defect;
}

// The cache is asked once for each instance: a template can name another that is gone many
// thousands of times.
const Definition* TemplateTable::borrow(const InstanceFrame& frame) {
  for (const Borrowed& known : borrowed_) {
    if (known.descriptors == frame.descriptors && known.template_id == frame.template_id) {
      return known.definition.get();
    }
  }
  if (borrowed_.size() >= kMostBorrowed) return nullptr;
  auto like = find_like(frame);
  borrowed_.push_back({frame.descriptors, frame.template_id, std::move(like)});
  return borrowed_.back().definition.get();
}

std::shared_ptr<const Definition> TemplateTable::find_like(const InstanceFrame& frame) {
  if (!first_instance_) read_kind();
  budget_.start_record(0);
  if (first_instance_->descriptors != frame.descriptors) {
    if (!kind_) return nullptr;
    return cache_->find_like(frame.template_id, budget_,
                             [&](const auto& definition, const auto& kinds) {
                               return kinds.contains(*kind_) && fits(definition, chunk_, frame);
                             });
  }
  return cache_->find_like(frame.template_id, budget_,
                           [&](const auto& definition, const auto& kinds) {
                             if (!fits(definition, chunk_, frame)) return false;
                             if (!repeats_header(definition, chunk_, frame, record_)) return false;
                             const auto kind = kind_of(definition, chunk_, frame);
                             return kind && kinds.contains(*kind);
                           });
}

// The record's kind, by its first instance.
void TemplateTable::read_kind() {
  first_instance_.emplace();
  const std::size_t end = std::size_t{record_.offset} + record_.size - 4;  // the size copy
  if (record_.size < kMinRecordSize || end > chunk_.size()) return;
  const Bytes area = chunk_.first(end);
  std::size_t at = std::size_t{record_.offset} + kRecordHeaderSize;
  if (end - at > 4 && static_cast<Token>(area[at]) == Token::kFragmentHeader) at += 4;
  if (at >= end || static_cast<Token>(area[at]) != Token::kTemplateInstance) return;
  InstanceFrame first;
  if (read_instance(area, at, first)) return;
  first_instance_ = first;
  const Definition* definition = find(first.definition, first.template_id);
  if (definition == nullptr) definition = borrow(first);
  if (definition != nullptr) kind_ = kind_of(*definition, chunk_, first);
}

}  // namespace evtxhound::evtx
