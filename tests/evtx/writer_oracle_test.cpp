// Other programs read in forged logs what the specs say, value by value. The specs are read here
// anew, by other code than the writer's.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"
#include "log_oracle.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using Json = nlohmann::ordered_json;

namespace {

// A field that an event is to have: its type's name and its value, as the spec has them.
struct Wanted {
  std::string name;
  std::string type;
  Json value;
};

bool is_value(const Json& json) { return !json.is_object() || json.contains("type"); }

void want_fields(const Json& element, std::vector<Wanted>& fields);

// A value gives one field, an array one for each item (without items an empty one).
void want_value(const std::string& name, const Json& json, std::vector<Wanted>& fields) {
  std::string type = json.is_object() ? json["type"].get<std::string>() : "string";
  const Json value = json.is_object() ? json.value("value", Json("")) : json;
  if (type == "binxml") {
    want_fields(value, fields);
  } else if (json.is_null() || type == "null") {
    fields.push_back({name, "string", ""});
  } else if (type.ends_with("[]")) {
    type.resize(type.size() - 2);
    for (const Json& item : value) fields.push_back({name, type, item});
    if (value.empty()) fields.push_back({name, "string", ""});
  } else {
    fields.push_back({name, type, value});
  }
}

// The fields of an element of user_data or of a BinXML value.
void want_fields(const Json& element, std::vector<Wanted>& fields) {
  if (!element.contains("fields")) {
    fields.push_back({element["name"], "string", ""});
    return;
  }
  for (const auto& item : element["fields"].items()) {
    if (is_value(item.value())) {
      want_value(item.key(), item.value(), fields);
    } else {
      Json inner = item.value();
      inner["name"] = item.key();
      want_fields(inner, fields);
    }
  }
}

std::vector<Wanted> wanted_payload(const Json& event) {
  std::vector<Wanted> fields;
  const Json data = event.value("data", Json::object());
  for (const auto& item : data.items()) want_value(item.key(), item.value(), fields);
  for (const Json& text : event.value("unnamed_data", Json::array())) {
    fields.push_back({"Data", "string", text});
  }
  if (event.contains("binary")) fields.push_back({"Binary", "binary", event["binary"]});
  if (event.contains("user_data")) want_fields(event["user_data"], fields);
  return fields;
}

std::uint64_t number(const std::string& text) {
  if (text.starts_with("-")) return static_cast<std::uint64_t>(std::stoll(text));
  return std::stoull(text, nullptr, text.starts_with("0x") ? 16 : 10);
}

std::uint64_t number(const Json& json) {
  if (json.is_string()) return number(json.get<std::string>());
  return json.is_number_unsigned() ? json.get<std::uint64_t>()
                                   : static_cast<std::uint64_t>(json.get<std::int64_t>());
}

// Whether a rendered text is the value; the programs differ in case and in how they write numbers.
bool same(const std::string& type, const Json& value, const std::string& text) {
  if (type == "string" || type == "ansi" || type == "sid") return text == value.get<std::string>();
  if (type == "binary" || type == "guid") return ascii_iequals(text, value.get<std::string>());
  if (type == "bool") return text == (value.get<bool>() ? "true" : "false");
  if (type == "filetime" || type == "systemtime") {
    return parse_iso8601(text) == parse_iso8601(value.get<std::string>());
  }
  if (type == "float" || type == "double") return std::stod(text) == value.get<double>();
  return number(text) == number(value);
}

// The System fields by their place in the event, and by their key in a spec.
constexpr std::array<std::array<const char*, 3>, 19> kSystem = {{
    {"Provider/Name", "provider", "string"},
    {"Provider/Guid", "guid", "guid"},
    {"Provider/EventSourceName", "event_source", "string"},
    {"EventID", "event_id", "uint16"},
    {"EventID/Qualifiers", "qualifiers", "uint16"},
    {"Version", "version", "uint8"},
    {"Level", "level", "uint8"},
    {"Task", "task", "uint16"},
    {"Opcode", "opcode", "uint8"},
    {"Keywords", "keywords", "hexint64"},
    {"TimeCreated/SystemTime", "time", "filetime"},
    {"EventRecordID", "record_id", "uint64"},
    {"Correlation/ActivityID", "activity_id", "guid"},
    {"Correlation/RelatedActivityID", "related_activity_id", "guid"},
    {"Execution/ProcessID", "process_id", "uint32"},
    {"Execution/ThreadID", "thread_id", "uint32"},
    {"Channel", "channel", "string"},
    {"Computer", "computer", "string"},
    {"Security/UserID", "user", "sid"},
}};

void check_event(const Json& event, const RenderedEvent& rendered) {
  for (const auto& [place, key, type] : kSystem) {
    const std::string text = rendered.field(place);
    INFO(place << " is " << text);
    CHECK((event.contains(key) ? same(type, event[key], text) : text.empty()));
  }
  const std::vector<Wanted> wanted = wanted_payload(event);
  REQUIRE(rendered.payload.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& [name, text] = rendered.payload[i];
    INFO(wanted[i].name << ", " << wanted[i].type << ": " << text);
    CHECK(name == wanted[i].name);
    CHECK(same(wanted[i].type, wanted[i].value, text));
  }
}

// The events of a spec with the log's defaults and the record ids filled in.
std::vector<Json> read_spec(const std::filesystem::path& path) {
  std::vector<Json> events;
  Json defaults = Json::object();
  std::uint64_t next_id = 1;
  std::istringstream lines(read_text_file(path));
  for (std::string line; std::getline(lines, line);) {
    Json json = Json::parse(line);
    if (json.contains("log")) {
      defaults = json["log"];
      next_id = defaults.value("first_record_id", next_id);
      continue;
    }
    Json event = defaults;
    event.update(json);
    next_id = event.value("record_id", next_id);
    event["record_id"] = next_id++;
    events.push_back(std::move(event));
  }
  return events;
}

// The specs below a folder of testdata/.
std::vector<std::filesystem::path> specs(const std::string& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::filesystem::path(EVTXHOUND_SOURCE_DIR "/testdata") / folder)) {
    if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
  }
  return found;
}

