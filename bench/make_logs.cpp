// evtxhound_make_logs: makes large logs to measure with, out of the chunks of real ones.
//
// Made-up logs would have made-up proportions of templates to values to text, and those decide how
// fast a reader is. So the chunks are real; only how often each comes is decided here, by rules
// that know no file by its name. The same corpus gives the same bytes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chunk_stock.hpp"
#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/evtx/record_reader.hpp"
#include "log_out.hpp"
#include "program.hpp"

namespace evtxhound::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFolderLogs = 64;

struct Options {
  fs::path corpus;
  fs::path out;
  std::uint64_t mib = 1024;
  bool force = false;
};

// Chunks whose records all come from one channel.
using Family = std::vector<Chunk>;

// The channel that all records of the chunk name.
std::optional<std::string> channel_of(const Chunk& chunk) {
  static evtx::TemplateCache templates;
  evtx::ChunkReader reader(templates);
  const evtx::ChunkContent content = evtx::read_chunk(reader, chunk.bytes, 0);
  if (content.events.size() != chunk.frames.records.size()) return std::nullopt;
  const std::string& channel = content.events.front().channel;
  const bool same = std::ranges::all_of(
      content.events, [&](const evtx::Event& event) { return event.channel == channel; });
  return same && !channel.empty() ? std::optional(channel) : std::nullopt;
}

// What a Windows log of one GiB looks like inside: chunks of one channel, well used, that bring the
// same templates again and again. The channel is the one that has the most such chunks here, the
// first by name where several have.
Family richest_family(const std::vector<Chunk>& chunks) {
  std::map<std::string, Family> families;
  for (const Chunk& chunk : chunks) {
    if (!is_sound_and_well_used(chunk)) continue;
    if (const auto channel = channel_of(chunk)) families[*channel].push_back(chunk);
  }
  if (families.empty()) {
    throw Failure(ExitStatus::kUsage,
                  "the corpus has no sound chunk that is at least 90 % used by one channel");
  }
  const auto richest = std::ranges::max_element(
      families, {}, [](const auto& family) { return family.second.size(); });
  fmt::print("family: {}, {} of its own in the corpus\n", visible(richest->first),
             counted(richest->second.size(), "chunk", "chunks"));
  return std::move(richest->second);
}

// Writes few-templates.evtx: the family's chunks in turn, until the log is as large as it may be;
// and, from the same chunks, the folder of smaller logs that together are as large as this one.
void make_few_templates(const Options& options, Family family) {
  const std::size_t chunks = chunks_in(options.mib);
  const std::size_t in_each =
      (options.mib * kMiB / kFolderLogs - evtx::kFileHeaderSize) / evtx::kChunkSize;
  fs::create_directories(options.out / "folder");
  LogOut large(options.out / "few-templates.evtx");
  std::optional<LogOut> small;
  std::uint64_t next_id = 1;
  for (std::size_t i = 0; i < chunks; ++i) {
    Chunk& chunk = family[i % family.size()];
    renumber(chunk, next_id);
    const std::size_t records = chunk.frames.records.size();
    next_id += records;
    large.append(chunk.bytes, records, next_id);
    if (i / in_each >= kFolderLogs) continue;
    if (!small) small.emplace(options.out / "folder" / fmt::format("{:02}.evtx", i / in_each));
    small->append(chunk.bytes, records, next_id);
    if (small->chunk_count() < in_each) continue;
    small->finish();
    if (i < in_each) fmt::print("{} logs such as folder/{}\n", kFolderLogs, small->describe());
    small.reset();
  }
  large.finish();
  fmt::print("{}\n", large.describe());
}

// Writes many-templates.evtx: every chunk once, in whatever state it is.
void make_many_templates(const Options& options, const std::vector<Chunk>& chunks) {
  if (chunks.size() > kMostChunks) {
    throw Failure(ExitStatus::kUsage, fmt::format("the corpus has {} distinct chunks, and one log "
                                                  "holds no more than {}",
                                                  grouped(chunks.size()), grouped(kMostChunks)));
  }
  LogOut log(options.out / "many-templates.evtx");
  for (const Chunk& chunk : chunks) {
    log.append(chunk.bytes, chunk.frames.records.size(), next_record_id(chunk));
  }
  log.finish();
  fmt::print("{}\n", log.describe());
}

void make_logs(const Options& options) {
  refuse_to_write_into(options.corpus, options.out);
  refuse_to_overwrite(options.out, {"few-templates.evtx", "many-templates.evtx", "folder"},
                      options.force);
  const std::vector<Chunk> chunks = read_corpus(options.corpus);
  Family family = richest_family(chunks);
  fs::create_directories(options.out);
  make_few_templates(options, std::move(family));
  make_many_templates(options, chunks);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Makes logs to measure with out of the chunks of real EVTX logs.");
  app.name("evtxhound_make_logs");
  app.add_option("CORPUS", options.corpus, "A folder of real EVTX logs")->required();
  app.add_option("OUT", options.out, "The folder to write into; made where it is not there")
      ->required();
  app.add_option("--mib", options.mib,
                 "The size of few-templates.evtx, and of the logs in folder/ together")
      ->check(CLI::Range(8, 4096))
      ->capture_default_str();
  app.add_flag("--force", options.force, "Overwrite logs that are there already");
  app.footer(
      "Writes few-templates.evtx, many-templates.evtx and folder/00.evtx to folder/63.evtx;\n"
      "bench/README.md says what they are. The same corpus gives the same bytes.\n\n"
      "Examples:\n"
      "  evtxhound_make_logs ../shared/corpus build/bench-logs\n"
      "  evtxhound_make_logs --mib 16 --force ../shared/corpus build/bench-logs\n");
  return run_program(app, argc, argv, [&options] { make_logs(options); });
}

}  // namespace
}  // namespace evtxhound::bench

int main(int argc, char** argv) { return evtxhound::bench::run(argc, argv); }
