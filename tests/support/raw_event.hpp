// Events of raw tokens: what RawChunk and RawBinXml make, around any payload.
#pragma once

#include <utility>
#include <vector>

#include "evtxhound/evtx/file_header.hpp"
#include "tests/support/raw_chunk.hpp"

namespace evtxhound::test {

// A fragment as a value of BinXML holds it.
inline Buffer raw_fragment(Bytes content) {
  return ByteBuilder().put<std::uint32_t>(0x0001010f).bytes(content).put<std::uint8_t>(0).get();
}

// The definition of an event in a chunk's pool. Its value 0 is TimeCreated; channel and provider
// are "C" and "P", the event's code is 7.
class RawEvent {
 public:
  // `data` stands in EventData. `system` stands in System, behind what is always there or before
  // that; `second` behind System.
  RawEvent(RawChunk& chunk, Bytes data, Bytes system = {}, bool system_first = false,
           Bytes second = {})
      : chunk_(&chunk) {
    RawBinXml xml(chunk);
    xml.open("Event").close_start().open("System").close_start();
    if (system_first) xml.bytes(system);
    xml.open_with_attributes("Provider").attribute("Name").text("P").close_empty();
    xml.open("EventID").close_start().text("7").end();
    xml.open_with_attributes("TimeCreated").attribute("SystemTime");
    xml.value(0, evtx::ValueType::kFiletime).close_empty();
    xml.open("Channel").close_start().text("C").end();
    xml.open("Computer").close_start().text("PC").end();
    if (!system_first) xml.bytes(system);
    xml.end().bytes(second);
    xml.open("EventData").close_start().bytes(data).end().end();
    place_ = chunk.definition(xml.get());
  }

  [[nodiscard]] DefinitionPlace place() const { return place_; }

  // Adds a record of it; these are its values from 1 on.
  void add(std::vector<RawValue> values = {}) const {
    values.insert(values.begin(),
                  {evtx::ValueType::kFiletime,
                   ByteBuilder().put<std::uint64_t>(133'245'678'901'234'567).get()});
    chunk_->record(raw_instance(place_, values));
  }

 private:
  RawChunk* chunk_;
  DefinitionPlace place_;
};

// A log of this one chunk. Its file header is empty, which no scan of chunks asks for.
inline Buffer raw_log(Bytes chunk) {
  Buffer log(evtx::kFileHeaderSize);
  log.insert(log.end(), chunk.begin(), chunk.end());
  return log;
}
inline Buffer raw_log(const RawChunk& chunk) { return raw_log(chunk.finish()); }

}  // namespace evtxhound::test
