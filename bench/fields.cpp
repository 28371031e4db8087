// Reads five fields of every record without rendering it: what a filter or a rule costs at least.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/log_file.hpp"

namespace {

using namespace evtxhound;

struct Sum {
  std::uint64_t events = 0;
  std::uint64_t fields = 0;  // found
  std::uint64_t bytes = 0;   // of their values, so that nothing can be left out
};

// Every `step`-th run of chunks, from `first` on.
Sum read_fields(const ReadOnlyFile& file, evtx::TemplateCache& templates, unsigned first,
                unsigned step) {
  constexpr std::uint64_t kRun = 8;
  // What most rules ask for; the last one is a field of process creations.
  constexpr std::array<std::string_view, 4> kSystem = {"EventID", "Channel", "Computer",
                                                       "TimeCreated.SystemTime"};
  Sum sum;
  const auto add = [&sum](const std::optional<evtx::Value>& value) {
    if (!value) return;
    ++sum.fields;
    sum.bytes += value->bytes.size();
  };
  evtx::ChunkSource chunks(file);
  evtx::ChunkReader reader(templates);
  const std::uint64_t count = evtx::chunk_count(file.size());
  for (std::uint64_t run = first * kRun; run < count; run += step * kRun) {
    for (std::uint64_t i = run; i < std::min(run + kRun, count); ++i) {
      const auto chunk = chunks.read(i);
      if (!chunk || evtx::is_unused(*chunk)) continue;
      reader.open(*chunk);
      for (const evtx::RecordFrame& frame : reader.frames().records) {
        const evtx::Record record = reader.record(frame);
        for (const std::string_view name : kSystem) add(record.system(name));
        add(record.field("Image"));
        ++sum.events;
      }
    }
  }
  return sum;
}

int run(const std::filesystem::path& path, unsigned threads) {
  const auto file = ReadOnlyFile::open(path);
  if (!file) {
    fmt::print(stderr, "{}: {}\n", path.string(), file.problem().message);
    return EXIT_FAILURE;
  }
  const auto begun = std::chrono::steady_clock::now();
  evtx::TemplateCache templates;
  std::vector<Sum> sums(threads);
  {
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < threads; ++i) {
      pool.emplace_back([&, i] { sums[i] = read_fields(*file, templates, i, threads); });
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  Sum all;
  for (const Sum& sum : sums) {
    all.events += sum.events;
    all.fields += sum.fields;
    all.bytes += sum.bytes;
  }
  fmt::print("{} events in {:.3f} s, {:.0f} events/s; {} fields of {} bytes\n", all.events,
             took.count(), static_cast<double>(all.events) / took.count(), all.fields, all.bytes);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Reads five fields of every record of a log, and says how fast.");
  std::filesystem::path path;
  unsigned threads = 1;
  app.add_option("FILE", path, "An EVTX log")->required();
  app.add_option("--threads", threads, "Threads that read")->check(CLI::Range(1U, 1024U));
  CLI11_PARSE(app, argc, argv);
  return run(path, threads);
}
