// Finds again, in the evidence as it lies there now, what a case file has rows of.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/casefile/case_reader.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::casework {

// Evidence that was moved: what lay below `from` lies below `to`.
struct Relocation {
  std::string from;  // as the case file has it
  std::string to;
};

// Rows of evidence that lie in one file on disk: a log, an export, an archive or an image with what
// is in it.
struct EvidenceFile {
  std::string path;  // as the case file has it
  std::vector<casefile::StoredEvidence> rows;

  // Whether something in it was carved.
  [[nodiscard]] bool is_carved() const;
};

// Every row but folders, by the file that it lies in; files in the order of their first rows.
std::vector<EvidenceFile> evidence_files(const std::vector<casefile::StoredEvidence>& rows);

// What a file is called now: the first relocation whose `from` the path is, or lies below, counts.
std::filesystem::path relocated(const std::string& path, const std::vector<Relocation>& moved);

// The pieces of a file as they are found now, by the rows' paths.
class StoredPieces {
 public:
  // Searches the file, as a scan would. Fails (kUnreadable) where it is not there. Archives are
  // read to their ends, and hashed where a row has a hash.
  static Result<StoredPieces> find(const EvidenceFile& file, const std::filesystem::path& now,
                                   const evidence::FindOptions& options);

  StoredPieces(StoredPieces&&) = default;
  StoredPieces& operator=(StoredPieces&&) = default;

  // The piece of this row's path; null where there is none any more. Lives as long as this.
  [[nodiscard]] const evidence::Piece* of(const casefile::StoredEvidence& row) const;

 private:
  StoredPieces() = default;

  std::string path_;  // of the file, in the rows
  evidence::Findings findings_;
  std::map<std::string, const evidence::Piece*> by_place_;  // the path behind the file's
};

}  // namespace evtxhound::casework
