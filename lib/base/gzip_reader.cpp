#include "evtxhound/base/gzip_reader.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace evtxhound {
namespace {

constexpr std::size_t kInputSize = std::size_t{256} << 10U;
constexpr int kGzipOnly = 15 + 16;  // the largest window, and a gzip header

struct InflateStream {
  InflateStream() {
    if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~InflateStream() { inflateEnd(&stream); }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  z_stream stream{};
};

}  // namespace

bool is_gzip(Bytes head) { return stands_at(head, 0, "\x1F\x8B\x08"); }

struct GzipReader::Inflater : InflateStream {};

Buffer inflate_head(Bytes head, std::size_t most) {
  InflateStream inflater;
  z_stream& stream = inflater.stream;
  Buffer out(most);
  stream.next_in = const_cast<Bytef*>(head.data());  // zlib does not write there
  stream.avail_in = static_cast<uInt>(head.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  return out;
}

GzipReader::GzipReader(const ByteSource& file)
    : file_(&file), inflater_(std::make_unique<Inflater>()), input_(kInputSize) {}

GzipReader::~GzipReader() = default;

std::size_t GzipReader::read(MutableBytes into) {
  z_stream& stream = inflater_->stream;
  std::size_t done = 0;
  while (done < into.size() && !ended_) {
    if (stream.avail_in == 0 && !refill()) break;
    if (!in_member_ && !begin_member()) continue;
    const auto room = static_cast<uInt>(
        std::min<std::size_t>(into.size() - done, std::numeric_limits<uInt>::max()));
    stream.next_out = into.data() + done;
    stream.avail_out = room;
    const int status = inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    produced_ += room - stream.avail_out;
    if (status == Z_STREAM_END) {
      in_member_ = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      end(ProblemKind::kRecordDamaged, stream.msg != nullptr ? stream.msg : "cannot decompress");
    }
  }
  return done;
}

// Reads on. False at the file's end.
bool GzipReader::refill() {
  const auto got = file_->read_at(taken_, input_);
  if (!got) {
    end(ProblemKind::kUnreadable, got.problem().message.c_str());
    return false;
  }
  if (*got == 0) {
    if (in_member_) end(ProblemKind::kTruncated, "the file ends within its compressed data");
    ended_ = true;
    return false;
  }
  taken_ += *got;
  inflater_->stream.next_in = input_.data();
  inflater_->stream.avail_in = static_cast<uInt>(*got);
  return true;
}

// Behind a member stands another one, or zeros up to the end (of a tape's block), or nothing.
// False where none begins in the bytes at hand.
bool GzipReader::begin_member() {
  z_stream& stream = inflater_->stream;
  while (stream.avail_in > 0 && *stream.next_in == 0) {
    ++stream.next_in;
    --stream.avail_in;
  }
  if (stream.avail_in == 0) return false;
  if (*stream.next_in != 0x1F) {
    end(ProblemKind::kRecordDamaged, "what stands behind the compressed data is no gzip");
    return false;
  }
  inflateReset(&stream);
  in_member_ = true;
  return true;
}

void GzipReader::end(ProblemKind kind, const char* what) {
  ended_ = true;
  problem_ = Problem{kind, produced_,
                     fmt::format("gzip: {} (before byte {} of the file); what follows is not read",
                                 what, taken_ - inflater_->stream.avail_in)};
}

}  // namespace evtxhound
