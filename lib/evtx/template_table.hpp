// The templates of one chunk, by where they stand in it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "evtxhound/evtx/binxml/resolver.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/likeness.hpp"
#include "evtxhound/evtx/template_cache.hpp"

namespace evtxhound::evtx {

// Remembers which definition stands where, and which places hold none. Not thread-safe; the cache
// behind it is.
class TemplateTable : public DefinitionSource {
 public:
  explicit TemplateTable(TemplateCache& cache) : cache_(&cache) { buckets_.fill(kNoEntry); }

  // Forgets the last chunk. `chunk` must outlive its use here.
  void start_chunk(Bytes chunk);
  // The same, but what is read counts for the budget of the chunk before.
  void next_chunk(Bytes chunk);
  // The same of the chunk that it had already, whose bytes may be held elsewhere now: what is known
  // of it stays known, and costs nothing again.
  void same_chunk(Bytes chunk);

  // What was read of the chunk so far counts no more: its budget begins anew. Where that took more
  // than ordinary definitions do, they are forgotten, to be counted when they are asked for again.
  void give_back() {
    constexpr std::size_t kOrdinary = kMaxChunkTemplateNodes / 16;
    if (ran_out_ || budget_.chunk_left() < kMaxChunkTemplateNodes - kOrdinary) {
      return start_chunk(chunk_);
    }
    budget_.start_chunk(kMaxChunkTemplateNodes);
  }

  // Whether definitions that are gone may be replaced by like ones (likeness.hpp).
  void set_rebuild(bool rebuild) { rebuild_ = rebuild; }
  // The record that definitions are asked for from now on: what is like depends on it. REQUIRES: it
  // lies within the chunk
  void start_record(const RecordFrame& record) {
    record_ = record;
    first_instance_.reset();
    kind_.reset();
    borrowed_.clear();
  }
  // Whether that was done since the last call of this.
  bool take_rebuilt() { return std::exchange(rebuilt_, false); }

  // The definition at `offset`; null where there is none that can be read, or one with another id
  // than the instance says: one that was overwritten. Never by the id alone, since a provider can
  // have several versions of a template in one log.
  const Definition* find(std::size_t offset, std::uint32_t template_id) {
    return find_entry(offset, template_id).definition.get();
  }

  // The same, and whether it is the first time that this is asked for a definition of the chunk.
  const Definition* find(std::size_t offset, std::uint32_t template_id, bool& first) {
    Entry& entry = find_entry(offset, template_id);
    first = !std::exchange(entry.asked_before, true);
    return entry.definition.get();
  }

  Outcome definition_of(const InstanceFrame& frame, const Definition*& definition) override;

 private:
  static constexpr std::uint32_t kNoEntry = ~std::uint32_t{0};
  struct Entry {
    std::size_t offset = 0;
    std::uint32_t template_id = 0;
    std::shared_ptr<const Definition> definition;
    Defect defect;                  // why there is none
    std::uint32_t next = kNoEntry;  // of its bucket
    bool asked_before = false;      // by find() with `first`
  };
  struct Borrowed {
    std::size_t descriptors = 0;  // of the instance
    std::uint32_t template_id = 0;
    std::shared_ptr<const Definition> definition;  // null: none is like it
  };

  // A chunk that was made to be slow has thousands of definitions, at neighbouring offsets.
  std::uint32_t& bucket_of(std::size_t offset) { return buckets_[offset % buckets_.size()]; }
  Entry& find_entry(std::size_t offset, std::uint32_t template_id) {
    for (std::uint32_t at = bucket_of(offset); at != kNoEntry; at = entries_[at].next) {
      Entry& entry = entries_[at];
      if (entry.offset == offset && entry.template_id == template_id) return entry;
    }
    return read(offset, template_id);
  }
  const Definition* borrow(const InstanceFrame& frame);
  [[nodiscard]] std::shared_ptr<const Definition> find_like(const InstanceFrame& frame);
  void read_kind();
  Entry& read(std::size_t offset, std::uint32_t template_id);

  TemplateCache* cache_;
  NodeBudget budget_;     // of the definitions, so that no record pays for another's
  bool ran_out_ = false;  // whether it was not enough for one
  Bytes chunk_;
  std::vector<Entry> entries_;
  std::array<std::uint32_t, 256> buckets_{};  // the newest entry of each
  RecordFrame record_;
  std::optional<InstanceFrame> first_instance_;  // of the record, once it was asked for
  std::optional<EventKind> kind_;                // then the record's, if it is known
  std::vector<Borrowed> borrowed_;               // like ones from elsewhere, for the record
  bool rebuild_ = false;
  bool rebuilt_ = false;
};

}  // namespace evtxhound::evtx
