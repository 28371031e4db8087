// What the evidence could show at all: its data sources, and what of it could not be read.
#include <fmt/format.h>

#include "evtxhound/base/human.hpp"
#include "evtxhound/casefile/common_sql.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::casefile::report {
namespace {

constexpr int kCensusLines = 100;
constexpr int kPlaces = 25;  // of one kind of problem
constexpr int kFindings = 200;

std::string story_sources(Database& database) {
  const bool whole = count_uncounted(database) == 0;
  Table table("Data sources of the story’s detections", {{"State"},
                                                         {"Source"},
                                                         {"Detection", "long"},
                                                         {"Events", "num"},
                                                         {"Files", "num"},
                                                         {"First"},
                                                         {"Last"}});
  Statement rows(
      database,
      "SELECT s.source, s.title, coalesce(sum(c.count), 0), count(DISTINCT c.evidence_id), "
      "min(nullif(c.first_seen, '')), max(c.last_seen) FROM story_source AS s JOIN story_detection "
      "AS d USING (title) LEFT JOIN census AS c ON c.provider = s.provider AND c.event_code IS "
      "s.event_code GROUP BY s.title, s.source ORDER BY d.position, s.source");
  while (rows.step()) {
    const bool present = rows.integer(2) > 0;
    const std::string_view state = present ? "present" : whole ? "missing" : "not known";
    table.row({fmt::format("<span class=\"state {}\">{}</span>",
                           present ? "present"
                           : whole ? "absent"
                                   : "open",
                           state),
               text(rows.text(0)), text(rows.text(1)), number(rows.integer(2)),
               number(rows.integer(3)), time(rows.text(4)), time(rows.text(5))});
  }
  table.note(
      "One of a detection’s sources is enough to make it. <b>missing</b>: the evidence holds "
      "not one such event.");
  return table.html("The case file has no story.");
}

std::string census(Database& database) {
  Table table("What events the evidence holds, hit or not", {{"Channel", "long"},
                                                             {"Provider", "long"},
                                                             {"Event", "num"},
                                                             {"Events", "num"},
                                                             {"Files", "num"},
                                                             {"First"},
                                                             {"Last"}});
  Statement rows(
      database,
      fmt::format("SELECT channel, provider, event_code, sum(count), count(DISTINCT evidence_id), "
                  "min(nullif(first_seen, '')), max(last_seen) FROM census GROUP BY channel, "
                  "provider, event_code ORDER BY sum(count) DESC, channel, provider, event_code "
                  "LIMIT {}",
                  kCensusLines));
  while (rows.step()) {
    table.row({text(rows.text(0)), text(rows.text(1)),
               rows.is_null(2) ? "–" : std::to_string(rows.integer(2)), number(rows.integer(3)),
               number(rows.integer(4)), time(rows.text(5)), time(rows.text(6))});
  }
  table.note(left_out(
      kCensusLines,
      database.integer("SELECT count(*) FROM (SELECT DISTINCT channel, provider, event_code FROM "
                       "census)"),
      "SELECT channel, provider, event_code, sum(count) FROM census GROUP BY 1, 2, 3"));
  return table.html("No events were counted.");
}

// The places of one kind, in a table of their own.
std::string places(Database& database, const std::string& kind, std::int64_t all) {
  Table table("Problems of the kind " + kind,
              {{"Evidence", "long mono"}, {"Byte", "num"}, {"What was found there", "long"}});
  Statement rows(database,
                 fmt::format("SELECT path, byte_offset, message FROM problem JOIN evidence "
                             "USING (evidence_id) WHERE problem.kind = ? ORDER BY path, "
                             "byte_offset, problem_id LIMIT {}",
                             kPlaces));
  rows.bind(kind);
  while (rows.step()) {
    table.row({text(rows.text(0)), rows.is_null(1) ? "–" : fmt::format("{:#x}", rows.integer(1)),
               text(rows.text(2))});
  }
  table.note(left_out(kPlaces, all, "SELECT * FROM problem ORDER BY kind"));
  return fmt::format("<details><summary><b>{}</b> {}</summary>\n{}</details>\n", text(kind),
                     counted(all, "place", "places"), table.html(""));
}

std::string findings(Database& database) {
  Table table("Signs of tampering, gaps",
              {{"Kind"}, {"Evidence", "long mono"}, {"Byte", "num"}, {"Detail", "long"}});
  Statement rows(database,
                 fmt::format("SELECT finding.kind, path, byte_offset, detail FROM finding "
                             "JOIN evidence USING (evidence_id) ORDER BY finding.kind, "
                             "path, byte_offset, finding_id LIMIT {}",
                             kFindings));
  while (rows.step()) {
    table.row({text(rows.text(0)), text(rows.text(1)),
               rows.is_null(2) ? "–" : fmt::format("{:#x}", rows.integer(2)), text(rows.text(3))});
  }
  table.note(left_out(kFindings, database.integer("SELECT count(*) FROM finding"),
                      "SELECT * FROM finding"));
  return table.html("The case file holds no such signs.");
}

}  // namespace

std::string sources(Database& database) {
  return story_sources(database) + "<h3>All events, by channel</h3>\n" + census(database);
}

std::string problems(Database& database) {
  std::string out;
  Statement kinds(database,
                  "SELECT kind, count(*) FROM problem GROUP BY kind ORDER BY count(*) DESC, kind");
  while (kinds.step()) out += places(database, kinds.text(0), kinds.integer(1));
  if (out.empty()) out = "<p class=\"none\">Everything was read without a problem.</p>\n";
  return out + "<h3>Signs of tampering</h3>\n" + findings(database);
}

}  // namespace evtxhound::casefile::report
