// What lies in archives, and in archives within them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "evtxhound/evidence/archive/archive_limits.hpp"
#include "evtxhound/evidence/archive/archive_stream.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::evidence {

// Adds what it finds to the findings of a search. Not thread-safe.
class ArchiveFinder {
 public:
  // Both must outlive it.
  ArchiveFinder(Findings& findings, const FindOptions& options);

  // Limits that hold for an argument begin anew.
  void begin_argument();

  // Looks through an archive that lies in no other archive. What is found is behind it in the
  // findings; what is wrong with the archive goes to its problems. Returns whether it is a
  // compressed file and no archive. REQUIRES: pieces[archive] is the last piece, and a kArchive
  bool search(std::size_t archive);

  // Takes an archive in which there is nothing, not even a problem, for a file of another kind.
  // REQUIRES: search() was called for it, and nothing was added since but by that
  void drop_if_empty(std::size_t archive);

  [[nodiscard]] bool is_stopped() const;

 private:
  struct Content;
  struct Opened;

  bool look_into(std::size_t archive, unsigned depth);
  bool take(Opened& opened, const ArchiveStream::Entry& entry, std::uint64_t number);
  bool read_to_end(ArchiveStream& stream, Content& content);
  bool drain(ArchiveStream& stream);
  bool count_bytes(std::uint64_t bytes);
  void finish(Opened& opened);
  void look_into_nested(Opened& opened, unsigned depth);
  void report(std::size_t archive, ProblemKind kind, std::string message);

  Findings* findings_;
  const FindOptions* options_;
  ArchiveBudget budget_;
  std::uint64_t memory_left_;     // for small members
  std::uint64_t bytes_read_ = 0;  // of all archives
  std::uint64_t files_seen_ = 0;  // by the findings, before the archive
  std::uint64_t files_skipped_ = 0;
};

}  // namespace evtxhound::evidence
