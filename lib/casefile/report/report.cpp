#include "evtxhound/casefile/report/report.hpp"

#include <fmt/format.h>

#include <string_view>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/operator.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/plain_file.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::embedded {
extern const std::string_view kReportPage;
extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;
}  // namespace evtxhound::embedded

namespace evtxhound::casefile {
namespace {

namespace fs = std::filesystem;

// The case file's SHA-256, or why there is none. Before SQLite has it open: closing the file drops
// SQLite's locks.
std::string hash_of(const fs::path& case_file) {
  if (is_locked_here(case_file) || !log_beside(case_file).empty()) {
    return "not computed: the case file was being written";
  }
  const auto file = ReadOnlyFile::open(case_file);
  if (!file) return "not computed: " + file.problem().message;
  auto hash = sha256_of(*file, [](std::size_t) { return true; });
  return hash ? *hash : "not computed: " + hash.problem().message;
}

std::string head(Database& database, const fs::path& case_file, const std::string& sha256,
                 const ReportOptions& options) {
  const auto line = [](std::string_view name, const std::string& html) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
  };
  return line("Case file", "<code>" + report::text(fs::absolute(case_file).string()) + "</code>") +
         line("SHA-256 of the case file", "<code>" + report::text(sha256) + "</code>") +
         line("Case created",
              report::time(database.text("SELECT value FROM meta WHERE key = 'created'"))) +
         line("Report written", report::time(to_iso8601(filetime_now()))) +
         line("By", report::text(fmt::format("{} on {}, evtxhound {}", user_name(), host_name(),
                                             options.tool_version)));
}

}  // namespace

std::string render_report(const fs::path& case_file, const ReportOptions& options) {
  // Looked at first, so that what is no case file is refused before it is hashed.
  static_cast<void>(open_case_to_read(case_file));
  const std::string sha256 = hash_of(case_file);
  Database database = open_case_to_read(case_file);
  // One read transaction: a scan that writes meanwhile must not change figures between sections.
  database.execute("BEGIN");
  const std::string title =
      report::text(options.title.empty() ? case_file.filename().string() : options.title);
  const std::string policy = fmt::format(
      "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
      report::csp_hash(embedded::kReportScript), report::csp_hash(embedded::kReportStyle));
  const std::string facts = head(database, case_file, sha256, options);
  const report::Timeline timeline = report::timeline(database, options.events);
  return report::fill(embedded::kReportPage, {{"POLICY", policy},
                                              {"STYLE", embedded::kReportStyle},
                                              {"SCRIPT", embedded::kReportScript},
                                              {"TITLE", title},
                                              {"HEAD", facts},
                                              {"OVERVIEW", report::overview(database)},
                                              {"STORY", report::story(database)},
                                              {"TIMELINE", timeline.section},
                                              {"HITS", report::hits(database)},
                                              {"PROCESSES", report::processes(database)},
                                              {"SOURCES", report::sources(database)},
                                              {"PROBLEMS", report::problems(database)},
                                              {"CUSTODY", report::custody(database)},
                                              {"DATA", timeline.data}});
}

void write_report(const fs::path& case_file, const fs::path& output, const ReportOptions& options) {
  const std::string html = render_report(case_file, options);
  write_file_atomically(output, {reinterpret_cast<const std::uint8_t*>(html.data()), html.size()});
}

}  // namespace evtxhound::casefile
