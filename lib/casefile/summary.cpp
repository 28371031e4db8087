#include "evtxhound/casefile/summary.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/common_sql.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/sqlite.hpp"
#include "evtxhound/casefile/text_table.hpp"

namespace evtxhound::casefile {
namespace {

using Align = TextTable::Align;

constexpr std::string_view kBold = "\x1B[1m";
constexpr std::string_view kRed = "\x1B[1;31m";
constexpr std::string_view kYellow = "\x1B[33m";
constexpr std::string_view kReset = "\x1B[0m";

// How many lines of a list are shown before the rest is only counted.
constexpr int kHitLines = 50;
constexpr int kHostLines = 30;
constexpr int kEvidenceLines = 20;
constexpr int kPlaces = 3;
constexpr int kRunLines = 10;

// To the minute, as a person reads it: "2023-03-29 15:04".
std::string brief_time(const std::string& iso) {
  std::string out = iso.substr(0, iso.rfind(':'));
  const std::size_t t = out.find('T');
  if (t != std::string::npos) out[t] = ' ';
  return out.empty() ? "-" : out;
}

class Summary {
 public:
  Summary(Database& database, bool colour) : db_(database), colour_(colour) {}

  std::string write(const std::filesystem::path& path) {
    out_ =
        fmt::format("Case file {}, created {}. All times are UTC.\n\n", visible(path.string()),
                    visible(brief_time(db_.text("SELECT value FROM meta WHERE key = 'created'"))));
    verdict();
    hits();
    hosts();
    story();
    evidence();
    places("Signs of tampering", "finding", "detail");
    places("Problems", "problem", "message");
    runs();
    return std::move(out_);
  }

 private:
  void verdict();
  void hits();
  void hosts();
  void story();
  void evidence();
  // Rows of a table by kind, each kind with its first places. `text` is the column that says what
  // is there.
  void places(std::string_view title, std::string_view table, std::string_view text);
  void runs();

  std::string verdict_of_hits();
  std::string verdict_of_none();
  // How many events the evidence holds, in words.
  std::string events();

  [[nodiscard]] std::string paint(std::string_view colour, const std::string& text) const {
    return colour_ ? fmt::format("{}{}{}", colour, text, kReset) : text;
  }

  [[nodiscard]] std::string severity_colour(const std::string& severity) const {
    if (!colour_) return {};
    if (severity == "critical" || severity == "high") return std::string(kRed);
    return severity == "medium" ? std::string(kYellow) : std::string();
  }

  void section(const std::string& title, const TextTable& table, std::int64_t all, int limit) {
    out_ += '\n' + paint(kBold, title) + '\n' + table.lines();
    if (all > limit) out_ += fmt::format("  … and {} more\n", grouped(all - limit));
  }

