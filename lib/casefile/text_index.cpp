#include "evtxhound/casefile/text_index.hpp"

#include <string>
#include <string_view>

namespace evtxhound::embedded {
extern const std::string_view kTextIndex;
}  // namespace evtxhound::embedded

namespace evtxhound::casefile {

std::uint64_t build_text_index(Database& database) {
  database.execute("BEGIN IMMEDIATE");
  try {
    if (database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'event_text'") == 0) {
      database.execute(std::string(embedded::kTextIndex));
    }
    database.execute("INSERT INTO event_text (event_text) VALUES ('rebuild')");
    database.execute("INSERT INTO event_text (event_text) VALUES ('optimize')");
    database.execute("COMMIT");
  } catch (...) {
    if (database.in_transaction()) database.try_execute("ROLLBACK");
    throw;
  }
  return static_cast<std::uint64_t>(database.integer("SELECT count(*) FROM event"));
}

}  // namespace evtxhound::casefile
