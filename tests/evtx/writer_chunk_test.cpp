// The layout of files, chunks and records.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/writer/event_record.hpp"
#include "evtxhound/evtx/writer/hashes.hpp"
#include "evtxhound/evtx/writer/log_writer.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::evtx::writer;

namespace {

std::uint16_t hash_of(std::string_view name) { return name_hash(utf8_to_utf16le(name)); }

Record record(std::uint64_t id, const std::string& field, const std::string& text) {
  EventRecord event;
  event.record_id = id;
  event.created = 133245678901234567;
  event.written = event.created + 1;
  event.provider = "Test";
  event.channel = "Test";
  event.computer = "TEST-01";
  event.payload = NamedData{{{field, string_value(text)}}};
  return make_record(event);
}

// The offsets of a chain of names or definitions, whose first field is the link to the next.
std::vector<std::uint32_t> chain(Bytes chunk, std::size_t bucket) {
  std::vector<std::uint32_t> offsets;
  for (auto at = load<std::uint32_t>(chunk, bucket); at != 0; at = load<std::uint32_t>(chunk, at)) {
    offsets.push_back(at);
    REQUIRE(offsets.size() < 1000);
  }
  return offsets;
}

// The names in a chunk's string table, and how often each is there.
std::map<std::string, int> names(Bytes chunk) {
  std::map<std::string, int> found;
  for (std::size_t bucket = 0; bucket < kStringBuckets; ++bucket) {
    std::uint32_t newer = 0xffffffff;
    for (const std::uint32_t at : chain(chunk, kStringTableOffset + 4 * bucket)) {
      CHECK(at < newer);  // the chain leads back
      newer = at;
      const auto hash = load<std::uint16_t>(chunk, at + 4);
      const std::size_t size = 2 * std::size_t{load<std::uint16_t>(chunk, at + 6)};
      const Bytes text = chunk.subspan(at + 8, size);
      CHECK(hash == name_hash(text));
      CHECK(hash % kStringBuckets == bucket);
      CHECK(load<std::uint16_t>(chunk, at + 8 + size) == 0);
      ++found[utf16le_to_utf8(text)];
    }
  }
  return found;
}

std::vector<std::uint32_t> templates(Bytes chunk) {
  std::vector<std::uint32_t> found;
  for (std::size_t bucket = 0; bucket < kTemplateBuckets; ++bucket) {
    for (const std::uint32_t at : chain(chunk, kTemplateTableOffset + 4 * bucket)) {
      Guid guid{};
      std::copy_n(chunk.begin() + at + 4, guid.size(), guid.begin());
      CHECK(template_bucket(guid) == bucket);
      found.push_back(at);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("name hashes are those of Windows") {
  CHECK(hash_of("Event") == 0x0cba);
  CHECK(hash_of("System") == 0x546f);
  CHECK(hash_of("Provider") == 0x7bf1);
  CHECK(hash_of("EventID") == 0x61f5);
  CHECK(hash_of("Data") == 0x6f8a);
  CHECK(hash_of("EventRecordID") == 0x0346);
  CHECK(hash_of("xmlns") == 0x0fbc);
}

TEST_CASE("template buckets are those of Windows") {
  const auto bucket = [](std::string_view bytes) {
    Guid guid{};
    const Buffer parsed = parse_hex(bytes).value();
    std::copy(parsed.begin(), parsed.end(), guid.begin());
    return template_bucket(guid);
  };
  CHECK(bucket("dd26ceeecb7cd60d8e03701a29b763ee") == 24);  // an empty EventData
  CHECK(bucket("6dca72c7cdb88a67f145693b5d0b938c") == 16);
  CHECK(bucket("20ab02d6140864f0a145a2005d578bb6") == 1);
}

TEST_CASE("a chunk's header names its records, its free space and its checksums") {
  ChunkWriter writer;
  for (std::uint64_t id = 41; id < 44; ++id) REQUIRE(writer.append(record(id, "Text", "x")));
  const Buffer chunk = writer.finish();
  REQUIRE(chunk.size() == 65536);
  CHECK(std::string(chunk.begin(), chunk.begin() + 8) == std::string("ElfChnk\0", 8));
  for (const std::size_t first : {8, 24}) CHECK(load<std::uint64_t>(chunk, first) == 41);
  for (const std::size_t last : {16, 32}) CHECK(load<std::uint64_t>(chunk, last) == 43);
  CHECK(load<std::uint32_t>(chunk, 40) == 128);
  const auto free_space = load<std::uint32_t>(chunk, 48);
  CHECK(load<std::uint32_t>(chunk, 52) == crc32(Bytes(chunk).subspan(512, free_space - 512)));
  CHECK(load<std::uint32_t>(chunk, 124) ==
        crc32(Bytes(chunk).subspan(128, 384), crc32(Bytes(chunk).first(120))));
  CHECK(std::all_of(chunk.begin() + free_space, chunk.end(), [](auto byte) { return byte == 0; }));

  std::size_t at = 512;
  std::size_t last = 0;
  for (std::uint64_t id = 41; id < 44; ++id) {
    CHECK(load<std::uint32_t>(chunk, at) == 0x2a2a);
    const auto size = load<std::uint32_t>(chunk, at + 4);
    CHECK(size % 8 == 0);
    CHECK(load<std::uint64_t>(chunk, at + 8) == id);
    CHECK(load<std::uint64_t>(chunk, at + 16) == 133245678901234568);
    CHECK(load<std::uint32_t>(chunk, at + size - 4) == size);
    last = at;
    at += size;
  }
  CHECK(load<std::uint32_t>(chunk, 44) == last);
  CHECK(at == free_space);
}

TEST_CASE("names and templates stand once in a chunk and in its tables") {
  ChunkWriter writer;
  for (std::uint64_t id = 1; id < 5; ++id) REQUIRE(writer.append(record(id, "Text", "x")));
  REQUIRE(writer.append(record(5, "Other", "x")));
  const Buffer chunk = writer.finish();
  const auto found = names(chunk);
  for (const auto& [name, count] : found) CHECK(count == 1);
  for (const char* name : {"Event", "xmlns", "System", "Provider", "Name", "EventData", "Data"}) {
    CHECK(found.contains(name));
  }
  CHECK(templates(chunk).size() == 3);  // of the event, and of both payloads
}

TEST_CASE("a template's id is the first dword of its GUID, at its definition and its instances") {
  ChunkWriter writer;
  REQUIRE(writer.append(record(1, "Text", "x")));
  REQUIRE(writer.append(record(2, "Text", "y")));
  const Buffer chunk = writer.finish();
  const std::size_t second = 512 + load<std::uint32_t>(chunk, 512 + 4);
  for (const std::size_t at : {std::size_t{512}, second}) {
    const Bytes instance = Bytes(chunk).subspan(at + 24 + 4);  // behind the fragment header
    CHECK(instance[0] == 0x0c);
    const auto definition = load<std::uint32_t>(instance, 6);
    CHECK(definition == 512 + 24 + 4 + 10);  // the first record holds it inline
    CHECK(load<std::uint32_t>(instance, 2) == load<std::uint32_t>(chunk, definition + 4));
  }
}

TEST_CASE("templates are equal exactly where their content is") {
  const auto guid = [](const Record& r) { return r.content.definition->guid(); };
  const auto payload_guid = [](const Record& r) {
    return r.content.values.back().instance->definition->guid();
  };
  CHECK(guid(record(1, "A", "x")) == guid(record(2, "B", "y")));
  CHECK(payload_guid(record(1, "A", "x")) == payload_guid(record(2, "A", "y")));
  CHECK(payload_guid(record(1, "A", "x")) != payload_guid(record(1, "B", "x")));
}

TEST_CASE("a record that does not fit leaves the chunk as it was") {
  const std::string large(31000, 'x');  // two of them exceed a chunk
  ChunkWriter with;
  ChunkWriter without;
  for (ChunkWriter* writer : {&with, &without}) {
    REQUIRE(writer->append(record(1, "Text", "small")));
    REQUIRE(writer->append(record(2, "Text", large)));
  }
  CHECK_FALSE(with.append(record(3, "A field of another name", large)));
  CHECK(with.finish() == without.finish());
  CHECK(with.append(record(4, "Text", "small again")));
  const Buffer chunk = with.finish();
  CHECK_FALSE(names(chunk).contains("A field of another name"));
  CHECK(templates(chunk).size() == 2);
}

TEST_CASE("a chunk can be filled to its last byte") {
  // What a record needs besides its text is measured on a record without one.
  ChunkWriter empty;
  REQUIRE(empty.append(record(1, "Text", "")));
  const auto base = load<std::uint32_t>(empty.finish(), kChunkFreeSpaceOffset);
  const auto fits = [base](std::size_t characters) {
    ChunkWriter writer;
    return base + 2 * characters <= kChunkSize && writer.append(record(1, "T", "")) &&
           ChunkWriter().append(record(1, "Text", std::string(characters, 'x')));
  };
  const std::size_t most = (kChunkSize - base) / 2;
  CHECK(fits(most));
  CHECK_FALSE(ChunkWriter().append(record(1, "Text", std::string(most + 8, 'x'))));
}

TEST_CASE("a log opens a chunk where a record does not fit, or where it is to") {
  const std::string large(20000, 'x');
  LogWriter by_size;
  for (std::uint64_t id = 1; id <= 3; ++id) REQUIRE(by_size.append(record(id, "Text", large)));
  CHECK(by_size.finish().size() == 4096 + 3 * 65536);
  LogWriter by_count(2);
  for (std::uint64_t id = 1; id <= 5; ++id) REQUIRE(by_count.append(record(id, "Text", "x")));
  CHECK(by_count.finish().size() == 4096 + 3 * 65536);
}

TEST_CASE("a log refuses a record that fits no chunk, and goes on") {
  LogWriter writer;
  CHECK_FALSE(writer.append(record(1, "Text", std::string(70000, 'x'))));
  REQUIRE(writer.append(record(2, "Text", "x")));
  const Buffer log = writer.finish();
  CHECK(log.size() == 4096 + 65536);
  CHECK(load<std::uint64_t>(log, 24) == 3);
}

TEST_CASE("the file header counts chunks and names the next record") {
  LogWriter writer(1);
  for (std::uint64_t id = 7; id < 10; ++id) REQUIRE(writer.append(record(id, "Text", "x")));
  const Buffer log = writer.finish();
  CHECK(std::string(log.begin(), log.begin() + 8) == std::string("ElfFile\0", 8));
  CHECK(load<std::uint64_t>(log, 8) == 0);
  CHECK(load<std::uint64_t>(log, 16) == 2);
  CHECK(load<std::uint64_t>(log, 24) == 10);
  CHECK(load<std::uint32_t>(log, 32) == 128);
  CHECK(load<std::uint16_t>(log, 36) == 1);
  CHECK(load<std::uint16_t>(log, 38) == 3);
  CHECK(load<std::uint16_t>(log, 40) == 4096);
  CHECK(load<std::uint16_t>(log, 42) == 3);
  CHECK(load<std::uint32_t>(log, 120) == 0);
  CHECK(load<std::uint32_t>(log, 124) == crc32(Bytes(log).first(120)));
  CHECK(LogWriter().finish().size() == 4096);
}
