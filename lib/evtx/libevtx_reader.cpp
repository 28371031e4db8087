#include "evtxhound/evtx/libevtx_reader.hpp"

#include <fmt/format.h>
#include <libbfio.h>
#include <libevtx.h>

#include <algorithm>
#include <memory>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/file_header.hpp"
#include "evtxhound/evtx/template_instance.hpp"

namespace evtxhound::evtx {
namespace {

// A one-chunk log in memory, in order, whose i-th record is the i-th of `order`.
struct TidyLog {
  Buffer bytes = Buffer(kFileHeaderSize + kChunkSize);
  // For each record that libevtx will list: its index in ChunkFrames::records, or none for a
  // bridge over a gap.
  std::vector<std::optional<std::size_t>> order;
  // For each of ChunkFrames::records: why it is not handed over, if it is not.
  std::vector<std::optional<Problem>> withheld;

  MutableBytes chunk() { return MutableBytes(bytes).subspan(kFileHeaderSize); }
};

void write_record_header(MutableBytes chunk, std::size_t offset, std::size_t size,
                         std::uint64_t record_id) {
  store(chunk, offset, kRecordSignature);
  store(chunk, offset + 4, static_cast<std::uint32_t>(size));
  store(chunk, offset + 8, record_id);
  store(chunk, offset + size - 4, static_cast<std::uint32_t>(size));
}

// An empty fragment in place of the record's BinXML. Only its first bytes are overwritten, since
// a template definition further on can be one that other records use.
void empty_content(MutableBytes chunk, const RecordFrame& frame) {
  const std::size_t content = std::size_t{frame.offset} + kRecordHeaderSize;
  const std::size_t room = frame.size - kMinRecordSize;
  std::fill_n(chunk.begin() + static_cast<std::ptrdiff_t>(content), std::min<std::size_t>(room, 8),
              std::uint8_t{0});
}

// Makes [begin, end) part of the chain of records: a record of its own where it is large enough,
// else the end of the record before it.
void bridge_gap(TidyLog& log, std::size_t begin, std::size_t end, const RecordFrame* before) {
  const MutableBytes chunk = log.chunk();
  if (end - begin >= kMinRecordSize) {
    std::fill(chunk.begin() + static_cast<std::ptrdiff_t>(begin),
              chunk.begin() + static_cast<std::ptrdiff_t>(std::min(end, begin + 32)),
              std::uint8_t{0});
    write_record_header(chunk, begin, end - begin, before != nullptr ? before->record_id : 0);
    log.order.emplace_back(std::nullopt);
  } else if (before != nullptr) {
    write_record_header(chunk, before->offset, end - before->offset, before->record_id);
  }
}

void write_chunk_header(TidyLog& log, const ChunkFrames& frames) {
  const MutableBytes chunk = log.chunk();
  const RecordFrame& first = frames.records.front();
  const RecordFrame& last = frames.records.back();
  const std::uint32_t free = last.offset + last.size;
  // Without a header of its own the chunk's tables are no more to be trusted than the header.
  if (!frames.header) std::fill_n(chunk.begin(), kChunkHeaderSize, std::uint8_t{0});
  std::ranges::copy(as_bytes(kChunkSignature), chunk.begin());
  store<std::uint64_t>(chunk, 8, 1);
  store<std::uint64_t>(chunk, 16, log.order.size());
  store(chunk, 24, first.record_id);
  store(chunk, 32, last.record_id);
  store<std::uint32_t>(chunk, 40, 128);
  store(chunk, 44, last.offset);
  store(chunk, kChunkFreeSpaceOffset, free);
  store(chunk, kChunkDataChecksumOffset,
        crc32(Bytes(chunk).subspan(kChunkHeaderSize, free - kChunkHeaderSize)));
  seal_chunk_header(chunk);
}

// REQUIRES: frames.records is not empty
TidyLog make_tidy_log(Bytes chunk, const ChunkFrames& frames) {
  TidyLog log;
  std::ranges::copy(chunk, log.chunk().begin());
  log.withheld.resize(frames.records.size());

  std::size_t end = kChunkHeaderSize;  // of what is in order so far
  const RecordFrame* before = nullptr;
  for (std::size_t i = 0; i < frames.records.size(); ++i) {
    const RecordFrame& frame = frames.records[i];
    if (frame.offset > end) bridge_gap(log, end, frame.offset, before);
    end = std::size_t{frame.offset} + frame.size;
    write_record_header(log.chunk(), frame.offset, frame.size, frame.record_id);
    const auto substitutions = find_substitutions(chunk, frame.offset, end);
    if (!substitutions) {
      log.withheld[i] = substitutions.problem();
      empty_content(log.chunk(), frame);
    }
    log.order.emplace_back(i);
    before = &frame;
  }
  write_chunk_header(log, frames);
  FileHeader header;
  header.next_record_id = frames.records.back().record_id + 1;
  header.chunk_count = 1;
  store_file_header(log.bytes, header);
  return log;
}

// What libevtx says of its last failure.
class Error {
 public:
  Error() = default;
  ~Error() { libevtx_error_free(&error_); }
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;

  libevtx_error_t** out() {
    libevtx_error_free(&error_);
    return &error_;
  }

