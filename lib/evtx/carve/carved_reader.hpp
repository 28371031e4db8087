// Reads what the Carver finds: chunks and lone records -> events.
#pragma once

#include <functional>

#include "evtxhound/evtx/carve/carver.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"

namespace evtxhound::evtx {

// Where the names of an event's fields come from.
enum class Naming {
  kOwn,   // the record's own template definition
  kLike,  // one from elsewhere that is like its own (likeness.hpp), which is gone
  kNone,  // nowhere: its values are Value1, Value2 and so on, System fields among them
};

// An event that was read from a carved record. A view beside the event: `bytes` are the carved
// ones.
struct CarvedEvent {
  Event event;  // its byte_offset counts from the start of `bytes`
  Naming naming = Naming::kOwn;
  Bytes bytes;  // that the record stands in
  std::uint64_t base =
      0;  // of `bytes` from the start of the source, modulo 2^64: it can lie before
};

// Not thread-safe; one for each thread, sharing the cache.
class CarvedReader {
 public:
  // A record whose definition is gone is read by a like one that the cache has by then: so that all
  // threads read the same, load_templates() comes before, for all that is carved. The cache should
  // check names: those of a definition can be overwritten where the definition is not.
  explicit CarvedReader(TemplateCache& templates) : reader_(templates, {.rebuild = true}) {}

  // To be called before each part of a source, so that what was read before does not matter: what
  // the lone records of 64 KiB may cost is limited as it is for a chunk.
  void start_part() { close(); }

  using Use = std::function<void(CarvedEvent&&)>;

  // Calls `use` for each event, in the order of offsets. What cannot be read becomes a problem
  // (kRecordUnread) with those of the chunk, offsets from the start of the source; what is left of
  // a stale record need not be readable, and is none.
  void read(const CarvedChunk& chunk, const Use& use, std::vector<Problem>& problems);
  void read(const CarvedRecord& record, const Use& use, std::vector<Problem>& problems);

  // Puts the templates into the cache that stand there. Returns whether all that are named do.
  bool load_templates(const CarvedChunk& chunk);
  bool load_templates(const CarvedRecord& record);

 private:
  void open(const CarvedRecord& record);
  void close() { region_ = base_ = std::nullopt; }
  bool read(Bytes bytes, std::uint64_t base, const RecordFrame& frame, const Use& use,
            std::vector<Problem>* problems);
  void fill_system(const RecordFrame& frame, Event& event);

  ChunkReader reader_;
  // Of the lone record that was opened last: the 64 KiB of the source that it is in, and where its
  // chunk began, if that is known, modulo 2^64.
  std::optional<std::uint64_t> region_;
  std::optional<std::uint64_t> base_;
};

// The values of a record as an event without names: Value1, Value2 and so on in their order, those
// of BinXML within them in the place of the value that holds them. Its time is the record's; it has
// no other System field. Absent
// where the record holds no template instance. REQUIRES: `frame` lies within `bytes`
std::optional<Event> event_of_values(Bytes bytes, const RecordFrame& frame);

}  // namespace evtxhound::evtx
