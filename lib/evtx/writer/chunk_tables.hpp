// A chunk under construction: its bytes, and its string and template tables.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/writer/value.hpp"

namespace evtxhound::evtx::writer {

// The bytes grow at the end; offsets count from the chunk's start, as BinXML's do. The bytes may
// grow past what a chunk holds: whoever writes checks size() afterwards and rolls back.
//
// Both tables are the format's own: buckets in the chunk's header that lead to the newest entry
// of their chain, which leads to the one before it. So a new entry changes nothing before it but
// its bucket, and rolling back is dropping entries from the end.
class ChunkTables {
 public:
  // The header's 512 bytes, all zero.
  ChunkTables();

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  MutableBytes mutable_bytes() { return bytes_; }

  // Appends a little-endian integer; returns its offset.
  template <class T>
  std::size_t put(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof value);
    store(bytes_, at, value);
    return at;
  }
  void put_bytes(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void put_zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }

  // Overwrites a u32 that was put before. REQUIRES: at + 4 <= size()
  void patch(std::size_t at, std::uint32_t value) { store<std::uint32_t>(bytes_, at, value); }

  // Writes a reference to a name (UTF-8): its offset, and the entry itself at its first use.
  void put_name(std::string_view name);

  // The offset of a template's definition, where the chunk holds one.
  [[nodiscard]] std::optional<std::uint32_t> find_template(const Guid& guid) const;

  // Makes the current end the definition of a template: writes the link to the next definition in
  // its chain, the first field of a definition. The caller writes the rest.
  void begin_template(const Guid& guid);

  // Goes back to an earlier size: all that was put since is gone, from the tables too.
  void roll_back(std::size_t size);

 private:
  // Puts the current end into a bucket; returns the entry that was its newest, 0 for none.
  std::uint32_t link(std::size_t bucket_offset);

  Buffer bytes_;
  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::map<Guid, std::uint32_t> templates_;
};

}  // namespace evtxhound::evtx::writer
