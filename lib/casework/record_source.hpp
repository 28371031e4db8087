// Reads again the records of a piece of evidence at the places that a case file has of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/casefile/case_reader.hpp"
#include "evtxhound/evidence/piece.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/template_cache.hpp"

namespace evtxhound::casework {

// Whether a place is that of a text outside of records.
inline bool is_text(const casefile::StoredPlace& place) {
  return place.source_type == casefile::to_string(casefile::SourceType::kRaw);
}

// What stands at a place now. A view: valid while it is looked at.
struct Reading {
  // With the offset and size that the record has now, from the start of the evidence; null where
  // none stands here, and `problem` says why.
  const evtx::Event* event = nullptr;
  std::string_view state;  // of the record there, in the words of a case file; empty: not known
  Problem problem{ProblemKind::kRecordUnread, std::nullopt, {}};
  // Another way to read the same bytes, asked for where the event differs from what is stored; null
  // where there is none: a scan by libevtx, or one that knew fewer templates.
  std::function<std::optional<evtx::Event>()> other_way;
  // The offset, from the start of the evidence, where [from, to) of a value of the event stands:
  // of the data field of this index, or of the System field Computer.
  std::function<std::optional<std::uint64_t>(std::optional<std::size_t> field, std::size_t from,
                                             std::size_t to)>
      locate;
};

// Some places in a row of an evidence that are read together.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Not thread-safe.
class RecordSource {
 public:
  using Use = std::function<void(const casefile::StoredPlace&, const Reading&)>;

  virtual ~RecordSource() = default;

  // The range that a place belongs to. To be asked in the order of places; each lies behind the
  // range before it.
  virtual Range range(std::uint64_t offset) = 0;

  // Reads these places, all that there are in the range asked for last, and calls `use` once for
  // each.
  virtual void read(const std::vector<casefile::StoredPlace>& places, const Use& use) = 0;

  // What stands at an offset in place of a text, as far as the evidence goes; absent where it is
  // that text, in an encoding in which it can stand there. In an export, for offsets within the
  // range asked for last.
  virtual std::optional<std::string> other_text(std::uint64_t offset, std::string_view text) = 0;
};

// For a log. The templates must outlive it.
std::unique_ptr<RecordSource> make_log_source(std::shared_ptr<const ByteSource> bytes,
                                              evtx::TemplateCache& templates);

// For what is carved: records, and texts outside of them. The templates, of all that is carved,
// must outlive it.
std::unique_ptr<RecordSource> make_raw_source(std::shared_ptr<const ByteSource> bytes,
                                              evtx::TemplateCache& templates);

// For an export. REQUIRES: evidence::is_export(kind)
std::unique_ptr<RecordSource> make_export_source(std::shared_ptr<const ByteSource> bytes,
                                                 evidence::Kind kind);

// other_text() where texts stand as in records: UTF-16LE, or one byte a character.
std::optional<std::string> other_record_text(const ByteSource& bytes, std::uint64_t offset,
                                             std::string_view text);

// What no place of a range is: a record.
Problem no_record(const casefile::StoredPlace& place);

}  // namespace evtxhound::casework
