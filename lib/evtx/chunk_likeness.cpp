// ChunkReader::load_templates().
#include <bit>
#include <functional>

#include "evtxhound/evtx/chunk_reader.hpp"

namespace evtxhound::evtx {
namespace {

// Hashes of what was noted may become so many before they are forgotten: then it is noted again.
constexpr std::size_t kMostNoted = 65'536;

}  // namespace

bool ChunkReader::load_templates() {
  bool all = true;
  for (const RecordFrame& frame : frames_.records) {
    const std::size_t begin = std::size_t{frame.offset} + kRecordHeaderSize;
    const std::size_t end = std::size_t{frame.offset} + frame.size - 4;
    std::optional<EventKind> kind;
    if (!load_instance(begin, end, 0, kind)) all = false;
  }
  return all;
}

// Loads the definition of the instance at [begin, end) and those of instances among its values, as
// far as they stand in the chunk, and notes the record's kind of each. False where one is gone. The
// kind is what the first one says.
bool ChunkReader::load_instance(std::size_t begin, std::size_t end, std::size_t depth,
                                std::optional<EventKind>& kind) {
  const Bytes area = chunk_.first(end);
  if (end - begin > 4 && static_cast<Token>(area[begin]) == Token::kFragmentHeader) begin += 4;
  if (begin >= end || depth >= kMaxProgramDepth) return true;
  if (static_cast<Token>(area[begin]) != Token::kTemplateInstance) return true;
  InstanceFrame instance;
  if (read_instance(area, begin, instance)) return true;
  const Definition* const definition = templates_.find(instance.definition, instance.template_id);
  if (definition == nullptr) return false;
  if (depth == 0) kind = kind_of(*definition, chunk_, instance);
  if (kind && definition->can_be_shared()) note(*definition, *kind);
  bool all = true;
  std::size_t value = instance.values;
  for (std::size_t i = 0; i < instance.count; ++i) {
    const std::size_t descriptor = instance.descriptors + i * kDescriptorSize;
    const std::size_t size = load<std::uint16_t>(area, descriptor);
    const bool is_binxml = static_cast<ValueType>(area[descriptor + 2]) == ValueType::kBinXml;
    if (is_binxml && !load_instance(value, value + size, depth + 1, kind)) all = false;
    value += size;
  }
  return all;
}

void ChunkReader::note(const Definition& definition, const EventKind& kind) {
  // The definition lives as long as the cache, or is a variant that is not kept: then its address
  // may be another's later, of whom the cache would not hear. By GUID and size it is neither.
  const std::uint64_t hash = load<std::uint64_t>(definition.guid(), 0) ^
                             std::rotl(load<std::uint64_t>(definition.guid(), 8), 17) ^
                             std::rotl(std::uint64_t{definition.body_size()}, 40) ^
                             std::rotl(std::hash<std::string>{}(kind.provider), 29) ^
                             (kind.event_code * 0x9e3779b97f4a7c15U);
  if (noted_.size() >= kMostNoted) noted_.clear();
  if (noted_.insert(hash).second) cache_->note(definition, kind);
}

}  // namespace evtxhound::evtx
