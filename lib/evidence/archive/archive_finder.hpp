// What lies in archives, and in archives within them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "evtxhound/evidence/archive/archive_limits.hpp"
#include "evtxhound/evidence/archive/archive_stream.hpp"
#include "evtxhound/evidence/collection/collections.hpp"
#include "evtxhound/evidence/disk/image_format.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::evidence {

// Adds what it finds to the findings of a search. Not thread-safe.
class ArchiveFinder {
 public:
  // All must outlive it.
  ArchiveFinder(Findings& findings, Collections& collections, const FindOptions& options);

  // Limits that hold for an argument begin anew.
  void begin_argument();

  // Looks into the disk image pieces[index], which was a member of an archive and lies in memory;
  // so many containers lie around it that count for the limit of depth.
  using ImageSearch = std::function<void(std::size_t index, ImageFormat format, unsigned depth)>;

  // Without one, images in archives are not looked into. It may call search().
  void set_image_search(ImageSearch search) { image_search_ = std::move(search); }

  struct Searched {
    bool single = false;  // it is a compressed file and no archive
    // By the findings, before the search.
    std::uint64_t files_seen = 0;
    std::uint64_t files_skipped = 0;
  };

  // Looks through an archive that is a file, on disk or in a disk image, with `depth` containers
  // around it that count for the limit of depth. What is found is behind it in the findings; what
  // is wrong with the archive goes to its problems.
  // REQUIRES: pieces[archive] is the last piece, and a kArchive
  Searched search(std::size_t archive, unsigned depth = 0);

  // Takes an archive in which there is nothing, not even a problem, for a file of another kind.
  // REQUIRES: search() was called for it, and nothing was added since but by that
  void drop_if_empty(std::size_t archive, const Searched& searched);

  // Takes it for that whatever was found in it.
  void drop(std::size_t archive, const Searched& searched);

  // Whether the limits leave room for what lies in so many containers; else that is a problem of
  // pieces[index].
  bool may_look_into(std::size_t index, unsigned depth);

  [[nodiscard]] bool is_stopped() const;

 private:
  struct Content;
  struct Opened;

  bool look_into(std::size_t archive, unsigned depth);
  bool take(Opened& opened, const ArchiveStream::Entry& entry, std::uint64_t number);
  static Piece piece_of(Opened& opened, std::filesystem::path path, Kind kind, std::uint64_t number,
                        Content& content);
  bool take_image(Opened& opened, const ArchiveStream::Entry& entry, const std::string& name,
                  ImageFormat format, Buffer head);
  bool read_to_end(ArchiveStream& stream, Content& content);
  bool drain(ArchiveStream& stream);
  bool count_bytes(std::uint64_t bytes);
  void finish(Opened& opened);
  void look_into_nested(Opened& opened, unsigned depth);
  void report(std::size_t archive, ProblemKind kind, std::string message);

  Findings* findings_;
  Collections* collections_;
  const FindOptions* options_;
  ArchiveBudget budget_;
  std::uint64_t memory_left_;     // for small members
  std::uint64_t bytes_read_ = 0;  // of all archives
  unsigned open_ = 0;             // archives that are being looked through, within each other
  ImageSearch image_search_;
};

}  // namespace evtxhound::evidence
