#include "evtxhound/casefile/seal.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/operator.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/content_digest.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/plain_file.hpp"

namespace evtxhound::casefile {
namespace {

using Json = nlohmann::ordered_json;
using Digests = std::map<std::string, RowsDigest>;  // table -> what it holds

constexpr const char* kFormat = "evtxhound seal 1";
constexpr const char* kSchemaSql =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE "
    "'\\' ORDER BY type, name";

struct Manifest {
  std::string file;  // the case file's name, without its folder: the two can be moved together
  std::uint64_t size = 0;
  std::string sha256;
  std::string sealed;
  std::string tool_version;
  std::string user;
  std::string host;
  RowsDigest schema;
  Digests tables;
};

ReadOnlyFile open_file(const std::filesystem::path& path) {
  auto file = ReadOnlyFile::open(path);
  if (!file) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}: {}", path.string(), file.problem().message));
  }
  return std::move(*file);
}

std::string hash_of(const std::filesystem::path& path, const ReadOnlyFile& file) {
  auto hash = sha256_of(file, [](std::size_t) { return true; });
  if (!hash) {
    throw Failure(ExitStatus::kCannotGoOn,
                  fmt::format("{}: {}", path.string(), hash.problem().message));
  }
  return *hash;
}

Digests digests_of_tables(Database& database) {
  Digests out;
  for (const std::string& table : table_names(database)) {
    out.emplace(table, digest_of_table(database, table));
  }
  return out;
}

Json to_json(const RowsDigest& digest) {
  return {{"rows", digest.rows}, {"sha256", digest.sha256}};
}

std::string to_text(const Manifest& manifest) {
  Json tables = Json::object();
  for (const auto& [name, digest] : manifest.tables) tables[name] = to_json(digest);
  const Json json = {{"format", kFormat},
                     {"file", manifest.file},
                     {"size", manifest.size},
                     {"sha256", manifest.sha256},
                     {"sealed", manifest.sealed},
                     {"tool_version", manifest.tool_version},
                     {"user", manifest.user},
                     {"host", manifest.host},
                     {"schema", to_json(manifest.schema)},
                     {"tables", tables}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

RowsDigest digest_from(const Json& json) {
  return {json.at("rows").get<std::uint64_t>(), json.at("sha256").get<std::string>()};
}

Manifest read_manifest(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    throw Failure(
        ExitStatus::kUsage,
        fmt::format("{}: there is no seal: evtxhound case seal makes one", path.string()));
  }
  try {
    const Json json = Json::parse(read_text_file(path));
    if (json.at("format") != kFormat) {
      throw Failure(ExitStatus::kUsage, path.string() + ": is a seal of another format");
    }
    Manifest out{json.at("file"),
                 json.at("size"),
                 json.at("sha256"),
                 json.at("sealed"),
                 json.at("tool_version"),
                 json.at("user"),
                 json.at("host"),
                 digest_from(json.at("schema")),
                 {}};
    for (const auto& [name, digest] : json.at("tables").items()) {
      out.tables.emplace(name, digest_from(digest));
    }
    return out;
  } catch (const nlohmann::json::exception& e) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}: is no seal: {}", path.string(), e.what()));
  }
}

void compare_tables(const Manifest& then, const Digests& now, std::vector<std::string>& changes) {
  for (const auto& [name, digest] : then.tables) {
    const auto found = now.find(name);
    if (found == now.end()) {
      changes.push_back(fmt::format("table {}: is gone; it had {}", visible(name),
                                    counted(digest.rows, "row", "rows")));
    } else if (found->second.rows != digest.rows) {
      changes.push_back(fmt::format("table {}: had {}, has {}", visible(name),
                                    counted(digest.rows, "row", "rows"),
                                    grouped(found->second.rows)));
    } else if (found->second != digest) {
      changes.push_back(fmt::format("table {}: other content in as many rows ({})", visible(name),
                                    grouped(digest.rows)));
    }
  }
  for (const auto& [name, digest] : now) {
    if (then.tables.contains(name)) continue;
    changes.push_back(fmt::format("table {}: is new, with {}", visible(name),
                                  counted(digest.rows, "row", "rows")));
  }
}

