// Exports made and read by tests.
#pragma once

#include <zlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text_encoding.hpp"
#include "evtxhound/exports/event_reader.hpp"
#include "evtxhound/exports/export_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace evtxhound::test {

struct ReadExport {
  std::vector<evtx::Event> events;
  std::vector<Problem> problems;
  std::vector<exports::Block> blocks;
};

// All that an export holds, read in blocks of this size.
inline ReadExport read_export(const std::filesystem::path& path, evidence::Kind kind,
                              std::size_t block_size = exports::ExportFile::kBlockSize) {
  auto opened = ReadOnlyFile::open(path);
  if (!opened) throw std::runtime_error("cannot open " + path.string());
  exports::ExportFile file(std::make_shared<ReadOnlyFile>(std::move(*opened)), kind, block_size);
  const auto reader = exports::make_reader(kind);
  ReadExport all;
  exports::Block block;
  while (file.next(block)) {
    all.problems.insert(all.problems.end(), block.problems.begin(), block.problems.end());
    for (const exports::Span& span : block.events) {
      const Bytes bytes = Bytes(block.bytes).subspan(span.begin, span.size);
      auto read = reader->read(bytes, block.encoding, exports::Extent::kAll);
      const bool head = reader->read(bytes, block.encoding, exports::Extent::kHead).ok();
      if (head != read.ok()) throw std::logic_error("whether it can be read depends on the extent");
      if (!read) {
        all.problems.push_back(read.problem());
        all.problems.back().offset = block.offset + span.begin;
        continue;
      }
      read->event.byte_offset = block.offset + span.begin;
      read->event.byte_size = span.size;
      all.events.push_back(std::move(read->event));
    }
    all.blocks.push_back(std::move(block));
    block = {};
  }
  return all;
}

inline ReadExport read_export_text(std::string_view content, evidence::Kind kind,
                                   std::size_t block_size = exports::ExportFile::kBlockSize) {
  const TemporaryFolder folder;
  write_file(folder / "export", content);
  return read_export(folder / "export", kind, block_size);
}

inline const char* byte_order_mark(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf16Le:
      return "\xFF\xFE";
    case TextEncoding::kUtf16Be:
      return "\xFE\xFF";
    default:
      return "\xEF\xBB\xBF";
  }
}

inline constexpr TextEncoding kEncodings[] = {TextEncoding::kUtf8, TextEncoding::kUtf16Le,
                                              TextEncoding::kUtf16Be};

// One member.
inline std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace evtxhound::test
