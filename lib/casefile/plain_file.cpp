#include "evtxhound/casefile/plain_file.hpp"

#include <fmt/format.h>

#include <array>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"

namespace evtxhound::casefile {
namespace {

// The file format's read version ("SQLite database file format", section 1.3): 2 says that the
// database is written by way of a write-ahead log.
constexpr std::size_t kReadVersionOffset = 19;
constexpr std::uint8_t kWriteAheadLog = 2;

bool uses_log(const std::filesystem::path& case_file) {
  const auto file = ReadOnlyFile::open(case_file);
  std::array<std::uint8_t, 1> version{};
  if (!file) return false;
  const auto got = file->read_at(kReadVersionOffset, version);
  return got && *got == 1 && version[0] == kWriteAheadLog;
}

}  // namespace

std::filesystem::path log_beside(const std::filesystem::path& case_file) {
  for (const char* suffix : {"-wal", "-journal"}) {
    const std::filesystem::path log = case_file.string() + suffix;
    std::error_code error;
    const auto size = std::filesystem::file_size(log, error);
    if (!error && size > 0) return log;
  }
  return {};
}

void require_plain_file(const std::filesystem::path& case_file) {
  const auto log = log_beside(case_file);
  if (log.empty() && !uses_log(case_file)) return;
  throw Failure(
      ExitStatus::kUsage,
      fmt::format("{}: is not one plain file{}: a scan is writing it, or was cut off. Let the scan "
                  "end, run it again, or close the case by: sqlite3 CASE.db 'PRAGMA "
                  "journal_mode = DELETE'",
                  case_file.string(), log.empty() ? "" : " (" + log.string() + " belongs to it)"));
}

}  // namespace evtxhound::casefile
