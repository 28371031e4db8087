// One digest over all that a case file says of the evidence: two scans that found the same have the
// same one. docs/case-file.md says exactly what is hashed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace evtxhound::casefile {

struct TableHash {
  std::string table;
  std::uint64_t rows = 0;
  std::string sha256;  // lower-case hex
};

struct CaseHash {
  std::string sha256;             // of the lines "<sha256> <rows> <table>\n" of `tables`
  std::vector<TableHash> tables;  // in the order of their names' bytes
};

// Hashes the rows of every table, ids included, but for what says when and how a scan was run and
// not what it found: the tables `run` and `read_to_end`, and of `meta` the row `created`; and but
// for the full-text index. Reads the
// case file in one transaction: of one that a scan is writing, what was committed at that moment.
// Throws Failure: kUsage where there is no case file, kCannotGoOn where SQLite fails.
CaseHash hash_case(const std::filesystem::path& case_file);

}  // namespace evtxhound::casefile
