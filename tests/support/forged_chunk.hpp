// Chunks with events as Windows writes them, for tests that take chunks apart.
#pragma once

#include <fmt/format.h>

#include "evtxhound/evtx/writer/chunk_writer.hpp"
#include "evtxhound/evtx/writer/event_record.hpp"

namespace evtxhound::test {

// An event with named data; `kind` makes another template.
inline evtx::writer::EventRecord forged_event(std::uint64_t id, unsigned kind = 0) {
  evtx::writer::EventRecord event;
  event.record_id = id;
  event.created = event.written = 133'245'678'901'234'567 + id;
  event.provider = "Provider-Of-Tests";
  event.event_id = static_cast<std::uint16_t>(100 + kind);
  event.channel = "Channel-Of-Tests";
  event.computer = "PC-1";
  evtx::writer::NamedData data;
  data.fields.emplace_back("Number", evtx::writer::string_value(fmt::format("event {}", id)));
  data.fields.emplace_back(fmt::format("Kind{}", kind), evtx::writer::string_value("of a kind"));
  event.payload = std::move(data);
  return event;
}

// A whole chunk of `count` events, their ids from `first` on.
inline Buffer forged_chunk(std::uint64_t first, std::size_t count, unsigned kind = 0) {
  evtx::writer::ChunkWriter chunk;
  for (std::uint64_t id = first; id < first + count; ++id) {
    if (!chunk.append(evtx::writer::make_record(forged_event(id, kind)))) break;
  }
  return chunk.finish();
}

}  // namespace evtxhound::test
