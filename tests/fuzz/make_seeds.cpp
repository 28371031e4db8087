// make_seeds TESTDATA OUT: writes first inputs for the fuzzers, made from the forged logs below
// TESTDATA, to OUT/fuzz_carve, OUT/fuzz_chunk, OUT/fuzz_record and OUT/fuzz_template.
//
// Records become values of sound_chunk.hpp's template, so that they can be read there. Templates
// keep their bytes; names that do not stand inline are then empty ones.

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/format.hpp"
#include "tests/fuzz/sound_chunk.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;

namespace {

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {
    for (const char* name : {"fuzz_carve", "fuzz_chunk", "fuzz_record", "fuzz_template"}) {
      std::filesystem::create_directories(folder_ / name);
    }
    event_ = test::add_event_definition(chunk_);
  }

  void take_chunk(Bytes chunk) {
    const ChunkFrames frames = find_records(chunk);
    // Up to the third record: the fuzzers do best with little.
    if (!frames.records.empty()) {
      const RecordFrame& last = frames.records[std::min<std::size_t>(2, frames.records.size() - 1)];
      const Bytes first = chunk.first(std::min(chunk.size(), std::size_t{last.offset} + last.size));
      save("fuzz_chunk", first);
      save("fuzz_carve", first);
      save("fuzz_carve", first.subspan(kChunkHeaderSize));  // what is left of a chunk
    }
    for (const RecordFrame& frame : frames.records) take_record(chunk, frame);
  }

 private:
  // The record's values as values of the sound chunk's template, and its template's body.
  void take_record(Bytes chunk, const RecordFrame& frame) {
    const std::size_t at = frame.offset + kRecordHeaderSize + 4;
    InstanceFrame instance;
    const Bytes area = chunk.first(std::size_t{frame.offset} + frame.size - 4);
    if (at >= area.size() || area[at] != 0x0c || read_instance(area, at, instance)) return;
    std::vector<Value> values;
    append_values(area, instance, values);
    std::vector<test::RawValue> raw;
    std::string shape;
    for (const Value& value : values) {
      shape += fmt::format("{:02x}", static_cast<unsigned>(value.type));
      raw.push_back({value.type, Buffer(value.bytes.begin(), value.bytes.end())});
    }
    if (!shapes_.insert(shape).second) return;
    save("fuzz_record", test::raw_instance(event_, raw));
    DefinitionFrame definition;
    if (read_definition(chunk, instance.definition, definition)) return;
    Buffer body = {0};
    const Bytes bytes = chunk.subspan(definition.body, definition.body_size);
    body.insert(body.end(), bytes.begin(), bytes.end());
    save("fuzz_template", body);
  }

  void save(std::string_view target, Bytes bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::string name = fmt::format("{:08x}{:04x}", crc32(bytes), bytes.size());
    test::write_file(folder_ / target / name, text);
  }

  std::filesystem::path folder_;
  test::RawChunk chunk_{test::kFuzzPool};
  test::DefinitionPlace event_;
  std::set<std::string> shapes_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  Seeds seeds(arguments[2]);
  for (const auto& path : test::logs_below(arguments[1])) {
    const std::string log = test::read_file(path);
    const Bytes bytes = as_bytes(log);
    for (std::size_t at = kFileHeaderSize; at < bytes.size(); at += kChunkSize) {
      seeds.take_chunk(bytes.subspan(at, std::min(kChunkSize, bytes.size() - at)));
    }
  }
  return 0;
}
