// What a case file says, in brief, for the terminal.
#pragma once

#include <filesystem>
#include <string>

namespace evtxhound::casefile {

// The case's findings as text for a person, in lines of up to 120 columns: one sentence of what
// was found; hits by indicator with first and last time, hosts and counts, ordered by severity;
// hosts; the story's detections; then evidence, problems and runs. Long lists are cut, and say so.
//
// Opens the case file read-only, also while a scan writes it. What comes from evidence is made
// visible (terminal_text.hpp): the text holds no control characters but line ends, and ANSI colours
// where `colour` asks for them. Throws Failure: kUsage where the file is no case file; kCannotGoOn
// where it is damaged or cannot be read.
std::string summarize(const std::filesystem::path& case_file, bool colour);

}  // namespace evtxhound::casefile