  [[nodiscard]] std::string message() const {
    std::array<char, 4096> text{};
    if (error_ == nullptr || libevtx_error_backtrace_sprint(error_, text.data(), text.size()) < 0) {
      return "no reason given";
    }
    // One line for each level of the library; the first is where it went wrong.
    const std::string trace = valid_utf8(trim(text.data()));
    return trace.substr(0, trace.find('\n'));
  }

 private:
  libevtx_error_t* error_ = nullptr;
};

struct FreeFile {
  void operator()(libevtx_file_t* file) const { libevtx_file_free(&file, nullptr); }
};
struct FreeRecord {
  void operator()(libevtx_record_t* record) const { libevtx_record_free(&record, nullptr); }
};
struct FreeHandle {
  void operator()(libbfio_handle_t* handle) const { libbfio_handle_free(&handle, nullptr); }
};
using File = std::unique_ptr<libevtx_file_t, FreeFile>;
using Record = std::unique_ptr<libevtx_record_t, FreeRecord>;
using Handle = std::unique_ptr<libbfio_handle_t, FreeHandle>;

// REQUIRES: `bytes` outlives the handle
Handle memory_handle(Buffer& bytes) {
  libbfio_handle_t* handle = nullptr;
  if (libbfio_memory_range_initialize(&handle, nullptr) != 1) return nullptr;
  Handle owner(handle);
  if (libbfio_memory_range_set(handle, bytes.data(), bytes.size(), nullptr) != 1) return nullptr;
  return owner;
}

File open_log(libbfio_handle_t* handle, Error& error) {
  libevtx_file_t* file = nullptr;
  if (libevtx_file_initialize(&file, error.out()) != 1) return nullptr;
  File owner(file);
  const bool open =
      libevtx_file_set_ascii_codepage(file, LIBEVTX_CODEPAGE_WINDOWS_1252, error.out()) == 1 &&
      libevtx_file_open_file_io_handle(file, handle, LIBEVTX_OPEN_READ, error.out()) == 1;
  return open ? std::move(owner) : nullptr;
}

Problem unread(const RecordFrame& frame, const std::string& why) {
  return {ProblemKind::kRecordUnread, frame.offset,
          fmt::format("record {}: libevtx cannot read it: {}", frame.record_id, why)};
}

Result<std::string> read_record(libevtx_file_t* file, int index, const RecordFrame& frame) {
  Error error;
  libevtx_record_t* opened = nullptr;
  if (libevtx_file_get_record_by_index(file, index, &opened, error.out()) != 1) {
    return unread(frame, error.message());
  }
  const Record record(opened);
  std::uint64_t record_id = 0;
  if (libevtx_record_get_identifier(opened, &record_id, error.out()) != 1) {
    return unread(frame, error.message());
  }
  if (record_id != frame.record_id) {
    return unread(frame, fmt::format("it found record {} in this place", record_id));
  }
  std::size_t size = 0;
  if (libevtx_record_get_utf8_xml_string_size(opened, &size, error.out()) != 1 || size == 0) {
    return unread(frame, error.message());
  }
  std::string xml(size, '\0');
  if (libevtx_record_get_utf8_xml_string(opened, reinterpret_cast<std::uint8_t*>(xml.data()), size,
                                         error.out()) != 1) {
    return unread(frame, error.message());
  }
  xml.resize(size - 1);  // the size counts a final NUL
  return xml;
}

}  // namespace

std::vector<Result<std::string>> read_with_libevtx(Bytes chunk, const ChunkFrames& frames) {
  std::vector<Result<std::string>> records;
  if (frames.records.empty()) return records;
  TidyLog log = make_tidy_log(chunk, frames);
  Error error;
  const Handle handle = memory_handle(log.bytes);
  const File file = handle ? open_log(handle.get(), error) : nullptr;
  int listed = 0;
  if (file) libevtx_file_get_number_of_records(file.get(), &listed, error.out());

  for (std::size_t place = 0; place < log.order.size(); ++place) {
    if (!log.order[place]) continue;
    const std::size_t i = *log.order[place];
    const RecordFrame& frame = frames.records[i];
    if (log.withheld[i]) {
      records.emplace_back(*log.withheld[i]);
    } else if (!file) {
      records.emplace_back(unread(frame, error.message()));
    } else if (static_cast<int>(place) >= listed) {
      records.emplace_back(unread(frame, "it does not list the record"));
    } else {
      records.push_back(read_record(file.get(), static_cast<int>(place), frame));
    }
  }
  return records;
}

std::string on_one_line(const std::string& xml) {
  std::string out;
  out.reserve(xml.size());
  for (std::size_t at = 0; at < xml.size();) {
    // libevtx begins each line with a tag; a line end before anything else belongs to a value.
    if (xml[at] == '\n') {
      const std::size_t text = xml.find_first_not_of(" \t\r\n", at);
      if (text == std::string::npos) break;
      if (xml[text] == '<') {
        at = text;
        continue;
      }
    }
    if (xml[at] == '\n') {
      out += "&#10;";
    } else if (xml[at] == '\r') {
      out += "&#13;";
    } else {
      out += xml[at];
    }
    ++at;
  }
  return out;
}

std::string libevtx_version() { return libevtx_get_version(); }

}  // namespace evtxhound::evtx
