#include "evtxhound/casefile/read_indexes.hpp"

#include <string>
#include <string_view>

namespace evtxhound::embedded {
extern const std::string_view kCaseIndexes;
}  // namespace evtxhound::embedded

namespace evtxhound::casefile {
namespace {

// Keeping an index costs so much more per event than making one.
constexpr std::uint64_t kKeepingOverMaking = 4;

}  // namespace

void drop_read_indexes(Database& database, std::uint64_t events_to_come) {
  // Event ids are given out without gaps.
  const auto events = database.integer("SELECT coalesce(max(event_id), 0) FROM event");
  if (events_to_come < static_cast<std::uint64_t>(events) / kKeepingOverMaking) return;
  database.execute("DROP INDEX IF EXISTS event_by_time; DROP INDEX IF EXISTS event_by_code");
}

void make_read_indexes(Database& database) {
  // What is sorted at a time is as large as the cache: little sorts faster, since the processor's
  // own cache holds it, and on threads of its own (a quarter less time in all).
  const std::int64_t usual = database.integer("PRAGMA cache_size");
  database.execute("PRAGMA cache_size = -8192");
  database.execute(std::string(embedded::kCaseIndexes));
  database.execute("PRAGMA cache_size = " + std::to_string(usual));
}

}  // namespace evtxhound::casefile
