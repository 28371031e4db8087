#include "evtxhound/scan/describe_run.hpp"

#include <nlohmann/json.hpp>

#include "evtxhound/base/operator.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/archive/archive_stream.hpp"
#include "evtxhound/evidence/disk/file_system.hpp"
#include "evtxhound/evtx/libevtx_reader.hpp"
#include "evtxhound/match/database.hpp"
#include "evtxhound/scan/settings.hpp"

namespace evtxhound::scan {

casefile::RunRow describe_run(const Options& options, const std::string& settings) {
  const nlohmann::ordered_json libraries = {{"libevtx", evtx::libevtx_version()},
                                            {"libarchive", evidence::archive_library_version()},
                                            {"libtsk", evidence::file_system_library_version()},
                                            {"hyperscan", match::Database::version()},
                                            {"sqlite", casefile::CaseFile::sqlite_version()}};
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  const auto text = [](const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, kReplace);  // paths can be no UTF-8
  };
  return {options.command_line,
          options.tool_version,
          text(libraries),
          text(packs_json(options)),
          host_name(),
          user_name(),
          to_iso8601(filetime_now()),
          text(rules_json(options)),
          text(options_json(options, settings))};
}

}  // namespace evtxhound::scan
