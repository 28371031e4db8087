// The events with a hit or a detection, in the order of time: a table for every reader, and data
// that the report's script draws and filters.
#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/common_sql.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::casefile::report {
namespace {

using Json = nlohmann::ordered_json;

// How many lines stand in the page itself, for a reader without JavaScript and for print.
constexpr std::size_t kLines = 200;

// By the rank of rank_of().
constexpr std::array<const char*, 5> kSeverities = {"critical", "high", "medium", "low",
                                                    "informational"};

constexpr std::string_view kRanked =
    "SELECT event_id, min(rank) AS rank FROM (SELECT event_id, {} AS rank FROM hit JOIN indicator "
    "USING (indicator_id) UNION ALL SELECT event_id, {} FROM detection JOIN rule USING (rule_id)) "
    "GROUP BY event_id";

constexpr std::string_view kColumns =
    "SELECT time_created, computer, event_code, channel, hits, detections, process, detail, "
    "record_id, evidence, byte_offset, rank, user_sid FROM v_timeline JOIN temp.chosen USING "
    "(event_id) ORDER BY time_created, event_id";

// Texts of the data by number, each once: hosts, logs and rules repeat from event to event.
class Texts {
 public:
  std::size_t number(const std::string& bytes) {
    const auto [at, is_new] = numbers_.try_emplace(bytes, numbers_.size());
    if (is_new) list_.push_back(visible(bytes));
    return at->second;
  }
  Json list() { return std::move(list_); }

 private:
  std::map<std::string, std::size_t> numbers_;
  Json list_ = Json::array();
};

std::string explained(std::int64_t shown, std::int64_t all, const std::string& by_severity) {
  if (all == 0) return {};
  const std::string rest =
      all <= shown ? fmt::format("All {} events that have a hit or a detection are in this report.",
                                 number(all))
                   : fmt::format(
                         "<strong>{} events have a hit or a detection; {} of them are in this "
                         "report, {} are "
                         "left out.</strong> Kept are the most severe, and of one severity the "
                         "earliest ({}). "
                         "All of them: <code>sqlite3 -readonly CASE.db &quot;SELECT * FROM "
                         "v_timeline&quot;</code>",
                         number(all), number(shown), number(all - shown), by_severity);
  return "<p class=\"note\">" + rest + "</p>\n";
}

// The events that the report holds, with their ranks, as temp.chosen.
void choose(Database& database, const std::string& ranked, std::size_t most) {
  database.execute(
      fmt::format("CREATE TEMP TABLE chosen AS SELECT event_id, rank FROM ({}) JOIN event USING "
                  "(event_id) ORDER BY rank, time_created, event_id LIMIT {}",
                  ranked, most));
}

std::string shown_by_severity(Database& database, const std::string& ranked) {
  std::string out;
  Statement all(database,
                fmt::format("SELECT rank, count(*), (SELECT count(*) FROM temp.chosen WHERE "
                            "chosen.rank = r.rank) FROM ({}) AS r GROUP BY rank ORDER BY rank",
                            ranked));
  while (all.step()) {
    out += fmt::format("{}{} of {} {}", out.empty() ? "" : ", ", number(all.integer(2)),
                       number(all.integer(1)),
                       kSeverities.at(static_cast<std::size_t>(all.integer(0))));
  }
  return out;
}

// A line of the table. `row` is of kColumns.
void add_line(Table& table, const Statement& row) {
  std::string found = text(row.text(5));
  if (!found.empty() && !row.text(4).empty()) found += "<br>";
  found += text(row.text(4));
  const std::string code = row.is_null(2) ? "" : std::to_string(row.integer(2)) + " ";
  table.row({time(row.text(0)), severity(kSeverities.at(static_cast<std::size_t>(row.integer(11)))),
             text(row.text(1)), code + "<small>" + text(row.text(3)) + "</small>", found,
             text(row.text(6)) + "<br>" + text(row.text(7)),
             fmt::format("{}<br><small>record {}, byte {:#x}</small>", text(row.text(9)),
                         row.integer(8), row.integer(10))});
}

// The same for the script: page.js names the places.
Json data_line(const Statement& row, Texts& texts) {
  Json line = {row.text(0), row.integer(11), texts.number(row.text(1))};
  line.push_back(row.is_null(2) ? Json(nullptr) : Json(row.integer(2)));
  for (const int column : {3, 4, 5, 6, 7, 12, 9}) line.push_back(texts.number(row.text(column)));
  line.push_back(std::to_string(row.integer(8)));  // a script's numbers end at 2^53
  line.push_back(row.integer(10));
  return line;
}

}  // namespace

Timeline timeline(Database& database, std::size_t most_events) {
  const std::string ranked =
      fmt::format(fmt::runtime(kRanked), rank_of("severity"), rank_of("level"));
  choose(database, ranked, most_events);
  const std::int64_t all = database.integer("SELECT count(*) FROM (" + ranked + ")");

  Table table("Events with a hit or a detection", {{"Time (UTC)", "when"},
                                                   {"Severity"},
                                                   {"Host", "mono"},
                                                   {"Event"},
                                                   {"What was found", "found"},
                                                   {"Process and detail", "long mono"},
                                                   {"Where", "long"}});
  Texts texts;
  Json events = Json::array();
  Statement row(database, kColumns);
  while (row.step()) {
    if (events.size() < kLines) add_line(table, row);
    events.push_back(data_line(row, texts));
  }
  const auto shown = static_cast<std::int64_t>(events.size());
  if (events.size() > kLines) {
    table.note(
        fmt::format("<span id=\"cut\">The first {} of these events. With JavaScript, all {} "
                    "that are in this report can be seen, filtered and zoomed.</span>",
                    kLines, number(shown)));
  }
  Timeline out;
  out.section = explained(shown, all, shown_by_severity(database, ranked)) +
                "<div id=\"chart\" hidden></div>\n" +
                table.html("No event has a hit or a detection.", "events");
  out.data = json_for_script({{"texts", texts.list()}, {"events", std::move(events)}});
  return out;
}

}  // namespace evtxhound::casefile::report