std::vector<std::filesystem::path> valid_specs() {
  std::vector<std::filesystem::path> found = specs("intrusion");
  const auto clean = specs("clean");
  found.insert(found.end(), clean.begin(), clean.end());
  found.emplace_back(EVTXHOUND_SOURCE_DIR "/testdata/types/values.jsonl");
  return found;
}

// Checks that a program reads the spec's log as the spec has it. The program's output must hold
// nothing that looks like a complaint.
void check_log(const std::filesystem::path& spec, const std::string& command) {
  INFO(spec);
  const std::vector<Json> events = read_spec(spec);
  std::filesystem::path log = spec;
  const Ran output = shell(command + " " + quoted(log.replace_extension(".evtx").string()));
  CHECK(output.status == 0);
  CHECK(output.err.empty());  // no warning either
  const std::vector<RenderedEvent> rendered = parse_events(output.out);
  REQUIRE(rendered.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    INFO("record " << events[i]["record_id"]);
    check_event(events[i], rendered[i]);
  }
}

}  // namespace

TEST_CASE("libevtx reads the forged logs as their specs have them") {
  const auto program = find_program("evtxexport");
  if (!program) return;
  for (const auto& spec : valid_specs()) check_log(spec, *program + " -f xml");
}

TEST_CASE("libevtx finds nothing damaged or to recover in the forged logs") {
  const auto program = find_program("evtxinfo");
  if (!program) return;
  for (const auto& spec : valid_specs()) {
    std::filesystem::path log = spec;
    const Ran output = shell(*program + " " + quoted(log.replace_extension(".evtx").string()));
    CHECK(output.status == 0);
    CHECK_THAT(output.out, Catch::Contains("Number of recovered records\t: 0"));
    CHECK_THAT(output.out, !Catch::Contains("corrupt") && !Catch::Contains("dirty"));
  }
}

TEST_CASE("evtx_dump reads the forged logs as their specs have them") {
  const auto program = find_program("evtx_dump");
  if (!program) return;
  auto logs = valid_specs();
  logs.emplace_back(EVTXHOUND_SOURCE_DIR "/testdata/types/beyond-libevtx.jsonl");
  for (const auto& spec : logs) {
    check_log(spec, *program + " -t 1 -o xml --validate-checksums");
  }
}
