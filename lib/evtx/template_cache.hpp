// The template definitions that all chunks, logs and threads share.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "evtxhound/evtx/definition.hpp"
#include "evtxhound/evtx/likeness.hpp"

namespace evtxhound::evtx {

// A definition stands anew in each chunk that uses it, at another place and with names elsewhere.
// The same ones (Definition::same_as) are read and compiled once. Thread-safe.
class TemplateCache {
 public:
  // With `check_names`, definitions whose names are not what they were are none: for what stands in
  // no chunk that vouches for it.
  explicit TemplateCache(bool check_names = false) : check_names_(check_names) {}

  // The definition at `offset` of a chunk. Its nodes are taken from `budget`, whether it has to
  // be read or not. Fails where there is none that can be read.
  Outcome find(Bytes chunk, std::size_t offset, NodeBudget& budget,
               std::shared_ptr<const Definition>& definition);

  // Notes that a record of this kind was made from the definition.
  void note(const Definition& definition, const EventKind& kind);

  // Whether a definition suits, by itself and by the kinds that were noted of it.
  using Kinds = std::set<EventKind>;
  using Suits = std::function<bool(const Definition& definition, const Kinds& kinds)>;

  // A definition with this template id that suits, read from anywhere so far; null where there is
  // none. Of several, the one that takes the most values. For records whose own definition is gone
  // (likeness.hpp): what is found depends on nothing but what was read and noted before, in
  // whatever order. Where that was more than the cache may hold, nothing is found, nor where
  // `budget` has not as much left as asking all with this id costs: thousands can have the same.
  [[nodiscard]] std::shared_ptr<const Definition> find_like(std::uint32_t template_id,
                                                            NodeBudget& budget,
                                                            const Suits& suits) const;

 private:
  using Variants = std::vector<std::shared_ptr<const Definition>>;

  [[nodiscard]] std::shared_ptr<const Definition> known(Bytes chunk, const DefinitionFrame& frame,
                                                        std::uint64_t key) const;

  bool check_names_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, Variants> definitions_;  // by GUID and size
  // Likewise: a definition says the same wherever its names stand, and not each variant is kept.
  std::unordered_map<std::uint64_t, Kinds> kinds_;
  struct SameId {
    std::vector<std::uint64_t> keys;
    std::size_t cost = 0;  // in nodes, of asking them all
  };
  std::unordered_map<std::uint32_t, SameId> same_ids_;  // by template id
  std::size_t memory_ = 0;
  std::size_t kind_count_ = 0;
  bool overflowed_ = false;
};

}  // namespace evtxhound::evtx
