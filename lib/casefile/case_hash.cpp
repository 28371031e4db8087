#include "evtxhound/casefile/case_hash.hpp"

#include <fmt/format.h>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/casefile/content_digest.hpp"
#include "evtxhound/casefile/open.hpp"

namespace evtxhound::casefile {
namespace {

bool is_of_runs(const std::string& table) { return table == "run" || table == "read_to_end"; }

// The full-text index and its own tables say nothing that the events do not.
bool is_of_index(const std::string& table) { return table.starts_with("event_text"); }

RowsDigest digest_of(Database& database, const std::string& table) {
  if (table != "meta") return digest_of_table(database, table);
  return digest_of_rows(database, "SELECT * FROM meta WHERE key <> 'created' ORDER BY key");
}

}  // namespace

CaseHash hash_case(const std::filesystem::path& case_file) {
  Database database = open_case_to_read(case_file);
  database.execute("BEGIN");
  CaseHash hash;
  std::string lines;
  for (const std::string& table : table_names(database)) {
    if (is_of_runs(table) || is_of_index(table)) continue;
    const RowsDigest digest = digest_of(database, table);
    lines += fmt::format("{} {} {}\n", digest.sha256, digest.rows, table);
    hash.tables.push_back({table, digest.rows, digest.sha256});
  }
  hash.sha256 = sha256_hex(as_bytes(lines));
  return hash;
}

}  // namespace evtxhound::casefile
