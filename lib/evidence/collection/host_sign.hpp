// Files that collecting tools leave beside what they collected, and what these say of the host.
//
// Velociraptor writes `client_info.json` and `collection_context.json` into the root of what an
// offline collector, or the export of a flow, gives; the files that it took are in `uploads/`.
// KAPE writes `<time>_ConsoleLog.txt` beside a folder for each drive (`C/Windows/…`), or beside the
// `<time>_<name>.zip` or `.vhdx` that holds these, with the same time to the second. CyLR, and
// what is copied by hand or by wevtutil, leave nothing that names the host: an archive's own name
// was given by whoever made it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evidence {

struct HostSign {
  enum class Kind {
    kClientInfo,  // Velociraptor's, of the host
    kContext,     // Velociraptor's, of the collection: without it the other one is nobody's
    kKapeLog,     // of a run that took the drive C: of the machine it ran on
  };
  Kind kind = Kind::kContext;
  std::string host;  // empty for kContext
  std::string time;  // of kKapeLog, kape_time()
};

// What the file says, by its name (without folders) and its first bytes: `head` are kHeadSize
// (find.hpp) of them, or all. Nothing where it is no such file, or says nothing that is certain:
// KAPE's log names the machine on which KAPE ran, and that is not the one that the files are of
// where it read a mounted image (another drive than C:), or was started from a rescue system.
std::optional<HostSign> read_host_sign(std::string_view file_name, Bytes head);

// The second in which a run of KAPE began, by what its files are called; empty where a file is not
// called so. `2024-09-23T05_22_09_5720380_ConsoleLog.txt` and `2024-09-23T052209_name.zip` have the
// same.
std::string kape_time(std::string_view file_name);

// Whether a text that evidence gives can be the name of one host: at most 253 bytes of valid UTF-8,
// letters and digits of any script, and `-`, `_` and `.`; and not "localhost".
bool is_host_name(std::string_view text);

}  // namespace evtxhound::evidence
