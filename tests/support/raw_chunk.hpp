// Chunks whose BinXML is put together token by token: for shapes that no writer makes, and that
// somebody who wants to harm a reader would.
//
// Records stand at the chunk's front, as always; names and template definitions in a pool behind
// the free space offset, where nothing but an offset leads to them.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/writer/hashes.hpp"
#include "tests/support/bytes.hpp"

namespace evtxhound::test {

// A value of a template instance.
struct RawValue {
  evtx::ValueType type = evtx::ValueType::kNull;
  Buffer bytes;
};

inline RawValue text_value(std::string_view utf8) {
  return {evtx::ValueType::kString, utf8_to_utf16le(utf8)};
}
inline RawValue binxml_value(Buffer binxml) {
  return {evtx::ValueType::kBinXml, std::move(binxml)};
}

struct DefinitionPlace {
  std::uint32_t offset = 0;
  std::uint32_t id = 0;
};

// 0c · version · id · offset · count · descriptors · values, of a definition that stands elsewhere.
inline Buffer raw_instance(DefinitionPlace definition, const std::vector<RawValue>& values = {}) {
  ByteBuilder out;
  out.put<std::uint8_t>(0x0c).put<std::uint8_t>(1).put(definition.id).put(definition.offset);
  out.put(static_cast<std::uint32_t>(values.size()));
  for (const RawValue& value : values) {
    out.put(static_cast<std::uint16_t>(value.bytes.size()));
    out.put(static_cast<std::uint8_t>(value.type)).put<std::uint8_t>(0);
  }
  for (const RawValue& value : values) out.bytes(value.bytes);
  return out.get();
}

class RawChunk {
 public:
  // `pool` is where names and definitions begin.
  explicit RawChunk(std::size_t pool = 8192) : chunk_(evtx::kChunkSize), pool_(pool), at_(pool) {}

  // Where the name's entry stands; `next` is its link to the next name of its bucket.
  std::uint32_t name(const std::string& text, std::uint32_t next = 0) {
    const auto known = names_.find(text);
    if (known != names_.end()) return known->second;
    const Buffer characters = utf8_to_utf16le(text);
    ByteBuilder entry;
    entry.put(next)
        .put(evtx::writer::name_hash(characters))
        .put(static_cast<std::uint16_t>(characters.size() / 2));
    entry.bytes(characters).zeros(2);
    return names_[text] = place(entry.get());
  }

  DefinitionPlace definition(Bytes body) {
    const std::uint32_t id = next_id_++;
    ByteBuilder bytes;
    bytes.zeros(4).put(id).zeros(12).put(static_cast<std::uint32_t>(body.size())).bytes(body);
    return {place(bytes.get()), id};
  }

  // Any bytes in the pool; returns their offset.
  std::uint32_t place(Bytes bytes) {
    if (at_ + bytes.size() > chunk_.size()) throw std::logic_error("RawChunk: the pool is full");
    std::copy(bytes.begin(), bytes.end(), chunk_.begin() + static_cast<std::ptrdiff_t>(at_));
    const auto offset = static_cast<std::uint32_t>(at_);
    at_ += bytes.size();
    return offset;
  }
  [[nodiscard]] std::size_t end() const { return at_; }
  [[nodiscard]] std::size_t room() const { return chunk_.size() - at_; }

  // Adds a record of a fragment header and this.
  void record(Bytes content) {
    const Buffer whole =
        ByteBuilder().put<std::uint32_t>(0x0001010f).bytes(content).put<std::uint8_t>(0).get();
    const Buffer bytes = make_record(records_ + 1, whole);
    if (record_end_ + bytes.size() > pool_) throw std::logic_error("RawChunk: no room for records");
    std::copy(bytes.begin(), bytes.end(),
              chunk_.begin() + static_cast<std::ptrdiff_t>(record_end_));
    record_end_ += bytes.size();
    ++records_;
  }
  [[nodiscard]] std::size_t record_room() const { return pool_ - record_end_; }

