// What a case file says, in brief, for the terminal.
#pragma once

#include <filesystem>
#include <string>

namespace evtxhound::casefile {

// The case's findings as text for a person: hits by indicator with first and last time, hosts and
// counts, ordered by severity; then evidence, problems and runs. Opens the case file read-only.
// `colour` adds ANSI colours. Throws Failure (kUsage) where the file is no case file.
std::string summarize(const std::filesystem::path& case_file, bool colour);

}  // namespace evtxhound::casefile
