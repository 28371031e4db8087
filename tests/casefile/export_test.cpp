// Each format is read back by somebody else's reader, or one written here, and compared with what
// SQL says of the case file.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "evtxhound/base/text.hpp"
#include "tests/casefile/found_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

using Table = std::vector<std::vector<std::string>>;

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// A reader of RFC 4180 that fails at whatever the RFC does not have.
Table read_csv(const std::string& text) {
  Table table(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& cell = table.back().back();
    if (quoted) {
      if (text[i] != '"') {
        cell += text[i];
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[i++];
      } else {
        quoted = false;
        REQUIRE(i + 1 < text.size());
        REQUIRE((text[i + 1] == ',' || text[i + 1] == '\r'));
      }
    } else if (text[i] == '"') {
      REQUIRE(cell.empty());
      quoted = true;
    } else if (text[i] == ',') {
      table.back().emplace_back();
    } else if (text[i] == '\r') {
      REQUIRE(text[++i] == '\n');
      table.emplace_back(1);
    } else {
      REQUIRE(text[i] != '\n');
      cell += text[i];
    }
  }
  REQUIRE_FALSE(quoted);
  REQUIRE(table.back() == std::vector<std::string>(1));
  table.pop_back();
  return table;
}

std::vector<nlohmann::json> read_json_lines(const std::string& text) {
  std::vector<nlohmann::json> all;
  auto lines = split(text, '\n');
  REQUIRE(lines.back().empty());
  lines.pop_back();
  for (const std::string& line : lines) all.push_back(nlohmann::json::parse(line));
  return all;
}

// What a query over events gives, in the order of a timeline.
std::vector<std::string> column(const std::filesystem::path& path, const std::string& expression) {
  Database database(path, Database::Mode::kReadOnly);
  Statement statement(database, "SELECT " + expression +
                                    " FROM event JOIN evidence USING (evidence_id) "
                                    "ORDER BY time_created, event_id");
  std::vector<std::string> all;
  while (statement.step()) all.push_back(valid_utf8(statement.text(0)));
  return all;
}

std::vector<std::string> column(const Table& table, const std::string& name) {
  std::size_t at = 0;
  while (table.at(0).at(at) != name) ++at;
  std::vector<std::string> all;
  for (std::size_t i = 1; i < table.size(); ++i) all.push_back(table[i].at(at));
  return all;
}

std::vector<std::string> column(const std::vector<nlohmann::json>& lines, const std::string& key) {
  std::vector<std::string> all;
  for (const auto& line : lines) {
    const auto& value = line.at(key);
    all.push_back(value.is_string() ? value.get<std::string>()
                                    : (value.is_null() ? std::string() : value.dump()));
  }
  return all;
}

EventFilter everything() {
  EventFilter filter;
  filter.all = true;
  return filter;
}

bool has_control(const std::string& text, const std::string& but) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 || byte == 0x7F) && but.find(c) == std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("CSV is RFC 4180 and says what the case file says") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const Table raw = read_csv(exported(path, *csv_writer(TimeZone::utc(), false), everything()));
  for (const auto& row : raw) CHECK(row.size() == 20);
  CHECK(column(raw, "event_id") == column(path, "event_id"));
  CHECK(column(raw, "time") == column(path, "time_created"));
  CHECK(column(raw, "computer") == column(path, "computer"));
  CHECK(column(raw, "event_code") == column(path, "event_code"));
  CHECK(column(raw, "evidence") == column(path, "evidence.path"));
  CHECK(column(raw, "byte_offset") == column(path, "event.byte_offset"));
  CHECK(column(raw, "data") == column(path, "data"));
  CHECK(column(raw, "detections") ==
        column(path,
               "coalesce((SELECT group_concat(title, '; ') FROM detection JOIN rule USING "
               "(rule_id) WHERE event_id = event.event_id), '')"));
  CHECK(column(raw, "hits") ==
        column(path,
               "coalesce((SELECT group_concat(kind || ' ' || value || ' in ' || field, '; ') FROM "
               "(SELECT * FROM hit JOIN indicator USING (indicator_id) WHERE event_id = "
               "event.event_id ORDER BY hit_id)), '')"));
}

