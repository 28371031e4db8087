#include "evtxhound/casefile/checkpointer.hpp"

#include <utility>

namespace evtxhound::casefile {

Checkpointer::Checkpointer(Database& writer, std::filesystem::path path, const Limits& limits)
    : writer_(writer),
      path_(std::move(path)),
      limits_(limits),
      page_size_(static_cast<std::uint64_t>(writer.integer("PRAGMA page_size"))) {
  writer_.watch_log();
}

Checkpointer::~Checkpointer() { pause(); }

void Checkpointer::pause() {
  thread_.reset();  // asks it to stop, and waits
}

void Checkpointer::after_commit() {
  const std::uint64_t pages = writer_.log_pages();
  const std::uint64_t size = pages * page_size_;
  std::unique_lock lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
  if (pages < moved_) moved_ = 0;  // the log was begun anew
  const std::uint64_t left = size - moved_ * page_size_;
  if (size >= limits_.most) {
    changed_.wait(lock, [this] { return !working_ && !wanted_; });
    finish_log();
  } else if (!working_ && !wanted_) {
    if (size >= limits_.restart && left <= limits_.rest) {
      finish_log();
    } else if (left >= limits_.begin || size >= limits_.restart) {
      wanted_ = true;
      if (!thread_) thread_.emplace([this](const std::stop_token& stop) { run(stop); });
      changed_.notify_all();
    }
  }
}

// Where a reader needs older pages some stay, and the log goes on growing.
void Checkpointer::finish_log() {
  if (const auto moved = writer_.checkpoint()) moved_ = *moved;
}

void Checkpointer::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  try {
    Database database(path_, Database::Mode::kReadWrite);
    // A connection that has not read yet knows of no log, and finds nothing to move.
    database.integer("SELECT count(*) FROM sqlite_schema");
    while (changed_.wait(lock, stop, [this] { return wanted_; })) {
      wanted_ = false;
      working_ = true;
      lock.unlock();
      const auto moved = database.checkpoint();
      lock.lock();
      if (moved) moved_ = *moved;
      working_ = false;
      changed_.notify_all();
    }
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    failure_ = std::current_exception();
    wanted_ = working_ = false;
    changed_.notify_all();
  }
}

}  // namespace evtxhound::casefile
