#include "evtxhound/scan/describe_run.hpp"

#include <nlohmann/json.hpp>

#include "evtxhound/base/operator.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/archive/archive_stream.hpp"
#include "evtxhound/evidence/disk/file_system.hpp"
#include "evtxhound/evtx/libevtx_reader.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::scan {

casefile::RunRow describe_run(const Options& options) {
  nlohmann::ordered_json packs = nlohmann::ordered_json::array();
  for (const indicators::PackSummary& pack : options.indicators->packs()) {
    packs.push_back({{"name", pack.name},
                     {"path", pack.path},
                     {"sha256", pack.sha256},
                     {"indicators", pack.indicators}});
  }
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const rules::RulesOfPath& source : options.rules->sources) {
    rules.push_back({{"path", source.path}, {"rules", source.rules}, {"refused", source.refused}});
  }
  const nlohmann::ordered_json libraries = {{"libevtx", evtx::libevtx_version()},
                                            {"libarchive", evidence::archive_library_version()},
                                            {"libtsk", evidence::file_system_library_version()},
                                            {"hyperscan", match::Database::version()},
                                            {"sqlite", casefile::CaseFile::sqlite_version()}};
  return {options.command_line, options.tool_version, libraries.dump(),           packs.dump(),
          host_name(),          user_name(),          to_iso8601(filetime_now()), rules.dump()};
}

}  // namespace evtxhound::scan
