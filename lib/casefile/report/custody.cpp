// Who did what to which evidence: runs, packs, hashes.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evtxhound/base/human.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::casefile::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRuns = 50;
constexpr int kEvidence = 2000;

// A column that holds JSON, or an empty array where it does not: a case file can come from
// anywhere.
Json parsed(const std::string& column) {
  Json json = Json::parse(column, nullptr, false);
  return json.is_discarded() ? Json::array() : json;
}

// A member as text, whatever it is.
std::string member(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) return "–";
  const Json& value = object[name];
  if (value.is_string()) return text(value.get<std::string>());
  return text(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string packs(const std::string& column) {
  Table table("Indicator packs",
              {{"Pack"}, {"File", "mono long"}, {"SHA-256", "hash"}, {"Indicators", "num"}});
  for (const Json& pack : parsed(column)) {
    const std::string path = member(pack, "path");
    table.row({member(pack, "name"), path.empty() ? "compiled in" : path, member(pack, "sha256"),
               member(pack, "indicators")});
  }
  return table.html("No indicator pack.");
}

std::string rules(const std::string& column) {
  Table table("Rules", {{"File or folder", "mono long"}, {"Rules", "num"}, {"Refused", "num"}});
  for (const Json& rule : parsed(column)) {
    table.row({member(rule, "path"), member(rule, "rules"), member(rule, "refused")});
  }
  return table.html("No rules.");
}

std::string libraries(const std::string& column) {
  std::string out;
  const Json json = parsed(column);
  if (!json.is_object()) return "–";
  for (const auto& [name, version] : json.items()) {
    out += (out.empty() ? "" : ", ") + text(name) + " " + member(json, name.c_str());
  }
  return out;
}

std::string outcome(const Statement& run, int column) {
  if (run.is_null(column)) return "has not ended, or was cut off";
  switch (run.integer(column)) {
    case 0:
      return "0: everything was read";
    case 1:
      return "1: done, with problems";
    case 3:
      return "3: could not go on";
    case 130:
      return "130: stopped by Ctrl-C";
    default:
      return std::to_string(run.integer(column));
  }
}

std::string runs(Database& database) {
  std::string out;
  Statement run(
      database,
      fmt::format(
          "SELECT run_id, started, ended, exit_status, user, host, tool_version, "
          "library_versions, command_line, packs, rules, files_seen, files_read, "
          "files_skipped, bytes_read, events_read, hits, detections, problems FROM run ORDER "
          "BY started, run_id LIMIT {}",
          kRuns));
  while (run.step()) {
    const auto line = [](std::string_view name, const std::string& html) {
      return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
    };
    const auto figure = [&run](int column) {
      return run.is_null(column) ? std::string("–") : number(run.integer(column));
    };
    out += fmt::format("<section class=\"run\"><h4>Run {}</h4>\n<dl class=\"facts\">\n",
                       number(run.integer(0)));
    out += line("Started", time(run.text(1))) + line("Ended", time(run.text(2))) +
           line("Outcome", outcome(run, 3)) +
           line("By", text(run.text(4)) + " on " + text(run.text(5))) +
           line("Program", "evtxhound " + text(run.text(6)) + " <small>(" + libraries(run.text(7)) +
                               ")</small>") +
           line("Command line", "<code>" + text(run.text(8)) + "</code>") +
           line("Files", fmt::format("{} seen, {} read, {} of no kind that can be read", figure(11),
                                     figure(12), figure(13))) +
           line("Read", fmt::format("{} bytes, {} events", figure(14), figure(15))) +
           line("Found", fmt::format("{} hits, {} detections, {} problems", figure(16), figure(17),
                                     figure(18)));
    out += "</dl>\n" + packs(run.text(9)) + rules(run.text(10)) + "</section>\n";
  }
  if (out.empty()) return "<p class=\"none\">No scan has written this case file.</p>\n";
  const std::string note =
      left_out(kRuns, database.integer("SELECT count(*) FROM run"), "SELECT * FROM run");
  return note.empty() ? out : out + "<p class=\"note\">" + note + "</p>\n";
}

std::string merged_from(Database& database) {
  Table table("Case files that were merged into this one",
              {{"Case file", "mono long"}, {"SHA-256", "hash"}, {"Merged"}, {"By"}});
  Statement notes(database,
                  "SELECT substr(key, 8), value FROM meta WHERE key GLOB 'merged *' ORDER BY key");
  while (notes.step()) {
    const Json note = parsed(notes.text(1));
    const bool dated = note.is_object() && note.contains("merged") && note["merged"].is_string();
    table.row({member(note, "path"), text(notes.text(0)),
               dated ? time(note["merged"].get<std::string>()) : "–",
               member(note, "user") + " on " + member(note, "host")});
  }
  return table.empty() ? std::string() : "<h3>Merged from</h3>\n" + table.html("");
}

std::string evidence(Database& database) {
  Table table("Evidence", {{"Path", "mono long"},
                           {"Kind"},
                           {"Size in bytes", "num"},
                           {"SHA-256", "hash"},
                           {"Events", "num"},
                           {"Hits", "num"},
                           {"Taken from host"},
                           {"Same content as", "mono long"}});
  Statement rows(
      database,
      fmt::format("SELECT e.path, e.kind, e.size, e.sha256, (SELECT sum(count) FROM census WHERE "
                  "census.evidence_id = e.evidence_id), (SELECT count(*) FROM hit JOIN event USING "
                  "(event_id) WHERE event.evidence_id = e.evidence_id), o.path, e.host, "
                  "e.host_from FROM evidence AS e "
                  "LEFT JOIN evidence AS o ON o.evidence_id = e.same_as ORDER BY e.path, "
                  "e.evidence_id LIMIT {}",
                  kEvidence));
  while (rows.step()) {
    const auto figure = [&rows](int column) {
      return rows.is_null(column) ? std::string("–") : number(rows.integer(column));
    };
    const std::string host = rows.is_null(7) ? "–" : text(rows.text(7) + " (" + rows.text(8) + ")");
    table.row({text(rows.text(0)), text(rows.text(1)), figure(2),
               rows.is_null(3) ? "–" : text(rows.text(3)), figure(4), figure(5), host,
               rows.is_null(6) ? "–" : text(rows.text(6))});
  }
  table.note(left_out(kEvidence, database.integer("SELECT count(*) FROM evidence"),
                      "SELECT path, size, sha256 FROM evidence"));
  return table.html("No evidence has been read.");
}

}  // namespace

std::string custody(Database& database) {
  return "<h3>Runs</h3>\n" + runs(database) + merged_from(database) + "<h3>Evidence</h3>\n" +
         evidence(database);
}

}  // namespace evtxhound::casefile::report
