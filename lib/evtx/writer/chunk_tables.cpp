#include "evtxhound/evtx/writer/chunk_tables.hpp"

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/writer/hashes.hpp"

namespace evtxhound::evtx::writer {

ChunkTables::ChunkTables() : bytes_(kChunkHeaderSize) {}

std::uint32_t ChunkTables::link(std::size_t bucket_offset) {
  const auto before = load<std::uint32_t>(bytes_, bucket_offset);
  patch(bucket_offset, static_cast<std::uint32_t>(size()));
  return before;
}

void ChunkTables::put_name(std::string_view name) {
  if (const auto known = names_.find(name); known != names_.end()) {
    put(known->second);
    return;
  }
  const Buffer text = utf8_to_utf16le(name);
  const auto offset = static_cast<std::uint32_t>(size() + 4);  // right after the reference
  put(offset);
  names_.emplace(name, offset);
  const std::uint16_t hash = name_hash(text);
  put(link(kStringTableOffset + 4 * (hash % kStringBuckets)));
  put(hash);
  put(static_cast<std::uint16_t>(text.size() / 2));
  put_bytes(text);
  put(std::uint16_t{0});
}

std::optional<std::uint32_t> ChunkTables::find_template(const Guid& guid) const {
  const auto known = templates_.find(guid);
  if (known == templates_.end()) return std::nullopt;
  return known->second;
}

void ChunkTables::begin_template(const Guid& guid) {
  templates_.emplace(guid, static_cast<std::uint32_t>(size()));
  put(link(kTemplateTableOffset + 4 * std::size_t{template_bucket(guid)}));
}

void ChunkTables::roll_back(std::size_t size) {
  // Each bucket goes back along its chain: an entry's first field is the offset of the one before.
  for (std::size_t bucket = kStringTableOffset; bucket < kChunkHeaderSize; bucket += 4) {
    auto newest = load<std::uint32_t>(bytes_, bucket);
    while (newest >= size) newest = load<std::uint32_t>(bytes_, newest);
    patch(bucket, newest);
  }
  std::erase_if(names_, [size](const auto& entry) { return entry.second >= size; });
  std::erase_if(templates_, [size](const auto& entry) { return entry.second >= size; });
  bytes_.resize(size);
}

}  // namespace evtxhound::evtx::writer
