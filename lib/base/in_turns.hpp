// Work done by several threads that hand on their results themselves, in order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace evtxhound {

// Does `count` pieces of work on `threads` threads. On each, `make_worker()` is called once; what
// it returns is called as worker.work(index), in any order, and then as worker.hand_on(), for one
// piece at a time and in the order of the pieces. A thread begins its next piece when it has handed
// on its last, so that there are never more results than threads, and their memory is used again.
//
// With one thread all of it happens on the calling thread. An exception from a worker ends the work
// of all threads and is thrown here.
//
// REQUIRES: threads > 0
template <class MakeWorker>
void in_turns(std::size_t count, unsigned threads, MakeWorker make_worker) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t turn = 0;
  bool failed = false;
  std::exception_ptr failure;
  std::atomic<std::size_t> next = 0;

  const auto await_turn = [&](std::size_t index) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return turn == index || failed; });
    return !failed;
  };

  const auto run = [&] {
    try {
      auto worker = make_worker();
      for (std::size_t index = next++; index < count; index = next++) {
        worker.work(index);
        if (!await_turn(index)) return;
        worker.hand_on();
        const std::lock_guard lock(mutex);
        ++turn;
        changed.notify_all();
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failed) failure = std::current_exception();
      failed = true;
      changed.notify_all();
    }
  };

  if (threads == 1 || count < 2) {
    run();
  } else {
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < threads; ++i) pool.emplace_back(run);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace evtxhound
