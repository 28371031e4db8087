// What was found: hits by indicator and by host, detections by rule.
#include <fmt/format.h>

#include "evtxhound/casefile/common_sql.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::casefile::report {
namespace {

constexpr int kLines = 200;

std::string by_indicator(Database& database) {
  Table table("Hits by indicator", {{"Severity"},
                                    {"Kind"},
                                    {"Indicator", "mono"},
                                    {"Hits", "num"},
                                    {"Hosts", "num"},
                                    {"First seen"},
                                    {"Last seen"},
                                    {"What it is", "long"},
                                    {"Pack"}});
  Statement rows(
      database,
      fmt::format(
          "SELECT severity, kind, value, count(*), {}, {}, {}, description, pack FROM v_hits GROUP "
          "BY indicator_id ORDER BY {}, count(*) DESC, value, kind LIMIT {}",
          kHostCount, kFirstSeen, kLastSeen, rank_of("severity"), kLines));
  while (rows.step()) {
    table.row({severity(rows.text(0)), text(rows.text(1)), text(rows.text(2)),
               number(rows.integer(3)), number(rows.integer(4)), time(rows.text(5)),
               time(rows.text(6)), text(rows.text(7)), text(rows.text(8))});
  }
  table.note(left_out(kLines, database.integer("SELECT count(DISTINCT indicator_id) FROM hit"),
                      "SELECT kind, value, count(*) FROM v_hits GROUP BY indicator_id"));
  return table.html("No indicator was found.");
}

std::string by_host(Database& database) {
  Table table("Hits and detections by host", {{"Host", "mono"},
                                              {"Hits", "num"},
                                              {"Indicators", "num"},
                                              {"Detections", "num"},
                                              {"Events", "num"},
                                              {"First seen"},
                                              {"Last seen"}});
  const std::string marked =
      "(SELECT event_id, computer, time_created, (SELECT count(*) FROM hit WHERE hit.event_id = "
      "event.event_id) AS hits, (SELECT count(*) FROM detection WHERE detection.event_id = "
      "event.event_id) AS detections FROM event WHERE event_id IN (SELECT event_id FROM hit UNION "
      "SELECT event_id FROM detection))";
  Statement rows(
      database,
      fmt::format(
          "WITH found AS (SELECT lower(computer) AS host, count(DISTINCT indicator_id) AS "
          "indicators FROM v_hits GROUP BY 1) SELECT computer, sum(hits), "
          "coalesce(max(indicators), 0), sum(detections), count(*), {}, {} FROM {} LEFT JOIN found "
          "ON host = lower(computer) GROUP BY lower(computer) ORDER BY sum(hits) DESC, "
          "sum(detections) DESC, computer LIMIT {}",
          kFirstSeen, kLastSeen, marked, kLines));
  while (rows.step()) {
    const std::string host = rows.text(0);
    table.row({host.empty() ? "(not named)" : text(host), number(rows.integer(1)),
               number(rows.integer(2)), number(rows.integer(3)), number(rows.integer(4)),
               time(rows.text(5)), time(rows.text(6))});
  }
  table.note(left_out(kLines,
                      database.integer("SELECT count(DISTINCT lower(computer)) FROM " + marked),
                      "SELECT computer, count(*) FROM v_timeline GROUP BY lower(computer)"));
  return table.html("No host has a hit or a detection.");
}

std::string by_rule(Database& database) {
  Table table("Detections by rule", {{"Level"},
                                     {"Rule", "long"},
                                     {"ATT&CK", "mono"},
                                     {"Events", "num"},
                                     {"Hosts", "num"},
                                     {"First seen"},
                                     {"Last seen"}});
  Statement rows(
      database, fmt::format("SELECT level, title, attack, count(DISTINCT event_id), count(DISTINCT "
                            "lower(computer)), min(time_created), max(time_created) FROM "
                            "v_detections GROUP BY rule_id ORDER BY {}, count(*) DESC, title LIMIT "
                            "{}",
                            rank_of("level"), kLines));
  while (rows.step()) {
    table.row({severity(rows.text(0)), text(rows.text(1)), text(rows.text(2)),
               number(rows.integer(3)), number(rows.integer(4)), time(rows.text(5)),
               time(rows.text(6))});
  }
  table.note(left_out(kLines, database.integer("SELECT count(DISTINCT rule_id) FROM detection"),
                      "SELECT title, count(*) FROM v_detections GROUP BY rule_id"));
  const std::int64_t rules = database.integer("SELECT count(*) FROM rule");
  return table.html(rules == 0
                        ? "No rule was evaluated."
                        : fmt::format("None of {} rules is fulfilled by an event.", number(rules)));
}

}  // namespace

std::string hits(Database& database) {
  return "<h3>By indicator</h3>\n" + by_indicator(database) + "<h3>By host</h3>\n" +
         by_host(database) + "<h3>Detections by rule</h3>\n" + by_rule(database);
}

}  // namespace evtxhound::casefile::report
