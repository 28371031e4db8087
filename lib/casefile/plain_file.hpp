// Whether a case file is one plain file: nothing of it lies in files beside it. Internal to
// lib/casefile and its tests.
#pragma once

#include <filesystem>

namespace evtxhound::casefile {

// Throws Failure (kUsage), saying what to do, where a scan is writing the case file, or where a
// scan that was cut off, or another program, left a part of it in a log beside it: the file alone
// is not the whole case then, and a hash of it would be of something else.
void require_plain_file(const std::filesystem::path& case_file);

// The log beside a case file, CASE.db-wal or CASE.db-journal, where there is one that is not empty;
// else an empty path.
std::filesystem::path log_beside(const std::filesystem::path& case_file);

}  // namespace evtxhound::casefile
