// The bare parts of a scan, one after the other and together: reading a log, taking the zeros out,
// looking for the indicators. No records, no checksums, no case file: what `evtxhound scan` is held
// against. Prints the seconds of each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/indicators/load.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/match/stripped_text.hpp"
#include "program.hpp"

namespace evtxhound::bench {
namespace {

// What is done to one chunk; the result only keeps the compiler from leaving it out.
using Part = std::function<std::uint64_t(Bytes)>;

// Nothing is done with the bytes: reading has copied them.
std::uint64_t look_at_one(Bytes bytes) { return bytes.empty() ? 0 : bytes[0]; }

// Seconds for all chunks of a log by threads that each take every `threads`-th run of them.
double measure(const ReadOnlyFile& file, unsigned threads, const std::function<Part()>& make_part) {
  constexpr std::uint64_t kRun = 16;
  const std::uint64_t chunks = evtx::chunk_count(file.size());
  std::atomic<std::uint64_t> result = 0;
  std::atomic<std::uint64_t> next = 0;
  const auto begun = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < threads; ++i) {
      pool.emplace_back([&] {
        const Part part = make_part();
        evtx::ChunkSource source(file);
        for (std::uint64_t run = next++ * kRun; run < chunks; run = next++ * kRun) {
          for (std::uint64_t at = run; at < std::min(run + kRun, chunks); ++at) {
            const auto chunk = source.read(at);
            if (chunk) result += part(*chunk);
          }
        }
      });
    }
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void run(const std::filesystem::path& path, const indicators::PackSources& packs,
         unsigned threads) {
  const auto file = ReadOnlyFile::open(path);
  if (!file) throw Failure(ExitStatus::kUsage, path.string() + ": " + file.problem().message);
  const auto loaded = indicators::load_indicators(packs, [](const std::string&) {});
  const auto read_only = [] { return Part(look_at_one); };
  measure(*file, threads, read_only);  // wakes the processor, and brings the log into the cache
  const double read = measure(*file, threads, read_only);
  const double strip = measure(*file, threads, [] {
    return Part([text = std::make_shared<match::StrippedText>()](Bytes chunk) {
      text->assign(chunk);
      return std::uint64_t{text->text().size()};
    });
  });
  const double all = measure(*file, threads, [&loaded] {
    return Part([text = std::make_shared<match::StrippedText>(),
                 matcher = std::make_shared<indicators::Matcher>(loaded.set)](Bytes chunk) {
      std::uint64_t candidates = 0;
      text->assign(chunk);
      matcher->look(*text, [&candidates](std::size_t) { ++candidates; });
      return candidates;
    });
  });
  // Each part is measured with those that it needs, and is what it adds to them.
  fmt::print("read {:.4f}\nstrip {:.4f}\nscan {:.4f}\nall {:.4f}\n", read,
             std::max(0.0, strip - read), std::max(0.0, all - strip), all);
}

}  // namespace
}  // namespace evtxhound::bench

int main(int argc, char** argv) {
  CLI::App app("Reads a log, takes its zeros out and looks for indicators, and says how fast.");
  std::filesystem::path path;
  evtxhound::indicators::PackSources packs;
  unsigned threads = 1;
  app.add_option("LOG", path, "An EVTX log")->required();
  app.add_option("--iocs", packs.files, "Indicator packs, in place of the 3CX pack");
  app.add_option("--threads", threads, "Threads")->check(CLI::Range(1U, 1024U));
  return evtxhound::bench::run_program(app, argc, argv, [&] {
    packs.builtin_3cx = packs.files.empty();
    evtxhound::bench::run(path, packs, threads);
  });
}
