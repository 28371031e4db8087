// mutation_run [--count N] [--seed N] [--jobs N]: reads N damaged logs in every way
// there is and holds what comes out against what is promised (tests/support/hostile_reader.hpp).
//
// The i-th log is made from the seed plus i alone, so `--seed S --count 1` does a failing one
// again. Logs are those of testdata/ and, where EVTXHOUND_CORPUS is set, real ones. Ends with 1
// where a promise is broken, or a log takes more than two seconds.

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/corpus.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/hostile_reader.hpp"
#include "tests/support/mutation.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;

namespace {

constexpr double kMaxSeconds = 2;

struct Options {
  std::uint64_t count = 2000;
  std::uint64_t seed = 1;
  std::uint64_t jobs = 1;
};

bool parse(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; i += 2) {
    if (i + 1 == count) return false;
    const std::string name = arguments[i];
    const std::uint64_t number = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--count") {
      options.count = number;
    } else if (name == "--seed") {
      options.seed = number;
    } else if (name == "--jobs") {
      options.jobs = std::max<std::uint64_t>(1, number);
    } else {
      return false;
    }
  }
  return true;
}

std::vector<Buffer> read_logs() {
  std::vector<Buffer> logs;
  const auto take = [&logs](const std::filesystem::path& folder) {
    for (const auto& path : test::logs_below(folder)) {
      const std::string log = test::read_file(path);
      if (log.size() > evtx::kFileHeaderSize) logs.emplace_back(log.begin(), log.end());
    }
  };
  take(std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "testdata");
  const char* corpus = std::getenv("EVTXHOUND_CORPUS");
  if (corpus != nullptr && *corpus != '\0') take(corpus);
  return logs;
}

// Which log each job is at, for whoever looks at a crash: in memory that survives it.
std::uint64_t* shared_seeds(std::uint64_t jobs) {
  void* const memory = mmap(nullptr, jobs * sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<std::uint64_t*>(memory);
}

// Every `jobs`-th log from the `first`. The same logs come again under new damage, as in a folder
// of evidence, so all share one cache of templates.
int run(const std::vector<Buffer>& logs, const Options& options, std::uint64_t first,
        std::uint64_t& at) {
  evtx::TemplateCache templates;
  int status = 0;
  double slowest = 0;
  std::uint64_t slowest_seed = 0;
  for (std::uint64_t i = first; i < options.count; i += options.jobs) {
    const std::uint64_t seed = options.seed + i;
    at = seed;
    test::Random random(seed);
    const Buffer log = test::mutate_log(logs, random);
    double seconds = 0;
    const test::Cost cost;
    try {
      test::read_hostile_log(templates, log, {false, false, false});
      seconds = cost.seconds();  // without what others think of the texts
      test::read_hostile_log(templates, log);
    } catch (const test::BrokenPromise& broken) {
      fmt::print("seed {}: {}\n", seed, broken.what());
      status = 1;
    }
    if (seconds > slowest) {
      slowest = seconds;
      slowest_seed = seed;
    }
    if (seconds > kMaxSeconds) {
      fmt::print("seed {}: took {:.2f} s\n", seed, seconds);
      status = 1;
    }
  }
  fmt::print("slowest: seed {}, {:.3f} s\n", slowest_seed, slowest);
  std::fflush(stdout);
  return status;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  if (!parse(count, arguments, options)) {
    fmt::print(stderr, "usage: mutation_run [--count N] [--seed N] [--jobs N]\n");
    return 2;
  }
  const std::vector<Buffer> logs = read_logs();
  fmt::print("{} logs, {} damaged ones from seed {}\n", logs.size(), options.count, options.seed);
  std::fflush(stdout);
  std::uint64_t* const at = shared_seeds(options.jobs);
  std::vector<pid_t> children;
  for (std::uint64_t job = 0; job < options.jobs; ++job) {
    const pid_t child = fork();
    // Not _exit(): what leaks is told at a program's end.
    if (child == 0) std::exit(run(logs, options, job, at[job]));
    children.push_back(child);
  }
  int result = 0;
  for (std::uint64_t job = 0; job < options.jobs; ++job) {
    int status = 0;
    if (waitpid(children[job], &status, 0) >= 0 && status == 0) continue;
    fmt::print("job {} failed; the last log it read has seed {}\n", job, at[job]);
    result = 1;
  }
  return result;
}
