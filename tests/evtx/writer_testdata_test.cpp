// The logs under testdata/ are what their specs say today.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/writer/spec.hpp"

using namespace evtxhound;

namespace {

const std::filesystem::path kIntrusion = EVTXHOUND_SOURCE_DIR "/testdata/intrusion";

// The texts of a record's fields by name; the unnamed ones are all called Data.
using Fields = std::multimap<std::string, std::string>;

std::map<std::uint64_t, Fields> read_records(std::filesystem::path log) {
  std::map<std::uint64_t, Fields> records;
  std::istringstream lines(read_text_file(log.replace_extension(".jsonl")));
  std::uint64_t id = 1;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("log")) {
      id = json["log"].at("first_record_id");
      continue;
    }
    Fields& fields = records[id++];
    const auto data = json.value("data", nlohmann::json::object());
    for (const auto& item : data.items()) {
      if (item.value().is_string()) fields.emplace(item.key(), item.value());
    }
    for (const auto& text : json.value("unnamed_data", nlohmann::json::array())) {
      fields.emplace("Data", text);
    }
  }
  return records;
}

// A row of planted.tsv: log, record id, kind, value, field.
std::vector<std::vector<std::string>> read_planted() {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(read_text_file(kIntrusion / "planted.tsv"));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "log\trecord_id\tkind\tvalue\tfield");
  while (std::getline(lines, line)) {
    std::istringstream parts(line);
    std::vector<std::string>& row = rows.emplace_back();
    for (std::string part; std::getline(parts, part, '\t');) row.push_back(part);
    REQUIRE(row.size() == 5);
  }
  return rows;
}

// Whether a text holds a value in either case; a `*` in the value stands for anything.
bool contains(const std::string& text, const std::string& value) {
  const std::string where = ascii_lower(text);
  const std::string what = ascii_lower(value);
  const std::size_t star = what.find('*');
  const std::size_t start = where.find(what.substr(0, star));
  return start != std::string::npos &&
         (star == std::string::npos ||
          where.find(what.substr(star + 1), start + star) != std::string::npos);
}

}  // namespace

TEST_CASE("every log under testdata is forged from the spec beside it, byte for byte") {
  std::size_t specs = 0;
  std::size_t logs = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(EVTXHOUND_SOURCE_DIR "/testdata")) {
    std::filesystem::path path = entry.path();
    logs += path.extension() == ".evtx" ? 1 : 0;
    if (path.extension() != ".jsonl") continue;
    const Buffer forged = evtx::writer::forge(read_text_file(path), path.string());
    const std::string committed = read_text_file(path.replace_extension(".evtx"));
    INFO(path);
    CHECK(forged.size() == committed.size());
    CHECK(std::equal(forged.begin(), forged.end(), as_bytes(committed).begin(),
                     as_bytes(committed).end()));
    ++specs;
  }
  CHECK(specs >= 18);
  CHECK(specs == logs);
}

TEST_CASE("what planted.tsv lists stands in the logs, all 22 C2 domains among it") {
  std::map<std::string, std::map<std::uint64_t, Fields>> logs;
  std::set<std::string> domains;
  for (const auto& row : read_planted()) {
    if (!logs.contains(row[0])) logs[row[0]] = read_records(kIntrusion / row[0]);
    INFO(row[0] << ", record " << row[1] << ", " << row[4] << ": " << row[3]);
    const Fields& fields = logs[row[0]].at(std::stoull(row[1]));
    const auto [first, last] = fields.equal_range(row[4]);
    CHECK(std::any_of(first, last,
                      [&row](const auto& field) { return contains(field.second, row[3]); }));
    if (row[2] == "domain" && !row[3].starts_with("www.")) domains.insert(row[3]);
  }
  CHECK(domains.size() == 22);
}