// The bytes are others: which of what they mean is?
void compare_content(const std::filesystem::path& case_file, const Manifest& manifest,
                     std::vector<std::string>& changes) {
  const std::size_t before = changes.size();
  try {
    Database database = open_case_to_read(case_file);
    database.execute("BEGIN");
    if (digest_of_rows(database, kSchemaSql) != manifest.schema) {
      changes.emplace_back("schema: tables, indexes or views are defined otherwise");
    }
    compare_tables(manifest, digests_of_tables(database), changes);
  } catch (const Failure& failure) {
    changes.push_back(fmt::format("content: cannot be compared to its end: {}", failure.what()));
  }
  if (changes.size() == before) {
    changes.emplace_back(
        "content: every table and the schema are as sealed; only the file around them differs");
  }
}

}  // namespace

std::filesystem::path seal_path(const std::filesystem::path& case_file) {
  return case_file.string() + ".seal.json";
}

Sealed seal(const std::filesystem::path& case_file, const SealOptions& options) {
  const std::filesystem::path path = seal_path(case_file);
  if (!options.replace && std::filesystem::exists(path)) {
    throw Failure(ExitStatus::kUsage,
                  fmt::format("{}: the case is sealed already (--check compares "
                              "with that, --force seals anew)",
                              path.string()));
  }
  // Refuses what is no case file, before anything is said of its form.
  static_cast<void>(open_case_to_read(case_file));
  require_plain_file(case_file);

  Manifest manifest;
  // Opened before SQLite opens it and closed after: closing drops SQLite's locks.
  const ReadOnlyFile file = open_file(case_file);
  {
    Database database = open_case_to_read(case_file);
    database.execute("BEGIN");
    manifest.schema = digest_of_rows(database, kSchemaSql);  // from here on nobody else writes
    manifest.tables = digests_of_tables(database);
    manifest.size = file.size();
    manifest.sha256 = hash_of(case_file, file);
    if (database.text("PRAGMA journal_mode") == "wal") {  // a scan has begun just now
      throw Failure(ExitStatus::kCannotGoOn, case_file.string() + ": a scan is writing it");
    }
  }
  manifest.file = case_file.filename().string();
  manifest.sealed = to_iso8601(filetime_now());
  manifest.tool_version = options.tool_version;
  manifest.user = user_name();
  manifest.host = host_name();
  const std::string text = to_text(manifest);
  const Bytes bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  write_file_atomically(path, bytes);
  return {path, manifest.sha256, sha256_hex(bytes)};
}

SealCheck check_seal(const std::filesystem::path& case_file) {
  const Manifest manifest = read_manifest(seal_path(case_file));
  SealCheck check;
  check.sealed = visible(fmt::format("sealed {} by {} on {} with evtxhound {}", manifest.sealed,
                                     manifest.user, manifest.host, manifest.tool_version));
  std::string sha256;
  {
    const ReadOnlyFile file = open_file(case_file);
    sha256 = hash_of(case_file, file);
    if (file.size() != manifest.size) {
      check.changes.push_back(
          fmt::format("file: had {} bytes, has {}", grouped(manifest.size), grouped(file.size())));
    }
  }
  if (sha256 != manifest.sha256) {
    check.changes.push_back(
        fmt::format("file: SHA-256 was {}, is {}", visible(manifest.sha256), sha256));
  }
  // Whoever opens the case takes the log for a part of it, though not one byte of it has changed.
  if (const auto log = log_beside(case_file); !log.empty()) {
    check.changes.push_back(
        fmt::format("file: {} lies beside it and was not there: the case has "
                    "been opened for writing",
                    visible(log.string())));
  }
  if (!check.changes.empty()) compare_content(case_file, manifest, check.changes);
  return check;
}

}  // namespace evtxhound::casefile
