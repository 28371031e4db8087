#include "log_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/evtx/file_header.hpp"
#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::bench {
namespace {

// The templates that the chunk's table leads to, which is every one in a sound chunk. A link leads
// to an earlier definition, so that no damage makes this go round in circles.
TemplateIds templates_of(Bytes chunk) {
  constexpr std::size_t kGuidOffset = 4;  // behind the link to the next definition of the bucket
  constexpr std::size_t kGuidSize = 16;
  TemplateIds ids;
  for (std::size_t bucket = 0; bucket < evtx::kTemplateBuckets; ++bucket) {
    std::size_t before = chunk.size();
    std::size_t at = load<std::uint32_t>(chunk, evtx::kTemplateTableOffset + 4 * bucket);
    while (at != 0 && at < before && holds(chunk, at, kGuidOffset + kGuidSize)) {
      const Bytes guid = chunk.subspan(at + kGuidOffset, kGuidSize);
      ids.emplace(guid.begin(), guid.end());
      before = at;
      at = load<std::uint32_t>(chunk, at);
    }
  }
  return ids;
}

}  // namespace

std::size_t chunks_in(std::uint64_t mib) {
  return std::min<std::size_t>((mib * kMiB - evtx::kFileHeaderSize) / evtx::kChunkSize,
                               kMostChunks);
}

LogOut::LogOut(std::filesystem::path path) : path_(std::move(path)), out_(path_, std::ios::binary) {
  const Buffer room(evtx::kFileHeaderSize);
  write(room);
}

void LogOut::append(Bytes chunk, std::uint64_t records, std::uint64_t next_record_id) {
  write(chunk);
  records_ += records;
  next_record_id_ = std::max(next_record_id_, next_record_id);
  ++chunks_;
  templates_.merge(templates_of(chunk));
}

void LogOut::finish() {
  Buffer block(evtx::kFileHeaderSize);
  evtx::FileHeader header;
  header.chunk_count = static_cast<std::uint16_t>(chunks_);
  header.last_chunk = chunks_ - 1;
  header.next_record_id = next_record_id_;
  evtx::store_file_header(block, header);
  out_.seekp(0);
  write(block);
  out_.close();
  check();
}

std::string LogOut::describe() const {
  return fmt::format("{}: {}, {}, {}, {}", path_.filename().string(),
                     human_size(evtx::chunk_offset(chunks_)), counted(chunks_, "chunk", "chunks"),
                     counted(records_, "record", "records"),
                     counted(templates_.size(), "template", "templates"));
}

void LogOut::write(Bytes bytes) {
  out_.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  check();
}

void LogOut::check() const {
  if (!out_) {
    throw Failure(ExitStatus::kCannotGoOn, fmt::format("{}: cannot write", path_.string()));
  }
}

}  // namespace evtxhound::bench
