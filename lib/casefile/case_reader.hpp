// Reads back from a case file what a scan stored, place by place, to hold it against the evidence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::casefile {

// A row of `evidence`.
struct StoredEvidence {
  RowId id = 0;
  std::string path;
  std::string kind;
  std::optional<std::uint64_t> size;
  std::string sha256;           // empty where it was not computed
  std::optional<RowId> parent;  // always an earlier row
};

// A row of `hit`, without its indicator.
struct PlacedHit {
  RowId id = 0;
  std::string field;
  std::string matched;
  std::optional<std::uint64_t> byte_offset;
};

// A place where a record stands: a row of `event` with its hits, or one of `also_at`.
struct StoredPlace {
  RowId event_id = 0;
  bool is_copy = false;  // of `also_at`: it has no hits of its own
  // What the row says, but for the data. Offset and size are those of the place; the time of
  // writing is left out.
  evtx::Event event;
  std::string time_written;  // as it is stored
  std::string data;          // likewise: JSON
  std::string source_type;   // "evtx" and so on
  std::string state;         // "live" and so on, at this place
  std::vector<PlacedHit> hits;
};

// A case file open for reading. What it gives is one state of the case, that at its opening, also
// while a scan writes. Not thread-safe.
class CaseReader {
 public:
  // With `all`, every stored event is a place to be read; else those with a hit or a detection.
  // Copies always are. Throws Failure: kUsage where there is no case file, kCannotGoOn where SQLite
  // fails; so does every function.
  CaseReader(const std::filesystem::path& path, bool all);
  ~CaseReader();
  CaseReader(const CaseReader&) = delete;
  CaseReader& operator=(const CaseReader&) = delete;

  // All evidence, in the order of ids.
  std::vector<StoredEvidence> evidence();

  // Whether some event of the case was named by a like template or by none (problem `rebuilt`).
  bool has_rebuilt();

  // How many places there are to be read, and how many hits, wherever they stand.
  std::uint64_t place_count();
  std::uint64_t hit_count();

  // The offset of the first place of an evidence at or behind `from`, which is below 2^63: offsets
  // from there on, which no scan writes, are never given out.
  std::optional<std::uint64_t> next_place(RowId evidence, std::uint64_t from);

  // The places whose records begin in [begin, end) of an evidence, by offset.
  std::vector<StoredPlace> places(RowId evidence, std::uint64_t begin, std::uint64_t end);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace evtxhound::casefile
