// Bytes put together by hand, for tests of the format's rules.
#pragma once

#include <string_view>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::test {

// Appends little-endian integers, texts and other bytes.
class ByteBuilder {
 public:
  template <class T>
  ByteBuilder& put(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof value);
    store(MutableBytes(bytes_), at, value);
    return *this;
  }
  ByteBuilder& bytes(Bytes more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  ByteBuilder& utf16(std::string_view text) { return bytes(utf8_to_utf16le(text)); }
  ByteBuilder& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] const Buffer& get() const { return bytes_; }

 private:
  Buffer bytes_;
};

// A record of this content, with its frame.
inline Buffer make_record(std::uint64_t id, Bytes content) {
  const auto size = static_cast<std::uint32_t>(28 + content.size());
  return ByteBuilder()
      .put<std::uint32_t>(0x2A2A)
      .put(size)
      .put(id)
      .put<std::uint64_t>(133'245'678'901'234'567)
      .bytes(content)
      .put(size)
      .get();
}

// Writes counts and checksums into a chunk whose records end at `free`.
inline void seal_chunk(Buffer& chunk, std::uint32_t free) {
  const MutableBytes bytes(chunk);
  store<std::uint32_t>(bytes, 48, free);
  store<std::uint32_t>(bytes, 52, crc32(Bytes(chunk).subspan(512, free - 512)));
  store<std::uint32_t>(bytes, 124,
                       crc32(Bytes(chunk).subspan(128, 384), crc32(Bytes(chunk).first(120))));
}

// A chunk that holds these records, one after the other from byte 512.
inline Buffer make_chunk(const std::vector<Buffer>& records, std::uint64_t first_id = 1) {
  Buffer chunk(65536);
  const std::string_view signature("ElfChnk\0", 8);
  std::copy(signature.begin(), signature.end(), chunk.begin());
  std::size_t at = 512;
  for (const Buffer& record : records) {
    std::copy(record.begin(), record.end(), chunk.begin() + static_cast<std::ptrdiff_t>(at));
    at += record.size();
  }
  const MutableBytes bytes(chunk);
  store<std::uint64_t>(bytes, 24, first_id);
  store<std::uint64_t>(bytes, 32, first_id + records.size() - 1);
  store<std::uint32_t>(bytes, 40, 128);
  seal_chunk(chunk, static_cast<std::uint32_t>(at));
  return chunk;
}

}  // namespace evtxhound::test
