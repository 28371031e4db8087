#include "evtxhound/evidence/archive/archive_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <clocale>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "evtxhound/base/gzip_reader.hpp"
#include "evtxhound/evidence/archive/archive_sign.hpp"

namespace evtxhound::evidence {
namespace {

constexpr std::size_t kInputSize = std::size_t{256} << 10U;

// libarchive turns names into the locale's encoding, and gives up where that has not all
// characters.
class Utf8Names {
 public:
  Utf8Names() {
    static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8 != nullptr) before_ = ::uselocale(utf8);
  }
  ~Utf8Names() {
    if (before_ != nullptr) ::uselocale(before_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t before_ = nullptr;
};

// How libarchive is to read it.
enum Reading : int {
  kZipByDirectory,
  kZipFromStart,
  kSevenZip,
  kTar,
  kRaw,
};

}  // namespace

// Where libarchive's callbacks read from.
struct ArchiveStream::Input {
  std::shared_ptr<const ByteSource> source;
  const std::atomic<bool>* stop = nullptr;
  ArchiveFormat format = ArchiveFormat::kTar;
  std::uint64_t position = 0;
  // libarchive 3.6 does not compare the checksums of gzip.
  std::unique_ptr<GzipReader> gzip;
  Buffer buffer = Buffer(kInputSize);

  void rewind() {
    position = 0;
    gzip = format == ArchiveFormat::kGzip ? std::make_unique<GzipReader>(*source) : nullptr;
  }

  static la_ssize_t read(archive* reader, void* data, const void** bytes) {
    auto& input = *static_cast<Input*>(data);
    *bytes = input.buffer.data();
    if (input.stop != nullptr && *input.stop) {
      archive_set_error(reader, ECANCELED, "stopped");
      return ARCHIVE_FATAL;
    }
    if (input.gzip) return static_cast<la_ssize_t>(input.gzip->read(input.buffer));
    const auto got = input.source->read_at(input.position, input.buffer);
    if (!got) {
      archive_set_error(reader, EIO, "%s", got.problem().message.c_str());
      return ARCHIVE_FATAL;
    }
    input.position += *got;
    return static_cast<la_ssize_t>(*got);
  }

  static la_int64_t seek(archive*, void* data, la_int64_t offset, int whence) {
    auto& input = *static_cast<Input*>(data);
    const auto size = static_cast<la_int64_t>(input.source->size());
    la_int64_t from = 0;
    if (whence == SEEK_CUR) from = static_cast<la_int64_t>(input.position);
    if (whence == SEEK_END) from = size;
    la_int64_t to = 0;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) return ARCHIVE_FATAL;
    input.position = static_cast<std::uint64_t>(to);
    return to;
  }

  static la_int64_t skip(archive*, void* data, la_int64_t bytes) {
    auto& input = *static_cast<Input*>(data);
    const std::uint64_t size = input.source->size();
    const std::uint64_t left = size - std::min(size, input.position);
    const std::uint64_t skipped =
        std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(bytes, 0)));
    input.position += skipped;
    return static_cast<la_int64_t>(skipped);
  }
};

struct ArchiveStream::Archive {
  Archive() : reader(archive_read_new()) {
    if (reader == nullptr) throw std::bad_alloc();
  }
  ~Archive() { archive_read_free(reader); }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  archive* reader;
};

std::string archive_library_version() {
  const std::string text = archive_version_string();  // "libarchive 3.6.2"
  const auto space = text.rfind(' ');
  return space == std::string::npos ? text : text.substr(space + 1);
}

ArchiveStream::ArchiveStream() : input_(std::make_unique<Input>()) {}

ArchiveStream::~ArchiveStream() = default;

