// The templates of one chunk, by where they stand in it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "evtxhound/evtx/binxml/resolver.hpp"
#include "evtxhound/evtx/template_cache.hpp"

namespace evtxhound::evtx {

// Remembers which definition stands where, and which places hold none. Not thread-safe; the cache
// behind it is.
class TemplateTable : public DefinitionSource {
 public:
  explicit TemplateTable(TemplateCache& cache) : cache_(&cache) {}

  // Forgets the last chunk. `chunk` must outlive its use here.
  void start_chunk(Bytes chunk);

  // Whether definitions that are gone may be replaced by like ones (TemplateCache::find_like).
  void set_rebuild(bool rebuild) { rebuild_ = rebuild; }
  // Whether that was done since the last call of this.
  bool take_rebuilt() { return std::exchange(rebuilt_, false); }

  // The definition at `offset`; null where there is none that can be read, or one with another id
  // than the instance says: one that was overwritten. Never by the id alone, since a provider can
  // have several versions of a template in one log.
  const Definition* find(std::size_t offset, std::uint32_t template_id) {
    for (const Entry& entry : entries_) {
      if (entry.offset == offset && entry.template_id == template_id) {
        return entry.definition.get();
      }
    }
    return read(offset, template_id);
  }

  Outcome definition_of(const InstanceFrame& frame, const Definition*& definition) override;

 private:
  struct Entry {
    std::size_t offset = 0;
    std::uint32_t template_id = 0;
    std::shared_ptr<const Definition> definition;
    Defect defect;  // why there is none
  };

  const Definition* read(std::size_t offset, std::uint32_t template_id);

  TemplateCache* cache_;
  NodeBudget budget_;  // of the definitions, so that no record pays for another's
  Bytes chunk_;
  std::vector<Entry> entries_;
  std::vector<std::shared_ptr<const Definition>> borrowed_;  // like ones, from elsewhere
  bool rebuild_ = false;
  bool rebuilt_ = false;
};

}  // namespace evtxhound::evtx
