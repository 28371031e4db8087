// The native reader: a chunk's bytes -> its records, each as XML, as JSON, as an event, or field by
// field without any text being made.
//
//   TemplateCache templates;             // one for everything that is read
//   ChunkReader reader(templates);       // one for each thread
//   reader.open(chunk);                  // 64 KiB, from anywhere
//   for (const RecordFrame& frame : reader.frames().records) {
//     const Record record = reader.record(frame);
//     if (const auto name = record.field("QueryName")) use(name->text());
//   }
//
// Damage stays where it is: a record that cannot be read is one Problem, and the next one is read
// as if nothing were wrong. No input makes it read outside of the chunk, or take memory or time
// beyond the limits of binxml/limits.hpp.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/program/run.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/evtx/template_cache.hpp"
#include "evtxhound/evtx/template_table.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

class ChunkReader;

// One record of the chunk that its reader has open: a view, valid until the reader opens another
// chunk or gives out another record. Reads nothing until it is asked. Not thread-safe.
class Record {
 public:
  // From the record's header. The time is when it was written, not its TimeCreated.
  [[nodiscard]] std::uint64_t id() const { return frame_.record_id; }
  [[nodiscard]] Filetime time_written() const { return frame_.time_written; }
  // Bytes from the chunk's start; bytes from the signature to the end of the size copy.
  [[nodiscard]] std::uint32_t offset() const { return frame_.offset; }
  [[nodiscard]] std::uint32_t size() const { return frame_.size; }

  // The first data field of this name: of a Data element's Name, of an element of UserData, and so
  // on, as Event has them. Found by the slot that the template keeps it in. Absent where the record
  // has no such field, where it cannot be read, and where the field's text is made of several
  // values (event() has those too). The value's bytes are the evidence's own.
  [[nodiscard]] std::optional<Value> field(std::string_view name) const;

  // The same for a field of System: `EventID`, `Computer`, and attributes as `Provider.Name`,
  // `TimeCreated.SystemTime`, `Execution.ProcessID`.
  [[nodiscard]] std::optional<Value> system(std::string_view name) const;

 private:
  friend class ChunkReader;
  Record(ChunkReader& reader, const RecordFrame& frame) : reader_(&reader), frame_(frame) {}

  ChunkReader* reader_;
  RecordFrame frame_;
};

// What an event has from its record's header; its offset is then the one from the chunk's start.
void fill_from_frame(const RecordFrame& frame, Event& event);

struct ReaderOptions {
  const CodePage* ansi = &CodePage::windows_1252();  // must outlive the reader
  // Whether a record whose template definition is gone is rendered by a like definition from
  // elsewhere (likeness.hpp).
  bool rebuild = false;
};

// Not thread-safe; make one for each thread, and share the TemplateCache.
class ChunkReader {
 public:
  // `templates` must outlive the reader.
  explicit ChunkReader(TemplateCache& templates, ReaderOptions options = {});
  ~ChunkReader();
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  // Finds the chunk's records and closes the chunk before. `chunk` must stay valid as long as it is
  // read; it may be shorter than 64 KiB.
  void open(Bytes chunk);
  // The same with frames that are known already, or were found by other means. All of them must lie
  // within the chunk.
  void open(Bytes chunk, ChunkFrames frames);
  // The same, but what is read counts for the limits of the chunk before: for records that are
  // opened one by one, so that many of them cost no more than a chunk of them may.
  void open_next(Bytes chunk, ChunkFrames frames);
  // The same for other records of the chunk that is open, which must have the same bytes, though
  // they may be held elsewhere now: its templates stay known, and do not count again.
  void open_again(Bytes chunk, ChunkFrames frames);

  [[nodiscard]] const ChunkFrames& frames() const { return frames_; }

  // Appends a record's text on one line, without a line end. Where it cannot be read, appends
  // nothing and returns why: kRecordUnread, with the record's offset from the chunk's start.
  // REQUIRES: `frame` lies within the chunk
  std::optional<Problem> append(const RecordFrame& frame, Format format, TextBuffer& out);

  // Reads the templates of the chunk's records, so that others like theirs can be rebuilt. Returns
  // whether all of them were there.
  bool load_templates();

  // A record as an event; its byte_offset counts from the chunk's start. Fails like append().
  Result<Event> event(const RecordFrame& frame);
  // The same in place of what `event` is, whose memory is used again: for one record after the
  // other. Where it fails, the event is of no use.
  std::optional<Problem> read_event(const RecordFrame& frame, Event& event);

  [[nodiscard]] Record record(const RecordFrame& frame) { return {*this, frame}; }

  // Looks at a record without reading it. The areas of the definitions that it is made from are
  // appended to `definitions`, each once, wherever they stand in the chunk. Unless the answer is
  // kClear, nothing in `out` means anything.
  Surveyed survey(const RecordFrame& frame, Survey& out, std::vector<Area>& definitions);

  // Ends the surveys of a chunk: event() then reads at least what it would without any. Surveys ask
  // for definitions, and what a chunk's may cost is limited; those of overwritten records could
  // take all of it, and leave nothing for what event() would have read.
  void end_surveys() { templates_.give_back(); }

  // Whether the record that was read last was rebuilt by a template from elsewhere.
  [[nodiscard]] bool last_was_rebuilt() const { return rebuilt_; }

 private:
  friend class Record;
  struct Resolved;  // a record as a tree

  void start(Bytes chunk, ChunkFrames frames);
  bool make_event(const RecordFrame& frame, Event& event, Outcome& defect);
  Outcome resolve(const RecordFrame& frame);
  Outcome make_tree(const RecordFrame& frame, Resolved& fresh);
  [[nodiscard]] bool take_text(std::size_t size);
  std::optional<Value> find_field(const RecordFrame& frame, std::string_view name, bool system);
  std::optional<Value> find_in_instance(std::size_t begin, std::size_t end, std::string_view name,
                                        bool system, std::size_t depth, bool& readable);
  Surveyed survey_instance(std::size_t begin, std::size_t end, std::size_t depth, Survey& out,
                           std::vector<Area>& definitions);
  bool load_instance(std::size_t begin, std::size_t end, std::size_t depth,
                     std::optional<EventKind>& kind);
  void note(const Definition& definition, const EventKind& kind);
  [[nodiscard]] static Problem unread(const RecordFrame& frame, const Defect& defect);

  TemplateCache* cache_;
  TemplateTable templates_;
  Bytes chunk_;
  ChunkFrames frames_;
  ValueWriter writer_;
  NodeBudget budget_;
  std::size_t text_left_ = 0;  // of the chunk's kMaxChunkText
  bool rebuilt_ = false;
  std::unique_ptr<std::array<Slots, kMaxProgramDepth>> slots_;
  TextBuffer scratch_;
  std::unique_ptr<Resolved> resolved_;
  std::unordered_set<std::uint64_t> noted_;  // hashes of what load_templates() has noted
};

}  // namespace evtxhound::evtx
