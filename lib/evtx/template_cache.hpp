// The template definitions that all chunks, logs and threads share.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "evtxhound/evtx/definition.hpp"

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

  // A definition with this template id that takes at most this many values, read from anywhere so
  // far; null where there is none. Of several, the one that takes the most of them. For records
  // whose own definition is gone.
  [[nodiscard]] std::shared_ptr<const Definition> find_like(std::uint32_t template_id,
                                                            std::size_t values) const;

 private:
  using Variants = std::vector<std::shared_ptr<const Definition>>;

  [[nodiscard]] std::shared_ptr<const Definition> known(Bytes chunk, const DefinitionFrame& frame,
                                                        std::uint64_t key) const;

  bool check_names_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, Variants> definitions_;  // by GUID and size
  std::size_t memory_ = 0;
};

}  // namespace evtxhound::evtx
