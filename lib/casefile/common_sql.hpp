// What several questions to a case file ask alike. Internal to lib/casefile.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// SQL: whether a row of `evidence` holds events, and does not only hold what does. views.sql says
// the same in v_story, question_views.sql in v_hosts.
inline constexpr std::string_view kHoldsEvents =
    "kind NOT IN ('folder', 'archive', 'image', 'volume', 'file')";

// SQL: 0 for "critical" to 4 for "informational" and what is unknown. `word` is SQL.
inline std::string rank_of(std::string_view word) {
  return fmt::format(
      "CASE {} WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 "
      "ELSE 4 END",
      word);
}

// SQL over events, or views of them: the first and the last time, NULL where none has any, and how
// many hosts are named. What stands outside of records (scan --raw) has neither time nor host.
inline constexpr std::string_view kFirstSeen = "min(nullif(time_created, ''))";
inline constexpr std::string_view kLastSeen = "max(nullif(time_created, ''))";
inline constexpr std::string_view kHostCount = "count(DISTINCT nullif(lower(computer), ''))";

// How many rows of `evidence` hold events that were not counted. While there are some, nobody can
// say what is not in the evidence.
inline std::int64_t count_uncounted(Database& database) {
  return database.integer(
      fmt::format("SELECT count(*) FROM evidence WHERE {} AND census_taken = 0", kHoldsEvents));
}

// Whether the last scan came to its end. One that was killed, or is running now, has no end; one
// that was stopped says so.
inline bool is_last_scan_complete(Database& database) {
  return database.integer(
             "SELECT coalesce((SELECT ended IS NOT NULL AND exit_status <> 130 FROM run ORDER BY "
             "run_id DESC LIMIT 1), 1)") != 0;
}

}  // namespace evtxhound::casefile