Result<std::unique_ptr<ArchiveStream>> ArchiveStream::open(std::shared_ptr<const ByteSource> source,
                                                           const std::atomic<bool>* stop) {
  std::array<std::uint8_t, kTarHeader> head{};
  const auto got = source->read_at(0, head);
  if (!got) return got.problem();
  const auto format = archive_format(Bytes(head).first(*got));
  if (!format) return Problem{ProblemKind::kArchive, 0, "is no archive"};

  std::unique_ptr<ArchiveStream> stream(new ArchiveStream());
  stream->input_->source = std::move(source);
  stream->input_->stop = stop;
  stream->input_->format = *format;
  stream->cheap_ = *format == ArchiveFormat::kZip || *format == ArchiveFormat::kTar;
  std::optional<Problem> problem;
  if (is_compression(*format)) {
    // Its content decides, and not what libarchive guesses, to which 512 zeros are a tar.
    stream->single_ = true;
    problem = stream->start(kRaw);
    if (!problem && stream->next()) {
      const std::size_t size = stream->read(head);
      const auto within = archive_format(Bytes(head).first(size));
      stream->single_ = within != ArchiveFormat::kTar;
      problem = stream->start(stream->single_ ? kRaw : kTar);
    }
  } else {
    const bool zip = *format == ArchiveFormat::kZip;
    problem = stream->start(zip                              ? kZipByDirectory
                            : *format == ArchiveFormat::kTar ? kTar
                                                             : kSevenZip);
  }
  if (problem && !stream->read_from_start()) return *problem;
  return stream;
}

// Begins at the start, whatever was read before.
std::optional<Problem> ArchiveStream::start(int reading) {
  const Utf8Names names;
  archive_ = std::make_unique<Archive>();
  input_->rewind();
  reading_ = reading;
  entries_ = 0;
  known_ = in_entry_ = ended_ = false;
  block_ = {};
  block_offset_ = position_ = 0;
  problem_.reset();
  of_member_.reset();
  archive* reader = archive_->reader;
  const ArchiveFormat format = input_->format;
  if (format == ArchiveFormat::kXz) archive_read_support_filter_xz(reader);
  if (format == ArchiveFormat::kZstd) archive_read_support_filter_zstd(reader);
  if (format == ArchiveFormat::kBzip2) archive_read_support_filter_bzip2(reader);
  if (reading == kZipByDirectory) archive_read_support_format_zip_seekable(reader);
  if (reading == kZipFromStart) archive_read_support_format_zip_streamable(reader);
  if (reading == kSevenZip) archive_read_support_format_7zip(reader);
  if (reading == kTar) archive_read_support_format_tar(reader);
  if (reading == kRaw) archive_read_support_format_raw(reader);
  archive_read_set_callback_data(reader, input_.get());
  archive_read_set_read_callback(reader, &Input::read);
  if (!input_->gzip) {
    archive_read_set_seek_callback(reader, &Input::seek);
    archive_read_set_skip_callback(reader, &Input::skip);
  }
  known_ = archive_read_open1(reader) == ARCHIVE_OK;
  if (!known_) return damage(std::nullopt);
  return std::nullopt;
}

// A zip's directory is at its end. Where that is gone, its members are found one by one.
bool ArchiveStream::read_from_start() {
  if (reading_ != kZipByDirectory || entries_ > 0) return false;
  Problem cut{ProblemKind::kTruncated, input_->source->size(),
              "the archive's directory, which stands at its end, cannot be read; members are read "
              "one by one from its start"};
  if (start(kZipFromStart)) return false;
  problem_ = std::move(cut);
  return true;
}

Problem ArchiveStream::damage(std::optional<std::uint64_t> offset) const {
  archive* reader = archive_->reader;
  const char* text = archive_error_string(reader);
  Problem problem{ProblemKind::kArchive, offset, text != nullptr ? text : "cannot be read"};
  if (archive_errno(reader) == EIO) {
    problem.kind = ProblemKind::kUnreadable;
  } else if (problem.message.find("runcated") != std::string::npos) {
    problem.kind = ProblemKind::kTruncated;
  } else if (known_ && entries_ == 0 && archive_read_has_encrypted_entries(reader) > 0) {
    problem.kind = ProblemKind::kEncrypted;
    problem.message = "the list of its members is encrypted: nothing of it is read";
  }
  return problem;
}

