#include "evtxhound/base/parallel.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace evtxhound;

namespace {
const std::atomic<bool> kNever = false;
}

TEST_CASE("results come in order from any number of threads") {
  for (const unsigned threads : {1U, 2U, 7U}) {
    for (const std::size_t window : {std::size_t{1}, std::size_t{5}, std::size_t{1000}}) {
      std::vector<std::size_t> taken;
      const std::size_t done = parallel_in_order(
          500, threads, window, kNever, [] { return [](std::size_t i) { return i * i; }; },
          [&taken](std::size_t i, std::size_t value) {
            CHECK(value == i * i);
            taken.push_back(i);
          });
      CHECK(done == 500);
      CHECK(std::is_sorted(taken.begin(), taken.end()));
      CHECK(taken.size() == 500);
    }
  }
}

TEST_CASE("no thread runs further ahead than the window") {
  std::atomic<std::size_t> consumed = 0;
  std::atomic<bool> too_far = false;
  parallel_in_order(
      300, 4, 8, kNever,
      [&] {
        return [&](std::size_t i) {
          // `consumed` is counted before the consumer's own count, hence the one to spare.
          if (i > consumed + 8) too_far = true;
          return i;
        };
      },
      [&](std::size_t, std::size_t) { ++consumed; });
  CHECK_FALSE(too_far);
}

TEST_CASE("no work is no wait") {
  CHECK(parallel_in_order(
            0, 4, 4, kNever, [] { return [](std::size_t i) { return i; }; },
            [](std::size_t, std::size_t) { FAIL("nothing to consume"); }) == 0);
}

TEST_CASE("an exception in a worker or the consumer reaches the caller") {
  const auto nothing = [](std::size_t, int) {};
  CHECK_THROWS_WITH(parallel_in_order(
                        100, 3, 4, kNever,
                        [] {
                          return [](std::size_t i) -> int {
                            if (i == 42) throw std::runtime_error("worker");
                            return 0;
                          };
                        },
                        nothing),
                    "worker");
  CHECK_THROWS_WITH(parallel_in_order(
                        100, 3, 4, kNever, [] { return [](std::size_t) { return 0; }; },
                        [](std::size_t i, int) {
                          if (i == 42) throw std::runtime_error("consumer");
                        }),
                    "consumer");
}

TEST_CASE("a stop ends early, with every piece that was begun consumed") {
  std::atomic<bool> stop = false;
  std::atomic<std::size_t> begun = 0;
  std::size_t taken = 0;
  const std::size_t done = parallel_in_order(
      10'000, 3, 16, stop,
      [&] {
        return [&](std::size_t i) {
          ++begun;
          return i;
        };
      },
      [&](std::size_t i, std::size_t) {
        ++taken;
        if (i == 20) stop = true;
      });
  CHECK(done == taken);
  CHECK(done == begun);
  CHECK(done < 10'000);
}
