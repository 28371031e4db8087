// The body of a template definition in a sound chunk, used by records whose values are of many
// types. The input's first byte turns the list of types.

#include <array>

#include "tests/fuzz/sound_chunk.hpp"
#include "tests/support/hostile_reader.hpp"

namespace {

using namespace evtxhound;
using evtx::ValueType;

std::vector<test::RawValue> many_values(const Buffer& nested, std::size_t turn) {
  Buffer sid = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};
  std::vector<test::RawValue> values = {
      test::text_value("a <text> & \"more\"\r\n"),
      {ValueType::kUint32, {1, 2, 3, 4}},
      {},
      {evtx::array_of(ValueType::kString), {'a', 0, 0, 0, 'b', 0, 0, 0}},
      test::binxml_value(nested),
      {ValueType::kBool, {1, 0, 0, 0}},
      {ValueType::kSid, std::move(sid)},
      {ValueType::kAnsiString, {'a', 0x80, '<', 0}},
      {ValueType::kDouble, Buffer(8, 0xff)},
      {evtx::array_of(ValueType::kUint16), {1, 0, 2, 0, 3}},
      {ValueType::kFiletime, Buffer(8, 0x01)},
      {ValueType::kString, {}},
      {ValueType::kGuid, Buffer(16, 0x42)},
      {ValueType::kHexInt64, Buffer(8, 0x42)},
      {static_cast<ValueType>(0x37), {1, 2, 3}},
      {ValueType::kString, {0x00, 0xd8, 'x', 0, 0, 0, 'y', 0}},
  };
  std::rotate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(turn % values.size()),
              values.end());
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > test::kFuzzRoom) return 0;
  test::RawChunk chunk(test::kFuzzPool);
  const test::DefinitionPlace known = test::add_event_definition(chunk);
  const test::DefinitionPlace definition = chunk.definition(Bytes(data + 1, size - 1));
  const Buffer ordinary = test::ordinary_record(known);
  chunk.record(ordinary);
  chunk.record(test::raw_instance(definition, many_values(ordinary, data[0])));
  // As a payload, and as one that holds itself once more.
  Buffer inner = test::raw_instance(definition, {test::text_value("x"), test::text_value("y")});
  chunk.record(test::raw_instance(
      known, {{ValueType::kUint16, {1, 0}}, {}, {}, test::binxml_value(std::move(inner))}));
  chunk.record(ordinary);
  const Buffer bytes = chunk.finish();
  evtx::TemplateCache templates;
  const auto records = test::read_hostile(templates, bytes, {true, true, true});
  if (records.size() != 4 || records[0].xml.empty() || records[0].xml != records[3].xml) {
    throw test::BrokenPromise("the neighbours of a damaged record were not read");
  }
  return 0;
}
