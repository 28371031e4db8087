// Sealing a case file: a manifest beside it says what it was at that time, so that anybody can tell
// later whether it still is that, and if not, what has changed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace evtxhound::casefile {

struct SealOptions {
  std::string tool_version;
  bool replace = false;  // an older seal of the case
};

struct Sealed {
  std::filesystem::path manifest;
  std::string case_sha256;      // of the case file
  std::string manifest_sha256;  // to be kept elsewhere: it is what nobody can change unnoticed
};

// Where the seal of a case file is: CASE.db.seal.json.
std::filesystem::path seal_path(const std::filesystem::path& case_file);

// Writes the manifest: the file's SHA-256 and size, rows and digest (content_digest.hpp) of each
// table and of the schema, the program's version, time, user and machine. JSON with its keys in a
// fixed order: but for the time, the same case gives the same bytes. The case file is held against
// writers meanwhile, and is not written. Throws Failure: kUsage where it is no case file, is not
// one plain file (a scan is writing it), or has a seal already and `replace` is not set;
// kCannotGoOn where something cannot be read or written.
Sealed seal(const std::filesystem::path& case_file, const SealOptions& options);

// What a check of the seal found.
struct SealCheck {
  std::string sealed;                // when, by whom, where, by which version: one line
  std::vector<std::string> changes;  // a line for each change since; empty: there is none
};

// Compares a case file with its seal. Where the file's bytes are the sealed ones, nothing has
// changed; where not, it says which tables have, or that only the file's form has. What it says
// holds as far as the manifest can be trusted. Throws Failure: kUsage where there is no case file
// or no seal, or the seal is none; kCannotGoOn where something cannot be read.
SealCheck check_seal(const std::filesystem::path& case_file);

}  // namespace evtxhound::casefile
