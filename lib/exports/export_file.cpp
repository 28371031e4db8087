#include "evtxhound/exports/export_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evtxhound/base/human.hpp"
#include "evtxhound/exports/json_splitter.hpp"
#include "evtxhound/exports/xml_splitter.hpp"

namespace evtxhound::exports {
namespace {

using evidence::Kind;

// So many places of a block are told one by one.
constexpr std::size_t kMostProblems = 200;

std::unique_ptr<Splitter> splitter_of(Kind kind) {
  if (kind == Kind::kXml || kind == Kind::kXmlGzip) return std::make_unique<XmlSplitter>();
  return std::make_unique<JsonSplitter>();
}

}  // namespace

ExportFile::ExportFile(std::shared_ptr<const ByteSource> file, Kind kind, std::size_t block_size)
    : file_(std::move(file)), splitter_(splitter_of(kind)), block_size_(block_size) {
  if (evidence::is_compressed(kind)) gzip_ = std::make_unique<GzipReader>(*file_);
}

ExportFile::~ExportFile() = default;

std::uint64_t ExportFile::expected_blocks(std::uint64_t file_size, Kind kind,
                                          std::size_t block_size) {
  constexpr std::uint64_t kUsualExpansion = 16;
  const std::uint64_t expansion = evidence::is_compressed(kind) ? kUsualExpansion : 1;
  // In this order no size of a file is too large.
  return (file_size / block_size + 1) * expansion + 1;
}

bool ExportFile::next(Block& block) {
  block = {};
  if (ended_) return false;
  if (bytes_.size() < block_size_) read_more(block_size_);
  block.offset = offset_;
  split(block);
  const std::uint64_t taken = gzip_ ? gzip_->bytes_taken() : plain_at_;
  block.bytes_taken = taken - std::exchange(taken_, taken);
  return true;
}

// Reads `size` bytes more, or what there is.
void ExportFile::read_more(std::size_t size) {
  const std::size_t held = bytes_.size();
  bytes_.resize(held + size);
  const MutableBytes into = MutableBytes(bytes_).subspan(held);
  std::size_t got = 0;
  if (gzip_) {
    got = gzip_->read(into);
    if (got < size && gzip_->problem()) of_source_.push_back(*gzip_->problem());
  } else if (const auto read = file_->read_at(plain_at_, into)) {
    got = *read;
  } else {
    of_source_.push_back(read.problem());
  }
  plain_at_ += got;
  bytes_.resize(held + got);
  complete_ = got < size;
  if (offset_ == 0 && held == 0) encoding_ = detect_encoding(bytes_);
}

// Moves whole pieces from the bytes at hand into the block, at least one where there are any.
void ExportFile::split(Block& block) {
  const std::size_t unit = unit_size(encoding_);
  std::size_t at = 0;  // in units
  std::size_t units = 0;
  unreported_ = 0;
  while (true) {
    units = bytes_.size() / unit;
    std::string_view text(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
    if (unit == 2) {
      ascii_of_utf16(bytes_, encoding_, units_);
      text = units_;
    }
    splitter_->open(text, complete_);
    while (at < units) {
      const Piece piece = splitter_->next(at);
      if (piece.kind == Piece::Kind::kMore) break;
      const std::uint64_t begin = offset_ + at * unit;
      const std::uint64_t end = offset_ + piece.end * unit;
      if (piece.kind == Piece::Kind::kEvent) {
        report_damage(block);
        block.events.push_back({static_cast<std::uint32_t>(at * unit),
                                static_cast<std::uint32_t>((piece.end - at) * unit), piece.plain});
      } else if (piece.kind != Piece::Kind::kFrame) {
        take_damage(begin, piece, end, block);
      }
      at = piece.end;
    }
    if (at * unit >= block_size_ || complete_) break;
    read_more(std::max(block_size_, bytes_.size()));
  }
  const std::size_t used = complete_ ? bytes_.size() : at * unit;
  if (complete_) end(block);
  Buffer rest(bytes_.begin() + static_cast<std::ptrdiff_t>(used), bytes_.end());
  bytes_.resize(used);
  block.bytes = std::exchange(bytes_, std::move(rest));
  block.encoding = encoding_;
  offset_ += used;
}

// Neighbours with nothing but white space between them are one.
void ExportFile::take_damage(std::uint64_t begin, const Piece& piece, std::uint64_t end,
                             Block& block) {
  const bool cut = piece.kind == Piece::Kind::kCut;
  if (damage_.why != nullptr && cut) report_damage(block);
  if (damage_.why == nullptr) damage_ = {begin, begin, piece.why, cut};
  damage_.end = end;
}

void ExportFile::report_damage(Block& block) {
  if (damage_.why == nullptr) return;
  const std::uint64_t size = damage_.end - damage_.begin;
  report(block, {damage_.cut ? ProblemKind::kTruncated : ProblemKind::kRecordDamaged, damage_.begin,
                 fmt::format("{} that {} no event: {}", counted(size, "byte", "bytes"),
                             size == 1 ? "is" : "are", damage_.why)});
  damage_ = {};
}

void ExportFile::report(Block& block, Problem problem) {
  if (unreported_ == 0 && block.problems.size() < kMostProblems) {
    block.problems.push_back(std::move(problem));
    return;
  }
  // The last one stands for all from there on.
  ++unreported_;
  block.problems.back().message =
      fmt::format("{} between here and {:#x}: bytes that are no event",
                  counted(unreported_ + 1, "place", "places"), problem.offset.value_or(0));
}

void ExportFile::end(Block& block) {
  ended_ = true;
  if (unit_size(encoding_) == 2 && bytes_.size() % 2 != 0) {
    const std::uint64_t last = offset_ + bytes_.size();
    take_damage(last - 1, {Piece::Kind::kDamage, 0, false, "half a character"}, last, block);
  }
  report_damage(block);
  for (Problem& problem : of_source_) report(block, std::move(problem));
}

}  // namespace evtxhound::exports
