// What stands around the input of fuzz_record and fuzz_template: a sound chunk, with names and a
// template that the input can refer to.
#pragma once

#include <algorithm>

#include "tests/support/raw_chunk.hpp"

namespace evtxhound::test {

// Where the pool begins; the names are the first in it, so that their offsets never change.
inline constexpr std::size_t kFuzzPool = 40'000;
// The most input that there is room for.
inline constexpr std::size_t kFuzzRoom = 20'000;

// The shape of nearly every event, at the same offset and with the same id (1) each time.
inline DefinitionPlace add_event_definition(RawChunk& chunk) {
  for (const char* name : {"Event", "System", "EventID", "EventData", "Data", "Name", "UserData"}) {
    chunk.name(name);
  }
  RawBinXml event(chunk);
  event.open("Event").close_start().open("System").close_start();
  event.open("EventID").close_start().value(0, evtx::ValueType::kUint16).end().end();
  event.open("EventData", 1).close_start();
  event.open_with_attributes("Data").attribute("Name").text("First").close_start().value(1).end();
  event.open("Data", 2).close_start().value(2).end();
  event.value(3, evtx::ValueType::kBinXml).end().end().token(0);
  return chunk.definition(event.get());
}

// An ordinary record's content.
inline Buffer ordinary_record(DefinitionPlace definition) {
  return raw_instance(definition, {{evtx::ValueType::kUint16, {1, 0}}, text_value("neighbour")});
}

}  // namespace evtxhound::test