TEST_CASE("in CSV no text is a formula, and one apostrophe less is the text") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const Table raw = read_csv(exported(path, *csv_writer(TimeZone::utc(), false), everything()));
  const Table safe = read_csv(exported(path, *csv_writer(TimeZone::utc(), true), everything()));
  REQUIRE(raw.size() == safe.size());
  int guarded = 0;
  for (std::size_t i = 1; i < raw.size(); ++i) {
    for (std::size_t j = 0; j < raw[i].size(); ++j) {
      std::string cell = safe[i].at(j);
      CHECK((cell.empty() || std::string("=+-@\t\r\n").find(cell[0]) == std::string::npos));
      if (cell.starts_with('\'')) {
        ++guarded;
        cell.erase(0, 1);
      }
      CHECK(cell == raw[i][j]);
    }
  }
  CHECK(guarded == 2);  // the host and the detail of the hostile event
  const auto details = column(raw, "detail");
  std::string expected = kHostileRead;
  expected.replace(expected.find('\0'), 1, "\u2400");
  CHECK(std::count(details.begin(), details.end(), expected) == 1);
}

TEST_CASE("JSON Lines hold all of an event") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const auto berlin = TimeZone::named("Europe/Berlin").value();
  const auto lines = read_json_lines(exported(path, *json_lines_writer(berlin), everything()));
  for (const char* name :
       {"event_id",   "time_created", "time_written", "computer",    "channel",   "provider",
        "event_code", "version",      "level",        "task",        "opcode",    "keywords",
        "user_sid",   "process_id",   "thread_id",    "activity_id", "record_id", "source_type",
        "state",      "byte_offset",  "byte_size"}) {
    CAPTURE(name);
    CHECK(column(lines, name) == column(path, std::string("event.") + name));
  }
  CHECK(column(lines, "evidence") == column(path, "evidence.path"));
  int odd = 0;
  for (const auto& line : lines) {
    const std::string id = line.at("event_id").dump();
    CHECK(std::to_string(line.at("hits").size()) + "\n" ==
          rows(path, "SELECT count(*) FROM hit WHERE event_id = " + id));
    const std::string data = rows(path, "SELECT data FROM event WHERE event_id = " + id);
    if (line.at("data").is_string()) {
      ++odd;
      CHECK(line.at("data").get<std::string>() + "\n" == data);
    } else {
      CHECK(line.at("data") == nlohmann::json::parse(data));
    }
    if (line.at("time_created") == "2023-03-29T10:20:00.0000000Z") {
      CHECK(line.at("time") == "2023-03-29T12:20:00.0000000+02:00");
      CHECK(line.at("hits").at(0).at("matched") == kHostileRead);
      CHECK(line.at("severity") == "high");
      CHECK(line.at("detections").at(0).at("title") == "Command, odd");
    }
  }
  CHECK(odd == 1);
}

TEST_CASE("Timesketch gets the fields that it asks for") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const auto writer = timesketch_writer();
  const auto lines = read_json_lines(exported(path, *writer, everything()));
  CHECK(writer->without_time() == 1);
  // SQLite counts in seconds, from which the fraction is left out here.
  CHECK(column(lines, "timestamp") ==
        column(path, "coalesce(strftime('%s', nullif(time_created, '')) || '000000', '0')"));
  CHECK(column(lines, "datetime") ==
        column(path,
               "coalesce(strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', nullif(time_created, '')), "
               "'1970-01-01T00:00:00.000000+00:00')"));
  CHECK(column(lines, "timestamp_desc") ==
        column(path, "iif(time_created = '', 'Not a time', 'Event Logged')"));
  CHECK(column(lines, "computer_name") == column(path, "computer"));
  CHECK(column(lines, "event_identifier") == column(path, "event_code"));
  for (const auto& line : lines) {
    CHECK_FALSE(line.at("message").get<std::string>().empty());
    CHECK(line.at("tag").is_array());
    for (const auto& [key, value] : line.items()) {
      CHECK(key.find_first_of(". ") == std::string::npos);
    }
    if (line.at("computer_name") != "=HOST,1") continue;
    // Two names that become one are both kept.
    CHECK(line.at("data_a_b") == "1");
    CHECK(line.at("data_a_b_2") == "2");
    CHECK(line.at("data_CommandLine") == kHostileRead);
  }
}

