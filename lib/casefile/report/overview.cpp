// What a reader sees first: the figures, and the five detections of the story.
#include <fmt/format.h>

#include "evtxhound/base/human.hpp"
#include "evtxhound/casefile/common_sql.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::casefile::report {
namespace {

// Of a row of `event`: whether it has a hit or a detection.
constexpr std::string_view kConcerned =
    "event_id IN (SELECT event_id FROM hit UNION SELECT event_id FROM detection)";

std::string figure(const std::string& value, std::string_view name) {
  return fmt::format("<div><dd>{}</dd><dt>{}</dt></div>\n", value, name);
}

// What a reader has to know before believing a figure.
std::string reservations(Database& database) {
  std::string out;
  const auto say = [&out](const std::string& html) { out += "<li>" + html + "</li>\n"; };
  if (database.integer("SELECT count(*) FROM run") == 0) say("No scan has written this case file.");
  const std::int64_t unended = database.integer("SELECT count(*) FROM run WHERE ended IS NULL");
  if (unended > 0) {
    say(fmt::format("{} not come to an end: what it did not reach is not in this report.",
                    unended == 1 ? "One scan has" : number(unended) + " scans have"));
  }
  const std::int64_t uncounted = count_uncounted(database);
  if (uncounted > 0) {
    say(
        fmt::format("The events of {} were not counted: of data sources that seem to be missing, "
                    "nothing can be said.",
                    counted(uncounted, "evidence file", "evidence files")));
  }
  const std::int64_t problems = database.integer("SELECT count(*) FROM problem");
  if (problems > 0) {
    say(fmt::format("{} could not be read or {} in doubt: <a href=\"#problems\">Problems</a>.",
                    counted(problems, "place", "places"), problems == 1 ? "is" : "are"));
  }
  const std::int64_t unhashed = database.integer(
      fmt::format("SELECT count(*) FROM evidence WHERE {} AND sha256 IS NULL", kHoldsEvents));
  if (unhashed > 0) {
    say(fmt::format("{} without a hash.", counted(unhashed, "evidence file is",
                                                  "evidence files "
                                                  "are")));
  }
  return out.empty() ? out : "<ul class=\"reservations\">\n" + out + "</ul>\n";
}

std::string state_mark(const std::string& state) {
  const std::string_view css = state == "found"           ? "found"
                               : state == "not found"     ? "clear"
                               : state == "source absent" ? "absent"
                                                          : "open";
  return fmt::format("<span class=\"state {}\">{}</span>", css, text(state));
}

std::string listed(const std::string& commas) {
  if (commas.empty()) return "–";
  std::string out;
  for (const char c : commas) out += c == ',' ? std::string(", ") : std::string(1, c);
  return text(out);
}

}  // namespace

std::string overview(Database& database) {
  const auto value = [&database](const char* sql) { return number(database.integer(sql)); };
  std::string out = "<dl class=\"figures\">\n";
  out += figure(value("SELECT count(*) FROM v_story WHERE state = 'found'") + " of " +
                    value("SELECT count(*) FROM v_story"),
                "detections of the story found");
  out += figure(value("SELECT count(*) FROM hit"), "hits");
  out += figure(value("SELECT count(DISTINCT indicator_id) FROM hit"), "indicators found");
  out += figure(value("SELECT count(*) FROM detection"), "detections by rules");
  out += figure(number(database.integer(
                    fmt::format("SELECT {} FROM event WHERE {}", kHostCount, kConcerned))),
                "hosts concerned");
  const bool counted_all = count_uncounted(database) == 0;
  out += figure((counted_all ? "" : "at least ") + value("SELECT sum(count) FROM census"),
                "events in the evidence");
  out += figure(
      number(database.integer(fmt::format("SELECT count(*) FROM evidence WHERE {}", kHoldsEvents))),
      "evidence files read");
  out += "</dl>\n";
  Statement span(database, fmt::format("SELECT {}, {}, count(*) FROM event WHERE {}", kFirstSeen,
                                       kLastSeen, kConcerned));
  if (span.step() && span.integer(2) > 0) {
    out += fmt::format("<p>First sign {}, last sign {}. All times are UTC.</p>\n",
                       time(span.text(0)), time(span.text(1)));
  } else {
    out += "<p>Nothing of what was looked for was found. All times are UTC.</p>\n";
  }
  return out + reservations(database);
}

std::string story(Database& database) {
  Table table("The five detections", {{"State"},
                                      {"Detection"},
                                      {"Type"},
                                      {"Events", "num"},
                                      {"Risk", "num"},
                                      {"First and last"},
                                      {"Hosts", "long"},
                                      {"Users", "long"},
                                      {"Data sources that are absent", "long"}});
  Statement rows(database,
                 "SELECT state, detection, type, count, risk, first_seen, last_seen, hosts, users, "
                 "absent FROM v_story");
  while (rows.step()) {
    table.row({state_mark(rows.text(0)), "<strong>" + text(rows.text(1)) + "</strong>",
               text(rows.text(2)), number(rows.integer(3)), number(rows.integer(4)),
               rows.is_null(5) ? "–" : time(rows.text(5)) + "<br>" + time(rows.text(6)),
               listed(rows.text(7)), listed(rows.text(8)),
               rows.is_null(9) ? "–" : text(rows.text(9))});
  }
  return table.html("The case file has no story.") +
         "<p class=\"note\"><b>found</b>: events fulfil the detection’s rule. <b>not found</b>: "
         "its "
         "rule was run on evidence that could have shown it, and no event fulfils it. <b>source "
         "absent</b>: the evidence has none of the events that it could be made from, so it could "
         "not have been found. <b>not evaluated</b>: no rule of this name was run. Risk is "
         "confidence × impact in percent, as the story rates them.</p>\n";
}

}  // namespace evtxhound::casefile::report
