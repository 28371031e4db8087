#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evidence/disk/open_file_system.hpp"
#include "evtxhound/evidence/memory_source.hpp"

namespace evtxhound::evidence {
namespace {

// A file that only TSK can read: NTFS compresses it.
class CompressedSource final : public ByteSource {
 public:
  CompressedSource(std::shared_ptr<FileSystem::Open> open, const TSK_FS_ATTR& attribute,
                   std::uint64_t number, std::uint64_t size)
      : open_(std::move(open)),
        number_(number),
        type_(attribute.type),
        id_(attribute.id),
        size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            MutableBytes into) const override {
    if (offset >= size_) return std::size_t{0};
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
    const std::lock_guard guard(open_->mutex);
    TSK_FS_FILE* file = tsk_fs_file_open_meta(open_->tsk, nullptr, number_);
    const ssize_t got =
        file == nullptr ? -1
                        : tsk_fs_file_read_type(file, type_, id_, static_cast<TSK_OFF_T>(offset),
                                                reinterpret_cast<char*>(into.data()), wanted,
                                                TSK_FS_FILE_READ_FLAG_NONE);
    const std::string reason = got < 0 ? tsk_reason() : "";
    tsk_fs_file_close(file);
    if (got < 0 || static_cast<std::size_t>(got) < wanted) {
      return Problem{ProblemKind::kUnreadable, offset,
                     "a compressed file cannot be decompressed here: " + reason};
    }
    return wanted;
  }

