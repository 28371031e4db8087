// Which template definitions stood where: a record names those of its template by their offsets in
// its chunk, and so says, where one of them is known, where its chunk began.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "evtxhound/evtx/carve/plausible.hpp"

namespace evtxhound::evtx {

// Remembers definitions in the order of the records that they stand in, and forgets those that no
// record behind can name. Memory is bounded by how many stand in some chunks' length. Not
// thread-safe.
class DefinitionPlaces {
 public:
  void clear();

  // Learns those of the definitions that stand in the record that names them; where, counts from
  // `base`.
  void learn(const std::vector<NamedDefinition>& definitions, std::uint64_t base);

  // The same of a record at `record` of a chunk, which is read before what stands between its
  // records is: they are known from advance() on. REQUIRES: records come in order
  void learn_later(std::uint64_t record, const std::vector<NamedDefinition>& definitions,
                   std::uint64_t base);
  // Learns what learn_later() was told of records before `place`.
  void advance(std::uint64_t place);

  // Where the chunk of a record of `size` bytes at `begin` began (before the source's begin, it may
  // be), if a definition says so that stands in it, or that it names and that stood last where it
  // would have to. Places in `definitions` count from `base`.
  [[nodiscard]] std::optional<std::int64_t> find_base(
      std::uint64_t begin, std::uint32_t size, const std::vector<NamedDefinition>& definitions,
      std::uint64_t base) const;

 private:
  using Name = std::pair<std::uint32_t, std::uint32_t>;  // template id, offset in its chunk
  struct Later {
    std::uint64_t record = 0;
    Name name;
    std::uint64_t stands_at = 0;
  };

  void learn(const Name& name, std::uint64_t stands_at);

  std::map<Name, std::uint64_t> places_;  // with where each stood last
  std::size_t kept_ = 0;                  // when those out of reach were forgotten last
  std::vector<Later> later_;
  std::size_t next_later_ = 0;
};

}  // namespace evtxhound::evtx
