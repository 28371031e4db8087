#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/log_file.hpp"

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

void print_list(const LogInfo& info) {
  for (const evtx::IdRange& range : info.missing) {
    fmt::print("  missing         records {} to {} ({})\n", range.first, range.last,
               grouped(range.last - range.first + 1));
  }
  const auto print_problem = [](const Problem& problem) {
    fmt::print("  problem         {:#x}: {}: {}\n", problem.offset.value_or(0),
               to_string(problem.kind), problem.message);
  };
  for (const Problem& problem : info.problems) print_problem(problem);
  for (const ChunkInfo& chunk : info.chunks) {
    for (const Problem& problem : chunk.frames.problems) print_problem(problem);
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

ExitStatus run(const std::vector<std::filesystem::path>& files) {
  const evidence::Findings found = evidence::find(files);
  bool sound = true;
  for (const evidence::Piece& piece : found.pieces) {
    for (const Problem& problem : piece.problems) {
      fmt::print(stderr, "{}: {}\n", visible(piece.path.string()), visible(problem.message));
      sound = false;
    }
    if (piece.kind != evidence::Kind::kEvtx) continue;
    const auto file = ReadOnlyFile::open(piece.path);
    if (file) sound = print_log(piece.path, evtx::inspect_log(*file)) && sound;
  }
  return sound ? ExitStatus::kDone : ExitStatus::kDamaged;
}

}  // namespace

void add_info(CLI::App& app, ExitStatus& status) {
  auto files = std::make_shared<std::vector<std::filesystem::path>>();
  CLI::App* command =
      app.add_subcommand("info", "Show a log's headers, chunks, checksums, record ranges and gaps");
  command->add_option("FILE", *files, "EVTX logs, or folders with such")->required();
  command->footer(
      "Examples:\n"
      "  evtxhound info Security.evtx\n"
      "  evtxhound info evidence/\n\n"
      "No record's content is read. Ends with 1 where a log is damaged.");
  command->callback([files, &status] { status = run(*files); });
}

}  // namespace evtxhound::tool
