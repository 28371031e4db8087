// One record's BinXML, between two ordinary records of a sound chunk: whatever it is, those two
// come out as ever.

#include "tests/fuzz/sound_chunk.hpp"
#include "tests/support/hostile_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evtxhound;
  if (size > test::kFuzzRoom) return 0;
  test::RawChunk chunk(test::kFuzzPool);
  const test::DefinitionPlace definition = test::add_event_definition(chunk);
  const Buffer ordinary = test::ordinary_record(definition);
  chunk.record(ordinary);
  chunk.record(Bytes(data, size));
  chunk.record(ordinary);
  const Buffer bytes = chunk.finish();
  evtx::TemplateCache templates;
  const auto records = test::read_hostile(templates, bytes, {true, true, true});
  if (records.size() != 3 || records[0].xml.empty() || records[0].xml != records[2].xml ||
      records[0].json != records[2].json) {
    throw test::BrokenPromise("the neighbours of a damaged record were not read");
  }
  return 0;
}
