#include "evtxhound/evidence/memory_source.hpp"

#include <algorithm>

namespace evtxhound::evidence {

Result<std::size_t> MemorySource::read_at(std::uint64_t offset, MutableBytes into) const {
  if (offset >= bytes_->size()) return std::size_t{0};
  const Bytes part = Bytes(*bytes_).subspan(static_cast<std::size_t>(offset));
  const std::size_t size = std::min(part.size(), into.size());
  std::ranges::copy(part.first(size), into.begin());
  return size;
}

}  // namespace evtxhound::evidence
