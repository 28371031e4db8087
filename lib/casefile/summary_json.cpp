#include "evtxhound/casefile/summary_json.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/casefile/common_sql.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {
namespace {

using Json = nlohmann::ordered_json;

// A key and how its column is read.
struct Column {
  const char* key;
  enum { kText, kNumber } type;
};
constexpr auto kText = Column::kText;
constexpr auto kNumber = Column::kNumber;

Json value(const Statement& row, int column, const Column& as) {
  if (row.is_null(column)) return nullptr;
  if (as.type == kNumber) return row.integer(column);
  return valid_utf8(row.text(column));
}

// The first row as an object; NULL is null.
Json object(Database& database, const std::string& sql, std::initializer_list<Column> columns) {
  Statement row(database, sql);
  Json out = Json::object();
  if (!row.step()) return out;
  int i = 0;
  for (const Column& column : columns) {
    out[column.key] = value(row, i, column);
    ++i;
  }
  return out;
}

Json array(Database& database, const std::string& sql, std::initializer_list<Column> columns) {
  Statement rows(database, sql);
  Json all = Json::array();
  while (rows.step()) {
    Json out = Json::object();
    int i = 0;
    for (const Column& column : columns) {
      out[column.key] = value(rows, i, column);
      ++i;
    }
    all.push_back(std::move(out));
  }
  return all;
}

Json hits(Database& database) {
  return object(
      database,
      fmt::format(
          "SELECT count(*), count(DISTINCT indicator_id), {}, count(DISTINCT event_id), {}, "
          "{} FROM v_hits",
          kHostCount, kFirstSeen, kLastSeen),
      {{"count", kNumber},
       {"indicators", kNumber},
       {"hosts", kNumber},
       {"events", kNumber},
       {"first_seen", kText},
       {"last_seen", kText}});
}

Json hits_by_severity(Database& database) {
  Json out = {{"critical", 0}, {"high", 0}, {"medium", 0}, {"low", 0}, {"informational", 0}};
  Statement rows(database, "SELECT severity, count(*) FROM v_hits GROUP BY severity");
  while (rows.step()) out[valid_utf8(rows.text(0))] = rows.integer(1);
  return out;
}

Json indicators(Database& database) {
  return array(
      database,
      fmt::format("SELECT kind, value, product, pack, severity, description, count(*), {}, {}, {} "
                  "FROM hit JOIN indicator USING (indicator_id) JOIN event USING (event_id) GROUP "
                  "BY indicator_id ORDER BY {}, count(*) DESC, value, kind, product, pack",
                  kHostCount, kFirstSeen, kLastSeen, rank_of("severity")),
      {{"kind", kText},
       {"value", kText},
       {"product", kText},
       {"pack", kText},
       {"severity", kText},
       {"description", kText},
       {"hits", kNumber},
       {"hosts", kNumber},
       {"first_seen", kText},
       {"last_seen", kText}});
}

Json hosts(Database& database) {
  return array(database,
               fmt::format("SELECT min(computer), count(*), count(DISTINCT indicator_id), "
                           "count(DISTINCT event_id), {}, {} FROM v_hits GROUP BY lower(computer) "
                           "ORDER BY count(*) DESC, min(computer)",
                           kFirstSeen, kLastSeen),
               {{"host", kText},
                {"hits", kNumber},
                {"indicators", kNumber},
                {"events", kNumber},
                {"first_seen", kText},
                {"last_seen", kText}});
}

Json detections(Database& database) {
  return array(database,
               "SELECT title, uuid, rule.level, type, attack, count(*), count(DISTINCT "
               "lower(computer)), min(time_created), max(time_created) FROM detection JOIN rule "
               "USING (rule_id) JOIN event USING (event_id) GROUP BY rule_id ORDER BY title, uuid",
               {{"title", kText},
                {"uuid", kText},
                {"level", kText},
                {"type", kText},
                {"attack", kText},
                {"events", kNumber},
                {"hosts", kNumber},
                {"first_seen", kText},
                {"last_seen", kText}});
}

Json story(Database& database) {
  return array(database,
               "SELECT detection, type, state, count, risk, first_seen, last_seen, hosts, users, "
               "absent FROM v_story",
               {{"detection", kText},
                {"type", kText},
                {"state", kText},
                {"events", kNumber},
                {"risk", kNumber},
                {"first_seen", kText},
                {"last_seen", kText},
                {"hosts", kText},
                {"users", kText},
                {"absent", kText}});
}

Json evidence(Database& database) {
  Json out = object(
      database,
      fmt::format("SELECT count(*), coalesce(sum(size), 0), count(same_as) FROM evidence WHERE {}",
                  kHoldsEvents),
      {{"files", kNumber}, {"bytes", kNumber}, {"copies", kNumber}});
  // Nobody knows how many events there are where some evidence was not counted.
  const bool counted = count_uncounted(database) == 0;
  out["events"] =
      counted ? Json(database.integer("SELECT coalesce(sum(count), 0) FROM census")) : Json();
  out["events_stored"] = database.integer("SELECT count(*) FROM event");
  return out;
}

Json findings(Database& database) {
  return array(database, "SELECT kind, count(*) FROM finding GROUP BY kind ORDER BY kind",
               {{"kind", kText}, {"count", kNumber}});
}

Json problems(Database& database) {
  return array(database, "SELECT kind, count(*) FROM problem GROUP BY kind ORDER BY kind",
               {{"kind", kText}, {"count", kNumber}});
}

Json runs(Database& database) {
  return array(database,
               "SELECT run_id, started, ended, exit_status, files_read, events_read, hits, "
               "detections, problems, tool_version, host, user, command_line FROM run ORDER BY "
               "run_id",
               {{"run_id", kNumber},
                {"started", kText},
                {"ended", kText},
                {"exit_status", kNumber},
                {"files_read", kNumber},
                {"events_read", kNumber},
                {"hits", kNumber},
                {"detections", kNumber},
                {"problems", kNumber},
                {"tool_version", kText},
                {"host", kText},
                {"user", kText},
                {"command_line", kText}});
}

}  // namespace

std::string summarize_as_json(const std::filesystem::path& case_file) {
  Database database = open_case_to_read(case_file);
  database.execute("BEGIN");  // the same moment for all figures
  Json out;
  out["case_file"] = valid_utf8(case_file.string());
  out["schema_version"] = database.integer("PRAGMA user_version");
  out["created"] = valid_utf8(database.text("SELECT value FROM meta WHERE key = 'created'"));
  out["complete"] = is_last_scan_complete(database);
  out["hits"] = hits(database);
  out["hits_by_severity"] = hits_by_severity(database);
  out["indicators"] = indicators(database);
  out["hosts"] = hosts(database);
  out["detections"] = detections(database);
  out["story"] = story(database);
  out["evidence"] = evidence(database);
  out["findings"] = findings(database);
  out["problems"] = problems(database);
  out["runs"] = runs(database);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace evtxhound::casefile
