// evtxhound_make_scan_logs: makes the logs that the scan is measured on besides those of
// evtxhound_make_logs. The same corpus gives the same bytes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "chunk_stock.hpp"
#include "evtxhound/base/failure.hpp"
#include "evtxhound/evtx/writer/event_record.hpp"
#include "log_out.hpp"
#include "made_up.hpp"
#include "program.hpp"
#include "random.hpp"

namespace evtxhound::bench {
namespace {

namespace fs = std::filesystem;
namespace writer = evtx::writer;

constexpr std::size_t kStressChunks = 256;    // distinct ones: more text than a processor's caches
constexpr std::uint32_t kListedDomains = 60;  // in a record; about as many bytes as the hashes
constexpr std::uint32_t kListedHashes = 30;
constexpr Filetime kFirstEvent = 133'245'540'000'000'000;  // 2023-03-29 09:00:00 UTC
constexpr Filetime kSecond = 10'000'000;

struct Options {
  fs::path corpus;
  fs::path out;
  std::uint64_t mib = 1024;
  std::uint64_t stress_mib = 256;
  bool force = false;
};

// Texts of the stress log, which go on from record to record.
class StressTexts {
 public:
  std::string domain() { return stress_domain(domains_++ % kStressDomains); }

  std::string domains(std::string_view separator) {
    std::string list = domain();
    for (std::uint32_t i = 1; i < kListedDomains; ++i) list.append(separator).append(domain());
    return list;
  }

  // MD5 and SHA-256 in turns, in the digits of either case.
  std::string hashes(std::string_view separator, bool upper) {
    constexpr std::string_view kUpper = "0123456789ABCDEF";
    std::string list;
    for (std::uint32_t i = 0; i < kListedHashes; ++i) {
      if (i > 0) list += separator;
      list += random_.text(i % 2 == 0 ? 32 : 64, upper ? kUpper : kHexDigits);
    }
    return list;
  }

 private:
  static constexpr std::uint64_t kSeed = 3;
  Random random_{kSeed};
  std::uint32_t domains_ = 0;
};

// DNS queries and hashed files in turns, as Sysmon tells of them, but the values hold nothing else
// than what the scan has to look up: no words, no paths.
writer::Record stress_record(std::uint64_t id, StressTexts& texts) {
  const bool query = id % 2 == 1;
  const bool commas = id / 2 % 2 == 0;
  const std::string_view separator = commas ? "," : " ";
  writer::EventRecord event;
  event.record_id = id;
  event.created = event.written = kFirstEvent + id * kSecond;
  event.provider = "Microsoft-Windows-Sysmon";
  event.provider_guid = writer::parse_guid("{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
  event.event_id = query ? 22 : 29;
  event.version = 5;
  event.level = 4;
  event.task = event.event_id;
  event.opcode = 0;
  event.keywords = 0x8000000000000000;
  event.process_id = 2960;
  event.thread_id = 3804;
  event.channel = "Microsoft-Windows-Sysmon/Operational";
  event.computer = "bench";
  event.user = writer::parse_sid("S-1-5-18");
  writer::NamedData data;
  if (query) {
    data.fields = {{"QueryName", writer::string_value(texts.domain())},
                   {"QueryResults", writer::string_value(texts.domains(separator))}};
  } else {
    data.fields = {{"Hashes", writer::string_value(texts.hashes(separator, commas))}};
  }
  event.payload = std::move(data);
  return writer::make_record(event);
}

// Chunks full of such records, with ids from 1 on. The texts go on from chunk to chunk.
std::vector<Chunk> stress_chunks(std::size_t count) {
  std::vector<Chunk> chunks;
  StressTexts texts;
  writer::ChunkWriter chunk;
  for (std::uint64_t id = 1; chunks.size() < count; ++id) {
    const writer::Record record = stress_record(id, texts);
    if (chunk.append(record)) continue;
    chunks.push_back({chunk.finish(), {}});
    chunks.back().frames = evtx::find_records(chunks.back().bytes);
    chunk = writer::ChunkWriter();
    chunk.append(record);
  }
  return chunks;
}

// Writes stress.evtx: record ids go on, as in few-templates.evtx, when the chunks come again.
void make_stress(const Options& options) {
  const std::size_t count = chunks_in(options.stress_mib);
  std::vector<Chunk> chunks = stress_chunks(std::min(count, kStressChunks));
  LogOut log(options.out / "stress.evtx");
  std::uint64_t next_id = 1;
  for (std::size_t i = 0; i < count; ++i) {
    Chunk& chunk = chunks[i % chunks.size()];
    renumber(chunk, next_id);
    next_id += chunk.frames.records.size();
    log.append(chunk.bytes, chunk.frames.records.size(), next_id);
  }
  log.finish();
  fmt::print("{}\n", log.describe());
}

// Writes distinct.evtx: every chunk as it is, all of them over and over.
void make_distinct(const Options& options, const std::vector<Chunk>& chunks) {
  LogOut log(options.out / "distinct.evtx");
  const std::size_t count = chunks_in(options.mib);
  for (std::size_t i = 0; i < count; ++i) {
    const Chunk& chunk = chunks[i % chunks.size()];
    log.append(chunk.bytes, chunk.frames.records.size(), next_record_id(chunk));
  }
  log.finish();
  fmt::print("{}\n", log.describe());
}

// Writes one-chunk.evtx, which takes no time to scan: what is left is the start.
void make_one_chunk(const Options& options, const std::vector<Chunk>& chunks) {
  const auto chunk = std::ranges::find_if(chunks, is_sound_and_well_used);
  if (chunk == chunks.end()) {
    throw Failure(ExitStatus::kUsage, "the corpus has no sound chunk that is at least 90 % used");
  }
  LogOut log(options.out / "one-chunk.evtx");
  log.append(chunk->bytes, chunk->frames.records.size(), next_record_id(*chunk));
  log.finish();
  fmt::print("{}\n", log.describe());
}

void make_scan_logs(const Options& options) {
  refuse_to_write_into(options.corpus, options.out);
  refuse_to_overwrite(options.out, {"distinct.evtx", "one-chunk.evtx", "stress.evtx"},
                      options.force);
  const std::vector<Chunk> chunks = read_corpus(options.corpus);
  fs::create_directories(options.out);
  make_one_chunk(options, chunks);
  make_distinct(options, chunks);
  make_stress(options);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Makes logs to measure the scan with.");
  app.name("evtxhound_make_scan_logs");
  app.add_option("CORPUS", options.corpus, "A folder of real EVTX logs")->required();
  app.add_option("OUT", options.out, "The folder to write into; made where it is not there")
      ->required();
  app.add_option("--mib", options.mib, "The size of distinct.evtx")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--stress-mib", options.stress_mib, "The size of stress.evtx")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_flag("--force", options.force, "Overwrite logs that are there already");
  app.footer(
      "Writes distinct.evtx, one-chunk.evtx and stress.evtx; bench/README.md says what they are.\n"
      "The same corpus gives the same bytes; stress.evtx is made up, and does not depend on it.\n\n"
      "Examples:\n"
      "  evtxhound_make_scan_logs ../shared/corpus build/bench-logs/scan\n"
      "  evtxhound_make_scan_logs --mib 16 --stress-mib 16 --force ../shared/corpus logs\n");
  return run_program(app, argc, argv, [&options] { make_scan_logs(options); });
}

}  // namespace
}  // namespace evtxhound::bench

int main(int argc, char** argv) { return evtxhound::bench::run(argc, argv); }
