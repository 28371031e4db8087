// Opening a database as a case file, and refusing what is none. Internal to lib/casefile and its
// tests.
#pragma once

#include <cstdint>
#include <filesystem>

#include "evtxhound/casefile/sqlite.hpp"
#include "evtxhound/casefile/writer_lock.hpp"

namespace evtxhound::casefile {

constexpr std::int64_t kApplicationId = 0x45564844;  // "EVHD", as in schema.sql
constexpr std::int64_t kSchemaVersion = 3;

// Opens the file under the lock for writing, making the schema where the file is empty. Throws
// Failure: kUsage where it is something else than a case file of this schema; that file is then
// left as it was to the last bit, journals beside it included. kCannotGoOn where SQLite fails.
Database open_case_to_write(const std::filesystem::path& path, const WriterLock& lock);

// Opens a case file for reading only. Throws Failure: kUsage where there is none, or another file;
// kCannotGoOn where SQLite fails.
Database open_case_to_read(const std::filesystem::path& path);

// Before an end of writing: makes the indexes that readers want and the case one plain file again
// (no -wal, no -shm, rollback journal) and leaves SQLite figures to plan queries by. False where
// another program has the case open: then it stays in two files until that program closes it,
// complete all the same. REQUIRES: no transaction is open
bool fold_in_log(Database& database);

}  // namespace evtxhound::casefile
