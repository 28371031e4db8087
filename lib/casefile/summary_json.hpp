// What a case file says, in brief, for other programs.
#pragma once

#include <filesystem>
#include <string>

namespace evtxhound::casefile {

// The same findings as summarize() as one JSON object, indented, with a line end; nothing is cut.
// docs/examiner.md names the keys, which are a contract: more may come, none changes its meaning.
// Opens the case file and throws as summarize() does.
std::string summarize_as_json(const std::filesystem::path& case_file);

}  // namespace evtxhound::casefile
