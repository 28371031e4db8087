#include "tests/support/carve_shapes.hpp"

#include <algorithm>
#include <array>

#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/format.hpp"
#include "tests/support/raw_chunk.hpp"

namespace evtxhound::test {
namespace {

constexpr std::uint64_t kTime = 133'245'678'901'234'567;
constexpr std::string_view kChunkSignature("ElfChnk\0", 8);

Buffer repeated(Bytes period, std::size_t size) {
  Buffer bytes(size);
  for (std::size_t at = 0; at < size; at += period.size()) {
    std::copy_n(period.begin(), std::min(period.size(), size - at),
                bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return bytes;
}

Buffer filled_up(const ByteBuilder& builder, std::size_t size, std::uint8_t filler) {
  Buffer bytes = builder.get();
  bytes.resize(size, filler);
  return bytes;
}

// The fields of a chunk's header that stand before its tables, 56 bytes.
ByteBuilder chunk_header(std::uint32_t free) {
  ByteBuilder header;
  header.bytes(as_bytes(kChunkSignature)).zeros(32);
  header.put<std::uint32_t>(128).put<std::uint32_t>(0).put(free).put<std::uint32_t>(0);
  return header;
}

// A record's header and what its BinXML begins with, up to the number of values, 38 bytes.
ByteBuilder record_header(std::uint32_t size) {
  ByteBuilder record;
  record.put<std::uint32_t>(0x2A2A).put(size).put<std::uint64_t>(77).put(kTime);
  record.put<std::uint32_t>(0x0001010f).put<std::uint16_t>(0x010c);
  return record.put<std::uint32_t>(0x4D4F5354).put<std::uint32_t>(0x1000);
}

Buffer chunk_signatures(std::size_t size) { return repeated(as_bytes(kChunkSignature), size); }

// Four bytes that are a record's signature, its size and the copy of it.
Buffer record_signatures(std::size_t size) {
  return repeated(ByteBuilder().put<std::uint32_t>(0x2A2A).get(), size);
}

Buffer chunk_headers(std::size_t size) {
  return repeated(chunk_header(evtx::kChunkSize).get(), size);
}

Buffer chunk_headers_in_stars(std::size_t size) {
  return repeated(filled_up(chunk_header(evtx::kChunkSize), evtx::kChunkHeaderSize, '*'), size);
}

Buffer headers_that_fit(std::size_t size, std::uint32_t free) {
  Buffer header = filled_up(chunk_header(free), evtx::kChunkHeaderSize, 0);
  evtx::seal_chunk_header(header);
  return repeated(header, size);
}

Buffer chunk_headers_with_crc(std::size_t size) { return headers_that_fit(size, evtx::kChunkSize); }

Buffer empty_chunks(std::size_t size) { return headers_that_fit(size, evtx::kChunkHeaderSize); }

// Every 48 bytes a record of 65,000 bytes: each copy of a size is the size of another.
Buffer nested_records(std::size_t size) {
  constexpr std::uint32_t kSize = 48 * 1354 + 8;
  ByteBuilder record = record_header(kSize);
  record.put<std::uint32_t>(15'000).zeros(6);
  return repeated(record.get(), size);
}

// The same with copies that do not fit, so that the values have to speak for the records, and do
// not.
Buffer torn_records_of_many_values(std::size_t size) {
  ByteBuilder record = record_header(64'999);
  record.put<std::uint32_t>(15'000).zeros(6);
  return repeated(record.get(), size);
}

// And where they do: the time once more, and 64,000 bytes.
Buffer nested_torn_records(std::size_t size) {
  constexpr std::uint16_t kRest = 64'000;
  ByteBuilder record = record_header(58 + kRest + 1 + 4);
  record.put<std::uint32_t>(2)
      .put<std::uint32_t>(0x0011'0008)
      .put<std::uint32_t>(0x000E'0000 | kRest);
  record.put(kTime).zeros(6);
  return repeated(record.get(), size);
}

// Chunks of as many records as there is room for, with a frame and nothing in it.
Buffer records_without_content(std::size_t size) {
  std::vector<Buffer> records;
  for (std::uint64_t id = 1; id <= 2300; ++id) records.push_back(make_record(id, {}));
  return repeated(make_chunk(records), size);
}

// In a chunk, records whose size nothing confirms, and in each as many values as can be before the
// one record at the end that says that they are too many; between them small whole ones.
Buffer doubtful_records(std::size_t size) {
  constexpr std::size_t kLast = 64'000;
  Buffer chunk = filled_up(chunk_header(evtx::kChunkSize), evtx::kChunkSize, 0);
  const auto put = [&chunk](std::size_t at, const Buffer& bytes) {
    std::ranges::copy(bytes, chunk.begin() + static_cast<std::ptrdiff_t>(at));
  };
  std::size_t at = evtx::kChunkHeaderSize;
  for (; at + 200 < kLast; at += 72) {
    const std::size_t values = at + 42;
    const auto count = static_cast<std::uint32_t>((kLast - values) / 4);
    ByteBuilder doubtful = record_header(static_cast<std::uint32_t>(kLast + 100 - at));
    put(at, doubtful.put(count).get());
    put(at + 44, make_record(5, {}));
  }
  put(kLast, make_record(6, {}));
  return repeated(chunk, size);
}

// A chunk whose records are all made from one template.
Buffer chunk_of_records(std::size_t pool, Buffer (*body)(RawChunk&), const RawValue& value) {
  RawChunk chunk(pool);
  const DefinitionPlace definition = chunk.record_with_definition(body(chunk), {value});
  const Buffer instance = raw_instance(definition, {value});
  while (chunk.record_room() > instance.size() + 40) chunk.record(instance);
  return chunk.finish();
}

// 2,000 times the same value in one element.
Buffer much_text(RawChunk& chunk) {
  RawBinXml body(chunk);
  body.open("Event").close_start().open("EventData").close_start().open("Data").close_start();
  return body.values(0, 2000).end().end().end().token(0).get();
}

// An element with as many others as there is room for.
Buffer many_elements(RawChunk& chunk) {
  RawBinXml body(chunk);
  const std::uint32_t name = chunk.name("a");
  body.open("Event").close_start().open("EventData").close_start();
  for (std::size_t i = 0; i < 1900; ++i) body.open_at(name, false).close_start().value(0).end();
  return body.end().end().token(0).get();
}

Buffer without_header(Buffer chunk) {
  std::fill_n(chunk.begin(), evtx::kChunkHeaderSize, std::uint8_t{0});
  return chunk;
}

const std::string kValue(30, 'x');

Buffer text_chunks(std::size_t size) {
  return repeated(chunk_of_records(60'000, &much_text, text_value(kValue)), size);
}
Buffer text_records(std::size_t size) {
  return repeated(without_header(chunk_of_records(60'000, &much_text, text_value(kValue))), size);
}
Buffer element_chunks(std::size_t size) {
  return repeated(chunk_of_records(60'000, &many_elements, text_value("x")), size);
}
Buffer element_records(std::size_t size) {
  return repeated(without_header(chunk_of_records(60'000, &many_elements, text_value("x"))), size);
}

// Templates whose first names are each other's, and their own: names that stand in a ring.
Buffer looping_names(std::size_t size) {
  RawChunk chunk(30'000);
  const auto first = static_cast<std::uint32_t>(chunk.end());
  chunk.name("a", first);  // is its own next one
  chunk.name("b", first);
  const DefinitionPlace definition = chunk.definition(
      RawBinXml(chunk).open("a").close_start().open("b").close_empty().end().token(0).get());
  const Buffer instance = raw_instance(definition);
  while (chunk.record_room() > instance.size() + 40) chunk.record(instance);
  Buffer bytes = chunk.finish();
  for (std::size_t bucket = 0; bucket < 64; ++bucket) {
    store<std::uint32_t>(MutableBytes(bytes), evtx::kStringTableOffset + 4 * bucket, first);
  }
  evtx::seal_chunk_header(bytes);
  return repeated(bytes, size);
}

// A record alone whose template is named by an id, and has `body`, if any.
Buffer lone_instance(std::uint32_t id, std::uint64_t number, Bytes body) {
  ByteBuilder content;
  content.put<std::uint32_t>(0x0001010f)
      .put<std::uint16_t>(0x010c)
      .put(id)
      .put<std::uint32_t>(9999);
  if (!body.empty()) {
    content.zeros(4).put(id).put(number).put<std::uint32_t>(7);
    content.put(static_cast<std::uint32_t>(body.size())).bytes(body);
  }
  content.put<std::uint32_t>(1).put<std::uint32_t>(0x0011'0008).put(kTime).put<std::uint8_t>(0);
  return make_record(number, content.get());
}

// One part in eight: templates of the same id, as many as there is room for. All else is records
// that name one of that id that is gone.
Buffer templates_of_one_id(std::size_t size) {
  // One empty element, whose name stands behind it: 9,999, the definition's header, the element's.
  const Buffer name = utf8_to_utf16le("a");
  const Buffer empty = ByteBuilder()
                           .put<std::uint8_t>(0x01)
                           .put(evtx::kNoDependency)
                           .zeros(4)
                           .put<std::uint32_t>(9999 + evtx::kDefinitionHeaderSize + 11)
                           .zeros(4)
                           .put(evtx::writer::name_hash(name))
                           .put<std::uint16_t>(1)
                           .bytes(name)
                           .zeros(2)
                           .put<std::uint8_t>(0x03)
                           .zeros(1)
                           .get();
  ByteBuilder all;
  std::uint64_t number = 1;
  while (all.size() < size / 8) all.bytes(lone_instance(0x4D4F5354, number++, empty));
  while (all.size() < size) all.bytes(lone_instance(0x4D4F5354, number++, {}));
  Buffer bytes = all.get();
  bytes.resize(size);
  return bytes;
}

constexpr std::array kShapes = {
    CarveShape{"chunk-signatures", "a chunk's signature at every 8 bytes", &chunk_signatures},
    CarveShape{"record-signatures", "a record's at every 4, its own size", &record_signatures},
    CarveShape{"chunk-headers", "a chunk's header at every 56 bytes, all of it in use",
               &chunk_headers},
    CarveShape{"chunk-headers-in-stars", "at every 512, what records begin with between them",
               &chunk_headers_in_stars},
    CarveShape{"chunk-headers-with-crc", "at every 512, each with its own checksum",
               &chunk_headers_with_crc},
    CarveShape{"empty-chunks", "at every 512, whose checksums all fit", &empty_chunks},
    CarveShape{"nested-records", "at every 48 bytes a record of 65,000", &nested_records},
    CarveShape{"torn-records-of-many-values", "the same, torn, of 15,000 values",
               &torn_records_of_many_values},
    CarveShape{"nested-torn-records", "torn ones within each other that vouch for themselves",
               &nested_torn_records},
    CarveShape{"records-without-content", "chunks of frames with nothing in them",
               &records_without_content},
    CarveShape{"doubtful-records", "chunks of records that nothing confirms", &doubtful_records},
    CarveShape{"text-chunks", "chunks of records that ask for much text", &text_chunks},
    CarveShape{"text-records", "the same without headers", &text_records},
    CarveShape{"element-chunks", "chunks of records that ask for many elements", &element_chunks},
    CarveShape{"element-records", "the same without headers", &element_records},
    CarveShape{"templates-of-one-id", "records that many templates could have made",
               &templates_of_one_id},
    CarveShape{"looping-names", "chunks whose names lead to each other", &looping_names},
};

}  // namespace

std::span<const CarveShape> carve_shapes() { return kShapes; }

}  // namespace evtxhound::test
