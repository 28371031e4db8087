// An archive, read from its start to its end by libarchive.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound::evidence {

// libarchive's version.
std::string archive_library_version();

// Whatever it is given, it allocates what the decompressors want (a dictionary of up to 1 GiB, as a
// rule some MiB) and no more. Not thread-safe; movable from thread to thread.
class ArchiveStream {
 public:
  struct Entry {
    std::string name;      // as it stands there, in UTF-8 if that is valid
    bool is_file = false;  // regular, and no second name of another one
    bool encrypted = false;
    std::optional<std::uint64_t> size;  // in bytes, as the archive says before it is read
  };

  // Reads the first member's header, or of a compressed file its first bytes. `stop`, where it is
  // not null, ends all reading; it must outlive the stream. Fails where it is no archive after all.
  static Result<std::unique_ptr<ArchiveStream>> open(std::shared_ptr<const ByteSource> source,
                                                     const std::atomic<bool>* stop);
  ~ArchiveStream();
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;

  // Whether it is a compressed file and no archive: its only member has no name.
  [[nodiscard]] bool is_single() const { return single_; }

  // Whether what is not read of a member costs nothing.
  [[nodiscard]] bool skips_cheaply() const { return cheap_; }

  // The next member; nothing at the end, or where the rest cannot be read.
  std::optional<Entry> next();

  // Fills `into` with the member's next bytes; fewer only at its end, or where its rest cannot be
  // read.
  std::size_t read(MutableBytes into);

  // What was wrong with the member that was read last, once read() gave less than it was asked for.
  // The offset is that in the member.
  std::optional<Problem> take_member_problem();

  // What is wrong with the archive as a whole, once next() gave nothing.
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

 private:
  struct Input;
  struct Archive;

  ArchiveStream();
  std::optional<Problem> start(int reading);
  bool read_from_start();
  [[nodiscard]] Problem damage(std::optional<std::uint64_t> offset) const;
  bool next_block();
  void end_member(std::uint64_t size);

  std::unique_ptr<Input> input_;
  std::unique_ptr<Archive> archive_;
  int reading_ = 0;
  std::uint64_t entries_ = 0;  // that next() gave
  bool known_ = false;         // libarchive has a reader for it
  bool single_ = false;
  bool cheap_ = false;
  bool in_entry_ = false;
  bool ended_ = false;
  Bytes block_;                     // of the member, not handed on yet
  std::uint64_t block_offset_ = 0;  // of block_ in the member: what lies before it is zeros
  std::uint64_t position_ = 0;      // in the member
  std::optional<Problem> of_member_;
  std::optional<Problem> problem_;
};

}  // namespace evtxhound::evidence
