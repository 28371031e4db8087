// Work done by several threads, its results taken in order.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace evtxhound {

// Does `count` pieces of work on `threads` threads and passes the results to `consume`, on the
// calling thread and in order: consume(0, …), consume(1, …) and so on.
//
// `make_worker()` is called once on each thread; what it returns is called as worker(index) and
// keeps that thread's own state. No thread runs more than `window` pieces ahead of the consumer,
// which bounds the memory that waiting results take. Once `stop` is true no new piece is begun,
// those under way are finished, and this returns early. An exception from a worker or the consumer
// stops the others and is thrown here. Returns how many results were consumed.
//
// REQUIRES: threads > 0, window > 0
template <class MakeWorker, class Consume>
std::size_t parallel_in_order(std::size_t count, unsigned threads, std::size_t window,
                              const std::atomic<bool>& stop, MakeWorker make_worker,
                              Consume consume) {
  using Worker = std::invoke_result_t<MakeWorker&>;
  using Value = std::invoke_result_t<Worker&, std::size_t>;

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t next = 0;      // piece to begin
  std::size_t consumed = 0;  // pieces passed on
  std::size_t working = 0;   // threads that are in a piece
  bool failed = false;
  std::exception_ptr failure;
  std::map<std::size_t, Value> done;  // waiting for their turn

  const auto fail = [&](std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    if (!failed) failure = std::move(error);
    failed = true;
    changed.notify_all();
  };

  const auto run = [&] {
    try {
      Worker worker = make_worker();
      std::unique_lock lock(mutex);
      while (true) {
        // A timed wait, since a signal handler sets `stop` and cannot notify.
        while (!failed && !stop && next < count && next >= consumed + window) {
          changed.wait_for(lock, std::chrono::milliseconds(100));
        }
        if (failed || stop || next >= count) return;
        const std::size_t index = next++;
        ++working;
        lock.unlock();
        Value value = worker(index);
        lock.lock();
        --working;
        done.emplace(index, std::move(value));
        changed.notify_all();
      }
    } catch (...) {
      fail(std::current_exception());
    }
  };

  std::vector<std::jthread> pool;
  const std::size_t useful = std::min<std::size_t>(threads, count);
  for (std::size_t i = 0; i < useful; ++i) pool.emplace_back(run);
  try {
    std::unique_lock lock(mutex);
    while (!failed && consumed < count) {
      const auto ready = done.find(consumed);
      if (ready == done.end()) {
        if (stop && working == 0) break;
        changed.wait_for(lock, std::chrono::milliseconds(100));
        continue;
      }
      Value value = std::move(ready->second);
      done.erase(ready);
      lock.unlock();
      consume(consumed, std::move(value));
      lock.lock();
      ++consumed;
      changed.notify_all();
    }
  } catch (...) {
    fail(std::current_exception());
  }
  pool.clear();  // joins
  if (failure) std::rethrow_exception(failure);
  return consumed;
}

}  // namespace evtxhound