  // Adds a record of an instance whose definition stands in it, as Windows writes the first one of
  // each template. Returns where the definition stands, for the records behind.
  DefinitionPlace record_with_definition(Bytes body, const std::vector<RawValue>& values = {}) {
    // Behind the record's header, the fragment's and the instance's.
    const DefinitionPlace place{static_cast<std::uint32_t>(record_end_ + 24 + 4 + 10), next_id_++};
    const Buffer instance = raw_instance(place, values);
    ByteBuilder content;
    content.bytes(Bytes(instance).first(10));
    content.zeros(4).put(place.id).zeros(12).put(static_cast<std::uint32_t>(body.size()));
    record(content.bytes(body).bytes(Bytes(instance).subspan(10)).get());
    return place;
  }

  [[nodiscard]] Buffer finish() const {
    Buffer chunk = chunk_;
    const std::string_view signature("ElfChnk\0", 8);
    std::copy(signature.begin(), signature.end(), chunk.begin());
    const MutableBytes bytes(chunk);
    store<std::uint64_t>(bytes, 24, 1);
    store<std::uint64_t>(bytes, 32, records_);
    store<std::uint32_t>(bytes, 40, 128);
    seal_chunk(chunk, static_cast<std::uint32_t>(record_end_));
    return chunk;
  }

 private:
  Buffer chunk_;
  std::size_t pool_;
  std::size_t at_;
  std::size_t record_end_ = evtx::kChunkHeaderSize;
  std::uint64_t records_ = 0;
  std::uint32_t next_id_ = 1;
  std::map<std::string, std::uint32_t> names_;
};

// Tokens of BinXML. Names go to the chunk's pool.
class RawBinXml {
 public:
  // Elements have a dependency in definitions, and none elsewhere.
  explicit RawBinXml(RawChunk& chunk, bool in_definition = true)
      : chunk_(&chunk), in_definition_(in_definition) {}

  RawBinXml& open(const std::string& name, std::uint16_t dependency = evtx::kNoDependency) {
    return open_at(chunk_->name(name), false, dependency);
  }
  // The start of an element whose attributes follow.
  RawBinXml& open_with_attributes(const std::string& name,
                                  std::uint16_t dependency = evtx::kNoDependency) {
    return open_at(chunk_->name(name), true, dependency);
  }
  RawBinXml& open_at(std::uint32_t name, bool attributes,
                     std::uint16_t dependency = evtx::kNoDependency) {
    out_.put<std::uint8_t>(attributes ? 0x41 : 0x01);
    if (in_definition_) out_.put(dependency);
    out_.put<std::uint32_t>(0).put(name);
    if (attributes) out_.put<std::uint32_t>(0);
    return *this;
  }
  RawBinXml& attribute(const std::string& name) { return attribute_at(chunk_->name(name)); }
  RawBinXml& attribute_at(std::uint32_t name) {
    out_.put<std::uint8_t>(0x06).put(name);
    return *this;
  }
  RawBinXml& close_start() { return token(0x02); }
  RawBinXml& close_empty() { return token(0x03); }
  RawBinXml& end() { return token(0x04); }
  RawBinXml& text(std::string_view utf8) {
    const Buffer characters = utf8_to_utf16le(utf8);
    out_.put<std::uint8_t>(0x05).put<std::uint8_t>(0x01);
    out_.put(static_cast<std::uint16_t>(characters.size() / 2)).bytes(characters);
    return *this;
  }
  RawBinXml& value(std::uint16_t index, evtx::ValueType type = evtx::ValueType::kString) {
    out_.put<std::uint8_t>(0x0e).put(index).put(static_cast<std::uint8_t>(type));
    return *this;
  }
  RawBinXml& values(std::uint16_t index, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) value(index);
    return *this;
  }
  RawBinXml& bytes(Bytes bytes) {
    out_.bytes(bytes);
    return *this;
  }
  RawBinXml& token(std::uint8_t token) {
    out_.put(token);
    return *this;
  }
  [[nodiscard]] const Buffer& get() const { return out_.get(); }

 private:
  RawChunk* chunk_;
  bool in_definition_;
  ByteBuilder out_;
};

}  // namespace evtxhound::test
