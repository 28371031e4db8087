// Members of an archive as sources of bytes, after they have been found.
//
// An archive can only be read forwards, and each member is wanted by several threads that read
// parts of it at the same time, nearly in order. So all members of an archive share one reader: it
// goes forwards once, keeps the last bytes it has read for those who come a little later, serves
// who asks for the earliest place first, and starts anew only for who comes much later.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evidence/archive/archive_stream.hpp"
#include "evtxhound/evidence/piece.hpp"

namespace evtxhound::evidence {

// Which members there are to be read. Filled while the archive is searched, and not changed after.
struct ArchiveIndex {
  struct Member {
    std::uint64_t entry = 0;  // its number among the archive's
    std::uint64_t size = 0;   // in bytes, decompressed
    std::uint64_t begin = 0;  // bytes of the members before it
  };

  Opener container;
  std::vector<Member> members;

  // Returns its index.
  std::size_t add(std::uint64_t entry, std::uint64_t size);
};

// Reads members. Thread-safe. Memory: kWindow, and what libarchive takes.
class ArchiveReader {
 public:
  static constexpr std::uint64_t kWindow = std::uint64_t{32} << 20U;

  explicit ArchiveReader(std::shared_ptr<const ArchiveIndex> index) : index_(std::move(index)) {}

  // As ByteSource::read_at, in a member. Fails where the archive no longer gives what it gave when
  // it was searched.
  Result<std::size_t> read(std::size_t member, std::uint64_t offset, MutableBytes into);

  // How often it had to start, for tests.
  [[nodiscard]] std::uint64_t starts() const { return starts_; }

 private:
  struct Block {
    std::uint64_t begin = 0;
    Buffer bytes;
  };

  Result<std::size_t> serve(std::size_t member, std::uint64_t begin, MutableBytes into);
  std::size_t copy(std::uint64_t begin, MutableBytes into) const;
  std::optional<Problem> start();
  std::optional<Problem> advance(std::size_t member);
  std::optional<Problem> enter(std::size_t member);
  [[nodiscard]] static Problem gone();

  std::shared_ptr<const ArchiveIndex> index_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::multiset<std::uint64_t> waiting_;  // places that are asked for
  bool busy_ = false;

  // Of who has the turn. Places count in all members, one behind the other.
  std::unique_ptr<ArchiveStream> stream_;
  std::uint64_t next_entry_ = 0;  // of stream_
  std::size_t member_ = 0;        // that is being read
  bool entered_ = false;          // whether stream_ is in it
  std::uint64_t place_ = 0;       // behind the last byte that was read
  std::deque<Block> window_;
  std::uint64_t starts_ = 0;
};

// All members of one archive that are not in memory. Thread-safe.
class ArchiveMembers : public std::enable_shared_from_this<ArchiveMembers> {
 public:
  explicit ArchiveMembers(std::shared_ptr<const ArchiveIndex> index) : index_(std::move(index)) {}

  // Opens a member; `head` are its first bytes, for which the archive need not be read. The archive
  // is opened with the first read, and closed with the last member.
  std::shared_ptr<const ByteSource> open(std::size_t member, std::shared_ptr<const Buffer> head);

 private:
  std::shared_ptr<const ArchiveIndex> index_;
  std::mutex mutex_;
  std::weak_ptr<ArchiveReader> reader_;
};

}  // namespace evtxhound::evidence
