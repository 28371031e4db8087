// `evtxhound case index`: full-text search in a case file.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "case_commands.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/casefile/open.hpp"

namespace evtxhound::tool {
namespace {

void build_index(const std::string& path) {
  casefile::open_case_to_read(path);  // throws where there is none: nothing is made by mistake
  casefile::CaseFile file = casefile::CaseFile::open_for_writing(path);
  const std::uint64_t events = file.index_text();
  file.close();
  fmt::print("event_text holds {}\n", counted(events, "event", "events"));
}

}  // namespace

void add_case_index(CLI::App& parent, ExitStatus& status) {
  CLI::App* command = parent.add_subcommand(
      "index", "Makes the stored events searchable by any part of their text");
  const auto path = std::make_shared<std::string>();
  command->add_option("CASE.db", *path, "The case file that a scan wrote")->required();
  command->footer(
      "Makes or renews the full-text index event_text. What later scans add comes into it by\n"
      "itself. The case file grows by about three times the text of its events.\n\n"
      "Examples:\n"
      "  evtxhound scan evidence/ --case case.db --store all    every event, not only hits\n"
      "  evtxhound case index case.db\n"
      "  sqlite3 -readonly case.db \"SELECT time_created, computer, data FROM event_text JOIN "
      "event\n"
      "    ON event_id = event_text.rowid WHERE event_text MATCH 'mimikatz'\"");
  command->callback([path, &status] {
    build_index(*path);
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
