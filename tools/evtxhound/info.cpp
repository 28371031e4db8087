#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/exports/event_reader.hpp"
#include "evtxhound/exports/export_file.hpp"

namespace evtxhound::tool {
namespace {

using evtx::ChunkInfo;
using evtx::LogInfo;

std::string flags_of(const evtx::FileHeader& header) {
  std::string flags;
  if (header.dirty()) flags += " dirty";
  if (header.full()) flags += " full";
  if (header.has_no_crc()) flags += " no-crc";
  return flags.empty() ? " none" : flags;
}

std::string fits(bool fits_, bool stored) {
  if (!stored) return "not stored";
  return fits_ ? "fits" : "differs";
}

void print_header(const LogInfo& info) {
  fmt::print("  size            {} bytes, room for {}\n", grouped(info.size),
             counted(info.chunks.size(), "chunk", "chunks"));
  if (!info.header) {
    fmt::print("  file header     unreadable\n");
    return;
  }
  const evtx::FileHeader& header = *info.header;
  fmt::print("  file header     version {}.{}, flags{}, CRC32 {}\n", header.major_version,
             header.minor_version, flags_of(header), fits(header.crc_fits(), !header.has_no_crc()));
  fmt::print("  it says         {}, numbers {} to {}, next record {}\n",
             counted(header.chunk_count, "chunk", "chunks"), header.first_chunk, header.last_chunk,
             header.next_record_id);
}

void print_chunk(std::size_t index, const ChunkInfo& chunk) {
  if (chunk.unused) {
    fmt::print("  {:>5}  {:#010x}  unused\n", index, chunk.offset);
    return;
  }
  const auto& records = chunk.frames.records;
  const std::string ids =
      records.empty() ? "-"
                      : fmt::format("{}-{}", records.front().record_id, records.back().record_id);
  if (!chunk.frames.header) {
    fmt::print("  {:>5}  {:#010x}  {:>7}  {:<21}  no chunk header\n", index, chunk.offset,
               records.size(), ids);
    return;
  }
  const evtx::ChunkHeader& header = *chunk.frames.header;
  const bool stored = !header.has_no_crc();
  fmt::print("  {:>5}  {:#010x}  {:>7}  {:<21}  {:#07x}  {:<10}  {}\n", index, chunk.offset,
             records.size(), ids, header.free_space_offset, fits(header.header_crc_fits(), stored),
             fits(header.data_crc_fits(), stored));
}

void print_listed(const Problem& problem) {
  fmt::print("  problem         {:#x}: {}: {}\n", problem.offset.value_or(0),
             to_string(problem.kind), problem.message);
}

void print_list(const LogInfo& info) {
  for (const evtx::IdRange& range : info.missing) {
    fmt::print("  missing         records {} to {} ({})\n", range.first, range.last,
               grouped(range.last - range.first + 1));
  }
  for (const Problem& problem : info.problems) print_listed(problem);
  for (const ChunkInfo& chunk : info.chunks) {
    for (const Problem& problem : chunk.frames.problems) print_listed(problem);
  }
}

// Prints a log. Returns whether it is free of problems.
bool print_log(const std::filesystem::path& path, const LogInfo& info) {
  fmt::print("{}\n", visible(path.string()));
  print_header(info);
  fmt::print("  records         {}\n", grouped(info.record_count));
  print_list(info);
  fmt::print(
      "  chunk  offset      records  record ids             free     header-crc  data-crc\n");
  std::size_t problems = info.problems.size();
  for (std::size_t i = 0; i < info.chunks.size(); ++i) {
    print_chunk(i, info.chunks[i]);
    problems += info.chunks[i].frames.problems.size();
  }
  return problems == 0;
}

// What reading an export from its start to its end shows.
struct ExportInfo {
  TextEncoding encoding = TextEncoding::kUtf8;
  std::uint64_t events = 0;
  std::string first;  // smallest and largest time_created
  std::string last;
  std::vector<Problem> problems;
};

ExportInfo inspect_export(const evidence::Piece& piece, std::shared_ptr<const ByteSource> opened) {
  exports::ExportFile file(std::move(opened), piece.kind);
  const auto reader = exports::make_reader(piece.kind);
  ExportInfo info;
  exports::Block block;
  while (file.next(block)) {
    info.encoding = block.encoding;
    info.problems.insert(info.problems.end(), block.problems.begin(), block.problems.end());
    for (const exports::Span& span : block.events) {
      const auto read = reader->read(Bytes(block.bytes).subspan(span.begin, span.size),
                                     block.encoding, exports::Extent::kHead);
      if (!read) {
        info.problems.push_back(read.problem());
        info.problems.back().offset = block.offset + span.begin;
        continue;
      }
      ++info.events;
      const std::string& time = read->event.time_created;
      if (time.empty()) continue;
      if (info.first.empty() || time < info.first) info.first = time;
      info.last = std::max(info.last, time);
    }
  }
  return info;
}

// Prints an export. Returns whether it is free of problems.
bool print_export(const evidence::Piece& piece, const ExportInfo& info) {
  fmt::print("{}\n", visible(piece.path.string()));
  fmt::print("  size            {} bytes\n", grouped(piece.size));
  fmt::print("  export          {}, {}\n", evidence::to_string(piece.kind),
             to_string(info.encoding));
  fmt::print("  events          {}\n", grouped(info.events));
  if (!info.first.empty()) fmt::print("  time            {} to {}\n", info.first, info.last);
  for (const Problem& problem : info.problems) print_listed(problem);
  return info.problems.empty();
}

ExitStatus run(const std::vector<std::filesystem::path>& files) {
  const evidence::Findings found = evidence::find(files);
  bool sound = true;
  for (const evidence::Piece& piece : found.pieces) {
    for (const Problem& problem : piece.problems) {
      fmt::print(stderr, "{}: {}\n", visible(piece.path.string()), visible(problem.message));
      sound = false;
    }
    if (!evidence::is_readable(piece.kind)) continue;
    const auto file = piece.open();
    if (!file) continue;
    if (evidence::is_export(piece.kind)) {
      sound = print_export(piece, inspect_export(piece, *file)) && sound;
    } else {
      sound = print_log(piece.path, evtx::inspect_log(**file)) && sound;
    }
  }
  return sound ? ExitStatus::kDone : ExitStatus::kDamaged;
}

}  // namespace

void add_info(CLI::App& app, ExitStatus& status) {
  auto files = std::make_shared<std::vector<std::filesystem::path>>();
  CLI::App* command =
      app.add_subcommand("info", "Show a log's headers, chunks, checksums, record ranges and gaps");
  command->add_option("FILE", *files, "EVTX logs and exports of events, or folders with such")
      ->required();
  command->footer(
      "Examples:\n"
      "  evtxhound info Security.evtx\n"
      "  evtxhound info evidence/\n\n"
      "No record's content is read. Of an export of events (docs/sources.md) it shows the kind, "
      "the\n"
      "encoding, the number of events and their first and last time. Ends with 1 where a file is\n"
      "damaged.");
  command->callback([files, &status] { status = run(*files); });
}

}  // namespace evtxhound::tool
