#include "evtxhound/casefile/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/operator.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/merge_input.hpp"
#include "evtxhound/casefile/merge_tables.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/plain_file.hpp"

namespace evtxhound::casefile {
namespace {

namespace fs = std::filesystem;

struct Input {
  std::string first_run;  // when it began
  std::string sha256;     // of the file
  fs::path path;
  fs::file_time_type written;  // the file, when it was hashed
};

// Throws where the file cannot go into a merge.
Input look_at(const fs::path& path, const fs::path& output) {
  static_cast<void>(open_case_to_read(path));  // refuses what is no case file of this schema
  std::error_code error;
  if (fs::equivalent(path, output, error)) {
    throw Failure(ExitStatus::kUsage,
                  path.string() + ": is also what -o names; a case file is not merged into itself");
  }
  require_plain_file(path);
  Input input{{}, {}, path, fs::last_write_time(path)};
  const auto file = ReadOnlyFile::open(path);
  auto hash = file ? sha256_of(*file, [](std::size_t) { return true; }) : file.problem();
  if (!hash) {
    throw Failure(ExitStatus::kCannotGoOn,
                  fmt::format("{}: {}", path.string(), hash.problem().message));
  }
  input.sha256 = *hash;
  Database database = open_case_to_read(path);
  input.first_run = database.text("SELECT coalesce(min(started), '') FROM run");
  return input;
}

void write_note(Database& database, const Input& input, const MergeOptions& options) {
  const nlohmann::ordered_json note = {{"path", valid_utf8(fs::absolute(input.path).string())},
                                       {"merged", to_iso8601(filetime_now())},
                                       {"tool_version", options.tool_version},
                                       {"user", user_name()},
                                       {"host", host_name()}};
  Statement(database, "INSERT INTO main.meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .run("merged " + input.sha256, note.dump());
}

Merged merge_one(Database& database, const Input& input, const MergeOptions& options) {
  Merged merged{input.path, {}};
  database.attach_read_only(input.path, "incoming");
  database.execute("BEGIN IMMEDIATE");
  IncomingTables tables(database);
  for (const MergedTable& table : kMergedTables) {
    // From the first row that is read on, SQLite's lock keeps others from writing the input.
    const std::int64_t rows =
        database.integer(fmt::format("SELECT count(*) FROM incoming.{}", table.name));
    const std::uint64_t added = tables.copy(table);
    if (table.name != "meta") {
      merged.tables.push_back({std::string(table.name), static_cast<std::uint64_t>(rows), added});
    }
  }
  if (fs::last_write_time(input.path) != input.written) {
    throw Failure(ExitStatus::kCannotGoOn, input.path.string() + ": has changed meanwhile");
  }
  write_note(database, input, options);
  tables.forget();
  database.execute("COMMIT");
  database.execute("DETACH incoming");
  return merged;
}

}  // namespace

std::vector<Merged> merge(std::span<const std::filesystem::path> inputs,
                          const std::filesystem::path& output, const MergeOptions& options) {
  std::vector<Input> ordered;
  for (const fs::path& path : inputs) ordered.push_back(look_at(path, output));
  std::ranges::sort(ordered, {},
                    [](const Input& input) { return std::tie(input.first_run, input.sha256); });
  const WriterLock lock(output);
  Database database = open_case_to_write(output, lock);
  std::vector<Merged> all;
  for (const Input& input : ordered) all.push_back(merge_one(database, input, options));
  fold_in_log(database);
  return all;
}

std::vector<std::string_view> merged_tables() {
  std::vector<std::string_view> names;
  for (const MergedTable& table : kMergedTables) names.push_back(table.name);
  return names;
}

std::vector<std::string_view> fixed_tables() { return {kFixedTables.begin(), kFixedTables.end()}; }

}  // namespace evtxhound::casefile