 private:
  std::shared_ptr<FileSystem::Open> open_;
  std::uint64_t number_;
  TSK_FS_ATTR_TYPE_ENUM type_;
  std::uint16_t id_;
  std::uint64_t size_;
};

// Takes down an attribute's runs, as far as they make sense.
class RunList {
 public:
  RunList(const TSK_FS_INFO& tsk, const TSK_FS_ATTR& attribute, std::uint64_t size)
      : block_size_(tsk.block_size), blocks_(tsk.last_block + 1), size_(size) {
    skip_ = attribute.nrd.skiplen;
    std::uint64_t next = 0;  // block of the file
    for (const auto* run = attribute.nrd.run; run != nullptr; run = run->next) {
      if (run->len > kMostBlocks || run->offset > kMostBlocks) break;
      if (run->offset > next) add(std::nullopt, run->offset - next, true);
      next = run->offset + run->len;
      const bool nowhere = (run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0 ||
                           run->addr > kMostBlocks || run->addr >= blocks_;
      const bool zeros = nowhere || (run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) != 0;
      add(zeros ? std::nullopt : std::optional(run->addr), run->len, nowhere);
    }
  }

  std::vector<DataRun> runs;
  std::vector<ByteRun> slack;  // stored behind the file's end
  std::uint64_t lost = 0;      // bytes that no run places, read as zeros
  std::uint64_t stored = 0;    // end, in the file, of what is stored

  [[nodiscard]] std::uint64_t covered() const { return covered_; }

 private:
  static constexpr std::uint64_t kMostBlocks = std::uint64_t{1} << 46;

  void add(std::optional<std::uint64_t> block, std::uint64_t count, bool is_lost) {
    std::uint64_t bytes = count * block_size_;
    const std::uint64_t skipped = std::min<std::uint64_t>(skip_, bytes);
    skip_ -= skipped;
    const std::uint64_t behind = bytes - skipped - std::min(bytes - skipped, size_ - covered_);
    bytes -= skipped + behind;
    if (block && behind > 0) slack.push_back({*block * block_size_ + skipped + bytes, behind});
    if (bytes == 0) return;
    DataRun run{std::nullopt, bytes};
    if (block) run.offset = *block * block_size_ + skipped;
    covered_ += bytes;
    if (is_lost) lost += bytes;
    if (block) stored = covered_;
    const bool joins = !runs.empty() && runs.back().offset && run.offset &&
                       *runs.back().offset + runs.back().size == *run.offset;
    if (joins) {
      runs.back().size += run.size;
    } else {
      runs.push_back(run);
    }
  }

  std::uint64_t block_size_;
  std::uint64_t blocks_;
  std::uint64_t size_;
  std::uint64_t covered_ = 0;
  std::uint64_t skip_ = 0;
};

void add_problem(FoundFile& file, ProblemKind kind, std::uint64_t offset, std::string message) {
  file.problems.push_back({kind, offset, std::move(message)});
}

// NTFS: bytes of a file behind its valid length are zeros, whatever lies in its clusters, which is
// what is returned.
std::vector<ByteRun> zero_behind(std::vector<DataRun>& runs, std::uint64_t valid) {
  std::vector<ByteRun> behind;
  std::vector<DataRun> cut;
  std::uint64_t at = 0;
  for (const DataRun& run : runs) {
    const std::uint64_t keep = at >= valid ? 0 : std::min(run.size, valid - at);
    if (keep > 0) cut.push_back({run.offset, keep});
    if (keep < run.size) cut.push_back({std::nullopt, run.size - keep});
    if (keep < run.size && run.offset) behind.push_back({*run.offset + keep, run.size - keep});
    at += run.size;
  }
  runs = std::move(cut);
  return behind;
}

std::vector<ByteRun> stored(const std::vector<DataRun>& runs) {
  std::vector<ByteRun> places;
  for (const DataRun& run : runs) {
    if (run.offset) places.push_back({*run.offset, run.size});
  }
  return places;
}

// Adds places that lie on the volume.
void add_slack(std::vector<ByteRun>& slack, const std::vector<ByteRun>& more, std::uint64_t end) {
  for (const ByteRun& run : more) {
    if (run.offset < end) slack.push_back({run.offset, std::min(run.size, end - run.offset)});
  }
}

}  // namespace

void locate_content(const std::shared_ptr<FileSystem::Open>& open, const TSK_FS_ATTR& attribute,
                    FoundFile& file, std::vector<ByteRun>& slack) {
  const std::uint64_t claimed = attribute.size < 0 ? 0 : static_cast<std::uint64_t>(attribute.size);
  file.size = claimed;
  if ((attribute.flags & TSK_FS_ATTR_RES) != 0) {
    const std::size_t size = std::min<std::uint64_t>(claimed, attribute.rd.buf_size);
    if (attribute.rd.buf == nullptr) return;
    file.size = size;
    file.bytes = std::make_shared<MemorySource>(std::make_shared<Buffer>(
        attribute.rd.buf, attribute.rd.buf + static_cast<std::ptrdiff_t>(size)));
    return;
  }
  RunList list(*open->tsk, attribute, claimed);
  // A hole at the end of a file can have any size: more than the volume's is taken for damage.
  std::uint64_t end = list.covered();
  if (end > open->volume->size()) end = std::min(end, std::max(list.stored, open->volume->size()));
  if (end < claimed) {
    add_problem(
        file, ProblemKind::kTruncated, end,
        fmt::format("the file system says where the first {} of {} bytes lie", end, claimed));
  }
  file.size = end;
  if ((attribute.flags & TSK_FS_ATTR_COMP) != 0) {
    const std::uint64_t most = std::min(claimed, list.covered());
    file.size = most;
    file.runs = stored(list.runs);
    file.bytes = std::make_shared<CompressedSource>(open, attribute, file.number, most);
    return;
  }
  if (list.lost > 0) {
    add_problem(file, ProblemKind::kUnreadable, 0,
                fmt::format("{} bytes of the file are read as zeros: the file system does not say "
                            "where they lie",
                            list.lost));
  }
  const bool has_valid_length =
      TSK_FS_TYPE_ISNTFS(open->tsk->ftype) || open->tsk->ftype == TSK_FS_TYPE_EXFAT;
  if (has_valid_length && attribute.nrd.initsize >= 0) {
    add_slack(slack, zero_behind(list.runs, static_cast<std::uint64_t>(attribute.nrd.initsize)),
              open->volume->size());
  }
  add_slack(slack, list.slack, open->volume->size());
  file.runs = stored(list.runs);
  auto whole = std::make_shared<RunsSource>(open->volume, std::move(list.runs));
  file.bytes = end < whole->size() ? slice(std::move(whole), {0, end}) : std::move(whole);
}

}  // namespace evtxhound::evidence