  Database& db_;
  bool colour_;
  std::string out_;
};

std::string Summary::verdict_of_hits() {
  Statement all(db_,
                fmt::format("SELECT count(*), count(DISTINCT indicator_id), {}, {}, {} FROM v_hits",
                            kHostCount, kFirstSeen, kLastSeen));
  all.step();
  std::string severities;
  Statement by_severity(
      db_, fmt::format("SELECT severity, count(*) FROM v_hits GROUP BY severity ORDER BY {}",
                       rank_of("severity")));
  while (by_severity.step()) {
    severities += fmt::format("{}{} {}", severities.empty() ? "" : ", ",
                              grouped(by_severity.integer(1)), by_severity.text(0));
  }
  return fmt::format(
      "{} of {} on {}, first {}, last {} ({}).", counted(all.integer(0), "hit", "hits"),
      counted(all.integer(1), "indicator", "indicators"), counted(all.integer(2), "host", "hosts"),
      visible(brief_time(all.text(3))), visible(brief_time(all.text(4))), severities);
}

// Says no more than what was looked for and where.
std::string Summary::verdict_of_none() {
  std::string packs;
  Statement by_pack(db_, "SELECT pack, count(*) FROM indicator GROUP BY pack ORDER BY pack");
  while (by_pack.step()) {
    packs += fmt::format("{}{} ({})", packs.empty() ? "" : ", ", visible(by_pack.text(0)),
                         counted(by_pack.integer(1), "indicator", "indicators"));
  }
  if (packs.empty()) return "No indicators have been looked for.";
  const std::int64_t files =
      db_.integer(fmt::format("SELECT count(*) FROM evidence WHERE {}", kHoldsEvents));
  if (files == 0) return "No evidence has been read: nothing can be said about it.";
  return fmt::format("{} indicator of the {} {} was found in {} of {}.",
                     is_last_scan_complete(db_) ? "No" : "So far, no",
                     packs.find(", ") == std::string::npos ? "pack" : "packs", packs, events(),
                     counted(files, "evidence file", "evidence files"));
}

std::string Summary::events() {
  if (count_uncounted(db_) > 0) return "the events (not counted)";
  return counted(db_.integer("SELECT sum(count) FROM census"), "event", "events");
}

void Summary::verdict() {
  const bool found = db_.integer("SELECT EXISTS (SELECT 1 FROM hit)") != 0;
  out_ += found ? paint(kRed, verdict_of_hits()) : paint(kBold, verdict_of_none());
  out_ += '\n';
  const std::int64_t problems = db_.integer("SELECT count(*) FROM problem");
  if (problems > 0) {
    out_ += paint(kYellow, fmt::format("Not everything could be read: {}, below.",
                                       counted(problems, "problem", "problems"))) +
            '\n';
  }
  if (!is_last_scan_complete(db_)) {
    out_ +=
        paint(kYellow, "The last scan has not come to its end: not all evidence has been read.") +
        '\n';
  }
}

void Summary::hits() {
  TextTable table({{"Severity"},
                   {"Kind"},
                   {"Indicator", Align::kLeft, 32},
                   {"Hits", Align::kRight},
                   {"Hosts", Align::kRight},
                   {"First seen"},
                   {"Last seen"},
                   {"Description"}});
  Statement rows(
      db_,
      fmt::format("SELECT severity, kind, value, count(*), {}, {}, {}, description FROM v_hits "
                  "GROUP BY indicator_id ORDER BY {}, count(*) DESC, value, kind LIMIT {}",
                  kHostCount, kFirstSeen, kLastSeen, rank_of("severity"), kHitLines));
  while (rows.step()) {
    table.add({rows.text(0), rows.text(1), rows.text(2), grouped(rows.integer(3)),
               grouped(rows.integer(4)), brief_time(rows.text(5)), brief_time(rows.text(6)),
               rows.text(7)},
              severity_colour(rows.text(0)));
  }
  if (table.empty()) return;
  section("Hits by indicator", table, db_.integer("SELECT count(DISTINCT indicator_id) FROM hit"),
          kHitLines);
}

void Summary::hosts() {
  TextTable table({{"Host", Align::kLeft, 60},
                   {"Hits", Align::kRight},
                   {"Indicators", Align::kRight},
                   {"Events", Align::kRight},
                   {"First seen"},
                   {"Last seen"}});
  Statement rows(
      db_, fmt::format("SELECT computer, count(*), count(DISTINCT indicator_id), "
                       "count(DISTINCT event_id), {}, {} FROM v_hits GROUP BY lower(computer) "
                       "ORDER BY count(*) DESC, computer LIMIT {}",
                       kFirstSeen, kLastSeen, kHostLines));
  while (rows.step()) {
    const std::string host = rows.text(0);
    table.add({host.empty() ? "(not named)" : host, grouped(rows.integer(1)),
               grouped(rows.integer(2)), grouped(rows.integer(3)), brief_time(rows.text(4)),
               brief_time(rows.text(5))});
  }
  if (table.empty()) return;
  section("Hosts", table, db_.integer("SELECT count(DISTINCT lower(computer)) FROM v_hits"),
          kHostLines);
}

void Summary::story() {
  TextTable table({{"State"},
                   {"Type"},
                   {"Detection"},
                   {"Events", Align::kRight},
                   {"Risk", Align::kRight},
                   {"First seen"},
                   {"Hosts"}});
  Statement rows(db_, "SELECT state, type, detection, count, risk, first_seen, hosts FROM v_story");
  while (rows.step()) {
    const std::string state = rows.text(0);
    table.add({state, rows.text(1), rows.text(2), grouped(rows.integer(3)),
               grouped(rows.integer(4)), brief_time(rows.text(5)), rows.text(6)},
              state == "found" && colour_ ? std::string(kRed) : std::string());
  }
  section("Detections of the story \"3CX Supply Chain Attack\"", table, 0, 0);
}

void Summary::evidence() {
  Statement total(db_,
                  "SELECT count(*), sum(size), count(same_as) FROM evidence WHERE kind NOT IN "
                  "('folder', 'file')");
  total.step();
  std::string title =
      fmt::format("Evidence read: {}, {}, {}", counted(total.integer(0), "file", "files"),
                  human_size(static_cast<std::uint64_t>(total.integer(1))), events());
  if (total.integer(2) > 0) {
    title += fmt::format(" ({} of content that another one has too)",
                         counted(total.integer(2), "file", "files"));
  }
  const bool hosts = db_.integer("SELECT count(host) FROM evidence") > 0;
  std::vector<TextTable::Column> columns{{"Hits", Align::kRight},
                                         {"Events", Align::kRight},
                                         {"Size", Align::kRight},
                                         {"SHA-256", Align::kLeft, 17}};
  if (hosts) columns.push_back({"Host", Align::kLeft, 20});
  columns.push_back({"File"});
  TextTable table(std::move(columns));
  Statement rows(
      db_, fmt::format(
               "SELECT (SELECT count(*) FROM hit JOIN event USING (event_id) WHERE "
               "event.evidence_id = evidence.evidence_id) AS hits, (SELECT sum(count) FROM census "
               "WHERE census.evidence_id = evidence.evidence_id), size, sha256, path, host FROM "
               "evidence "
               "WHERE {} ORDER BY hits DESC, path, evidence_id LIMIT {}",
               kHoldsEvents, kEvidenceLines));
  while (rows.step()) {
    std::vector<std::string> cells{grouped(rows.integer(0)),
                                   rows.is_null(1) ? "-" : grouped(rows.integer(1)),
                                   human_size(static_cast<std::uint64_t>(rows.integer(2))),
                                   rows.is_null(3) ? "-" : rows.text(3)};
    if (hosts) cells.push_back(rows.is_null(5) ? "-" : rows.text(5));
    cells.push_back(rows.text(4));
    table.add(cells);
  }
  if (!table.empty()) section(title, table, total.integer(0), kEvidenceLines);
}

void Summary::places(std::string_view title, std::string_view table, std::string_view text) {
  Statement kinds(db_, fmt::format("SELECT kind, count(*) FROM {} GROUP BY kind ORDER BY count(*) "
                                   "DESC, kind",
                                   table));
  Statement places(db_,
                   fmt::format("SELECT path, byte_offset, {0}.{1} FROM {0} JOIN evidence USING "
                               "(evidence_id) WHERE {0}.kind = ? ORDER BY {0}_id LIMIT {2}",
                               table, text, kPlaces));
  bool first = true;
  while (kinds.step()) {
    if (first) out_ += '\n' + paint(kBold, std::string(title)) + '\n';
    first = false;
    const std::string kind = kinds.text(0);
    out_ += fmt::format("  {} {}\n", grouped(kinds.integer(1)), paint(kYellow, visible(kind)));
    places.bind(kind);
    while (places.step()) {
      const std::string at = places.is_null(1) ? "" : fmt::format(" @ {:#x}", places.integer(1));
      out_ += "    " +
              cut(fmt::format("{}{}: {}", visible(places.text(0)), at, visible(places.text(2))),
                  kTableWidth - 4) +
              '\n';
    }
    places.reset();
    if (kinds.integer(1) > kPlaces) {
      out_ += fmt::format("    … and {} more\n", grouped(kinds.integer(1) - kPlaces));
    }
  }
}

void Summary::runs() {
  TextTable table({{"Started"},
                   {"Ended"},
                   {"Exit", Align::kRight},
                   {"Files", Align::kRight},
                   {"Events", Align::kRight},
                   {"Hits", Align::kRight},
                   {"Packs", Align::kLeft, 40},
                   {"Command"}});
  Statement rows(
      db_, fmt::format("SELECT started, ended, exit_status, files_read, events_read, hits, "
                       "(SELECT group_concat(json_extract(value, '$.name'), ', ') FROM json_each("
                       "CASE WHEN json_valid(packs) THEN packs ELSE '[]' END)), command_line FROM "
                       "run ORDER BY run_id DESC LIMIT {}",
                       kRunLines));
  while (rows.step()) {
    const auto number = [&rows](int column) {
      return rows.is_null(column) ? std::string("-") : grouped(rows.integer(column));
    };
    table.add({brief_time(rows.text(0)), rows.is_null(1) ? "not ended" : brief_time(rows.text(1)),
               number(2), number(3), number(4), number(5), rows.text(6), rows.text(7)});
  }
  if (table.empty()) return;
  section("Runs, the last first", table, db_.integer("SELECT count(*) FROM run"), kRunLines);
}

}  // namespace

std::string summarize(const std::filesystem::path& case_file, bool colour) {
  Database database = open_case_to_read(case_file);
  // One read transaction: a scan that writes meanwhile must not change the figures between lines.
  database.execute("BEGIN");
  return Summary(database, colour).write(case_file);
}

}  // namespace evtxhound::casefile