std::optional<ArchiveStream::Entry> ArchiveStream::next() {
  constexpr int kMostTries = 100;  // members whose headers cannot be read, one behind the other
  const Utf8Names names;
  in_entry_ = false;
  for (int tries = 0; !ended_ && tries < kMostTries; ++tries) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_->reader, &entry);
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) {
      ++entries_;
      in_entry_ = true;
      block_ = {};
      block_offset_ = position_ = 0;
      of_member_.reset();
      Entry found;
      const char* name = archive_entry_pathname_utf8(entry);
      if (name == nullptr) name = archive_entry_pathname(entry);
      if (name != nullptr) found.name = name;
      found.is_file =
          archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
      found.encrypted = archive_entry_is_encrypted(entry) != 0;
      if (archive_entry_size_is_set(entry) != 0 && archive_entry_size(entry) >= 0) {
        found.size = static_cast<std::uint64_t>(archive_entry_size(entry));
      }
      return found;
    }
    if (status == ARCHIVE_EOF) break;
    if (read_from_start()) continue;
    if (!problem_) problem_ = damage(std::nullopt);
    if (status == ARCHIVE_FATAL) break;
  }
  ended_ = true;
  if (!problem_ && !single_ && input_->gzip && input_->gzip->problem()) {
    problem_ = input_->gzip->problem();
    problem_->offset.reset();  // counts in what was decompressed, and not in the archive
  }
  return std::nullopt;
}

// False at the member's end, or where its rest cannot be read.
bool ArchiveStream::next_block() {
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int status = archive_read_data_block(archive_->reader, &bytes, &size, &offset);
  const auto begin = static_cast<std::uint64_t>(offset);
  if (status == ARCHIVE_EOF) {
    // A tar can leave out a file's last zeros.
    end_member(reading_ == kTar && offset > 0 ? begin : position_);
    if (input_->gzip && single_ && !of_member_) of_member_ = input_->gzip->problem();
    return position_ < block_offset_;
  }
  if (status != ARCHIVE_OK && !of_member_) of_member_ = damage(position_);
  if (status == ARCHIVE_FATAL) {  // whatever is behind it
    ended_ = true;
    if (!single_ && !problem_) problem_ = damage(std::nullopt);
  }
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
    end_member(position_);
    // The last block of a zip that is cut behind it is there all the same.
    if (reading_ != kZipFromStart || bytes == nullptr || begin != position_) return false;
    block_ = {static_cast<const std::uint8_t*>(bytes), size};
    return size > 0;
  }
  if (offset < 0 || begin < position_) {
    of_member_ = Problem{ProblemKind::kArchive, position_, "its parts overlap"};
    end_member(position_);
    return false;
  }
  block_ = {static_cast<const std::uint8_t*>(bytes), size};
  block_offset_ = begin;
  return true;
}

// Of this size, as far as more of it are zeros.
void ArchiveStream::end_member(std::uint64_t size) {
  in_entry_ = false;
  block_ = {};
  block_offset_ = size;
}

std::size_t ArchiveStream::read(MutableBytes into) {
  std::size_t done = 0;
  while (done < into.size()) {
    if (block_.empty() && position_ >= block_offset_ && (!in_entry_ || !next_block())) break;
    const MutableBytes room = into.subspan(done);
    std::size_t step = 0;
    if (position_ < block_offset_) {  // a hole in a file that is stored without its zeros
      step =
          static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), block_offset_ - position_));
      std::fill_n(room.begin(), step, std::uint8_t{0});
    } else {
      step = std::min(room.size(), block_.size());
      std::copy_n(block_.begin(), step, room.begin());
      block_ = block_.subspan(step);
    }
    position_ += step;
    done += step;
  }
  return done;
}

std::optional<Problem> ArchiveStream::take_member_problem() {
  return std::exchange(of_member_, std::nullopt);
}

}  // namespace evtxhound::evidence
