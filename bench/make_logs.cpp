// evtxhound_make_logs: makes large logs to measure with, out of the chunks of real ones.
//
// Made-up logs would have made-up proportions of templates to values to text, and those decide how
// fast a reader is. So the chunks are real; only how often each comes is decided here, by rules
// that know no file by its name. The same corpus gives the same bytes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/file_header.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_reader.hpp"

namespace evtxhound::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr std::size_t kFolderLogs = 64;
constexpr std::size_t kWellUsed = evtx::kChunkSize * 9 / 10;
constexpr std::size_t kMostChunks = 65535;  // the file header counts them with 16 bits

struct Options {
  fs::path corpus;
  fs::path out;
  std::uint64_t mib = 1024;
  bool force = false;
};

// A chunk of the corpus, whole and as it is there.
struct Chunk {
  Buffer bytes;
  evtx::ChunkFrames frames;
};

// Chunks whose records all come from one channel.
using Family = std::vector<Chunk>;

// A GUID as it stands on disk.
using TemplateIds = std::set<std::string>;

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

// A log on disk that grows by chunks. It gets its own header when it is finished, and without
// finish() it is no log.
class LogOut {
 public:
  explicit LogOut(fs::path path) : path_(std::move(path)), out_(path_, std::ios::binary) {
    const Buffer room(evtx::kFileHeaderSize);
    write(room);
  }

  // `next_record_id` is the one that would come after this chunk's.
  void append(Bytes chunk, std::uint64_t records, std::uint64_t next_record_id) {
    write(chunk);
    records_ += records;
    next_record_id_ = std::max(next_record_id_, next_record_id);
    ++chunks_;
    templates_.merge(templates_of(chunk));
  }

  [[nodiscard]] std::size_t chunk_count() const { return chunks_; }

  // REQUIRES: 0 < chunk_count() <= kMostChunks
  void finish() {
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

  [[nodiscard]] std::string describe() const {
    return fmt::format("{}: {}, {}, {}, {}", path_.filename().string(),
                       human_size(evtx::chunk_offset(chunks_)), counted(chunks_, "chunk", "chunks"),
                       counted(records_, "record", "records"),
                       counted(templates_.size(), "template", "templates"));
  }

 private:
  void write(Bytes bytes) {
    out_.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    check();
  }

  void check() const {
    if (!out_) {
      throw Failure(ExitStatus::kCannotGoOn, fmt::format("{}: cannot write", path_.string()));
    }
  }

  fs::path path_;
  std::ofstream out_;
  std::size_t chunks_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t next_record_id_ = 1;
  TemplateIds templates_;
};

// Every distinct chunk of the corpus once, in the order of the files' names. Space that was never
// used is no work, chunks without header are passed over by some readers and not by others, and cut
// ones cannot stand in the middle of a log: these are left out.
std::vector<Chunk> read_corpus(const fs::path& corpus) {
  std::vector<Chunk> chunks;
  std::unordered_set<std::string> seen;
  for (const evidence::Piece& piece : evidence::find({corpus}).pieces) {
    if (piece.kind != evidence::Kind::kEvtx) continue;
    const auto fail = [&piece](const Problem& problem) {
      return Failure(ExitStatus::kUsage,
                     fmt::format("{}: {}", piece.path.string(), problem.message));
    };
    const auto file = ReadOnlyFile::open(piece.path);
    if (!file) throw fail(file.problem());
    for (std::uint64_t i = 0; i < evtx::chunk_count(file->size()); ++i) {
      Chunk chunk;
      const auto bytes = evtx::read_chunk_bytes(*file, i, chunk.bytes);
      if (!bytes) throw fail(bytes.problem());
      const bool whole = bytes->size() == evtx::kChunkSize && evtx::has_chunk_signature(*bytes);
      if (!whole || !seen.insert(sha256_hex(*bytes)).second) continue;
      chunk.frames = evtx::find_records(*bytes);
      chunks.push_back(std::move(chunk));
    }
  }
  return chunks;
}

// Whether readers will agree on every byte of the chunk, and find little empty space in it.
bool is_sound_and_well_used(const Chunk& chunk) {
  const evtx::ChunkFrames& frames = chunk.frames;
  return frames.problems.empty() && !frames.records.empty() && !frames.header->has_no_crc() &&
         frames.header->free_space_offset >= kWellUsed;
}

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

// Gives the chunk's records the ids from `first_id` on and mends what follows from them. The
// EventRecordID among a record's values stays as it was: no reader orders records by it.
void renumber(Chunk& chunk, std::uint64_t first_id) {
  const MutableBytes bytes = chunk.bytes;
  std::uint64_t id = first_id;
  for (const evtx::RecordFrame& record : chunk.frames.records)
    store(bytes, record.offset + 8, id++);
  const std::uint64_t last_id = id - 1;
  store(bytes, 8, first_id);  // the record numbers: the same as the ids in a log never exported
  store(bytes, 16, last_id);
  store(bytes, 24, first_id);
  store(bytes, 32, last_id);
  const std::size_t end = chunk.frames.header->free_space_offset;
  store(bytes, evtx::kChunkDataChecksumOffset,
        crc32(Bytes(bytes).subspan(evtx::kChunkHeaderSize, end - evtx::kChunkHeaderSize)));
  evtx::seal_chunk_header(bytes);
}

// Writes few-templates.evtx: the family's chunks in turn, until the log is as large as it may be;
// and, from the same chunks, the folder of smaller logs that together are as large as this one.
void make_few_templates(const Options& options, Family family) {
  const std::size_t chunks = std::min<std::size_t>(
      (options.mib * kMiB - evtx::kFileHeaderSize) / evtx::kChunkSize, kMostChunks);
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
    std::uint64_t next_id = 1;
    for (const evtx::RecordFrame& record : chunk.frames.records) {
      next_id = std::max(next_id, record.record_id + 1);
    }
    log.append(chunk.bytes, chunk.frames.records.size(), next_id);
  }
  log.finish();
  fmt::print("{}\n", log.describe());
}

// Throws where writing there would overwrite logs, or would change what the corpus is.
void check_out(const Options& options) {
  const fs::path corpus = fs::weakly_canonical(options.corpus);
  const fs::path out = fs::weakly_canonical(options.out);
  const auto [end, unused] = std::ranges::mismatch(corpus, out);
  if (end == corpus.end()) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}: lies in the corpus", options.out.string()));
  }
  for (const char* name : {"few-templates.evtx", "many-templates.evtx", "folder"}) {
    if (!options.force && fs::exists(options.out / name)) {
      throw Failure(ExitStatus::kUsage, fmt::format("{}: is there already (--force overwrites it)",
                                                    (options.out / name).string()));
    }
  }
}

void make_logs(const Options& options) {
  check_out(options);
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
  try {
    app.parse(argc, argv);
    make_logs(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitStatus::kUsage);
  } catch (const Failure& failure) {
    fmt::print(stderr, "evtxhound_make_logs: {}\n", visible(failure.what()));
    return static_cast<int>(failure.status());
  }
  return 0;
}

}  // namespace
}  // namespace evtxhound::bench

int main(int argc, char** argv) {
  try {
    return evtxhound::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "evtxhound_make_logs: {}\n", error.what());
    return static_cast<int>(evtxhound::ExitStatus::kCannotGoOn);
  }
}