TEST_CASE("log2timeline's CSV has 17 columns on each line") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const auto utc = TimeZone::utc();
  const std::string text = exported(path, *l2t_csv_writer(utc), everything());
  CHECK_FALSE(has_control(text, "\n"));
  Table table;
  for (const std::string& line : split(text, '\n')) table.push_back(split(line, ','));
  table.pop_back();
  for (const auto& row : table) REQUIRE(row.size() == 17);
  CHECK(table.at(0).at(16) == "extra");
  CHECK(column(table, "date") ==
        column(path, "coalesce(strftime('%m/%d/%Y', nullif(time_created, '')), '00/00/0000')"));
  CHECK(column(table, "time") ==
        column(path, "coalesce(strftime('%H:%M:%S', nullif(time_created, '')), '--:--:--')"));
  CHECK(column(table, "host") ==
        column(path, "iif(computer LIKE '=%', '''', '') || replace(computer, ',', ' ')"));
  CHECK(column(table, "filename") == column(path, "replace(evidence.path, ',', ' ')"));
  const std::string local =
      exported(path, *l2t_csv_writer(TimeZone::named("+05:30").value()), everything());
  CHECK_THAT(local, Catch::Contains("03/29/2023,15:31:00,+05:30,M...,EVT,WinEVTX,"));
}

TEST_CASE("a body file has eleven fields on each line") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const auto writer = bodyfile_writer();
  const std::string text = exported(path, *writer, everything());
  CHECK(writer->without_time() == 2);
  CHECK_FALSE(has_control(text, "\n"));
  Table table = {
      {"md5", "name", "inode", "mode", "uid", "gid", "size", "atime", "mtime", "ctime", "crtime"}};
  for (const std::string& line : split(text, '\n')) table.push_back(split(line, '|'));
  table.pop_back();
  for (const auto& row : table) REQUIRE(row.size() == 11);
  CHECK(column(table, "inode") == column(path, "event_id"));
  CHECK(column(table, "size") == column(path, "event.byte_size"));
  for (const char* name : {"atime", "mtime", "ctime", "crtime"}) {
    CHECK(column(table, name) ==
          column(path, "max(0, coalesce(strftime('%s', nullif(time_created, '')) + 0, 0))"));
  }
}

TEST_CASE("a timeline for a terminal holds nothing that a terminal obeys") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const std::string tsv = exported(path, *tsv_writer(TimeZone::utc()), everything());
  CHECK_FALSE(has_control(tsv, "\t\n"));
  CHECK(tsv.find("\u202E") == std::string::npos);
  Table table;
  for (const std::string& line : split(tsv, '\n')) table.push_back(split(line, '\t'));
  table.pop_back();
  for (const auto& row : table) REQUIRE(row.size() == 14);
  CHECK(column(table, "event_id") == column(path, "event_id"));
  CHECK(column(table, "time") == column(path, "time_created"));
  CHECK(column(table, "record_id") == column(path, "record_id"));
  CHECK_THAT(tsv, Catch::Contains("=cmd()|'/C calc'!A1,\"q\";\\x09\\x0D\\x0A\\x00\\x1B[2J"));

  for (const std::size_t width : {40U, 100U, 200U}) {
    const std::string text =
        exported(path, *table_writer(TimeZone::utc(), width, false), everything());
    CHECK_FALSE(has_control(text, "\n"));
    auto lines = split(text, '\n');
    CHECK(lines.size() == table.size() + 1);
    for (const std::string& line : lines) {
      std::size_t characters = 0;
      for (const char c : line) characters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      CHECK(characters <= width);
    }
  }
  const std::string coloured =
      exported(path, *table_writer(TimeZone::utc(), 0, true), everything());
  CHECK_THAT(coloured, Catch::Contains("\x1B[1;31mcritical"));
  CHECK(coloured.find("\x1B[2J") == std::string::npos);
}
