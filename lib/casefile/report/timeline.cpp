// The events with a hit or a detection, in the order of time: a table for every reader, and data
// that the report's script draws and filters.
#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "evtxhound/base/terminal_text.hpp"
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

struct Chosen {
  std::int64_t event;
  std::size_t rank;
};

// The events that the report holds, in the order of time.
std::vector<Chosen> choose(Database& database, const std::string& ranked, std::size_t most) {
  std::vector<Chosen> out;
  Statement rows(database,
                 fmt::format("SELECT event_id, rank FROM (SELECT event_id, rank, time_created FROM "
                             "({}) JOIN event USING (event_id) ORDER BY rank, time_created, "
                             "event_id LIMIT {}) ORDER BY time_created, event_id",
                             ranked, most));
  while (rows.step()) {
    out.push_back({rows.integer(0), static_cast<std::size_t>(rows.integer(1))});
  }
  return out;
}

std::string shown_by_severity(Database& database, const std::string& ranked,
                              const std::vector<Chosen>& chosen) {
  std::array<std::int64_t, kSeverities.size()> shown{};
  for (const Chosen& event : chosen) ++shown.at(event.rank);
  std::string out;
  Statement all(database,
                fmt::format("SELECT rank, count(*) FROM ({}) GROUP BY rank ORDER BY rank", ranked));
  while (all.step()) {
    const auto rank = static_cast<std::size_t>(all.integer(0));
    out += fmt::format("{}{} of {} {}", out.empty() ? "" : ", ", number(shown.at(rank)),
                       number(all.integer(1)), kSeverities.at(rank));
  }
  return out;
}

}  // namespace

Timeline timeline(Database& database, std::size_t most_events) {
  const std::string ranked =
      fmt::format(fmt::runtime(kRanked), rank_of("severity"), rank_of("level"));
  const std::vector<Chosen> chosen = choose(database, ranked, most_events);
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
  Statement row(database,
                "SELECT time_created, computer, event_code, channel, hits, detections, process, "
                "detail, user_sid, record_id, evidence, byte_offset FROM v_timeline WHERE event_id "
                "= ?");
  for (const Chosen& event : chosen) {
    row.bind(event.event);
    if (row.step()) {
      Json line = {row.text(0), event.rank, texts.number(row.text(1))};
      line.push_back(row.is_null(2) ? Json(nullptr) : Json(row.integer(2)));
      for (const int column : {3, 4, 5, 6, 7, 8, 10}) {
        line.push_back(texts.number(row.text(column)));
      }
      line.push_back(std::to_string(row.integer(9)));
      line.push_back(row.integer(11));
      events.push_back(std::move(line));
      if (events.size() <= kLines) {
        std::string found = text(row.text(5));
        if (!found.empty() && !row.text(4).empty()) found += "<br>";
        found += text(row.text(4));
        table.row({time(row.text(0)), severity(kSeverities.at(event.rank)), text(row.text(1)),
                   (row.is_null(2) ? std::string() : std::to_string(row.integer(2)) + " ") +
                       "<small>" + text(row.text(3)) + "</small>",
                   found, text(row.text(6)) + "<br>" + text(row.text(7)),
                   fmt::format("{}<br><small>record {}, byte {:#x}</small>", text(row.text(10)),
                               row.integer(9), row.integer(11))});
      }
    }
    row.reset();
  }
  const auto shown = static_cast<std::int64_t>(events.size());
  if (events.size() > kLines) {
    table.note(
        fmt::format("<span id=\"cut\">The first {} of these events. With JavaScript, all {} "
                    "that are in this report can be seen, filtered and zoomed.</span>",
                    kLines, number(shown)));
  }
  Timeline out;
  out.section = explained(shown, all, shown_by_severity(database, ranked, chosen)) +
                "<div id=\"chart\" hidden></div>\n" +
                table.html("No event has a hit or a detection.", "events");
  out.data = json_for_script({{"texts", texts.list()}, {"events", std::move(events)}});
  return out;
}

}  // namespace evtxhound::casefile::report
