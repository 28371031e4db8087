// The spec format: what it refuses and where it says so, and that its documentation is true.
#include "evtxhound/evtx/writer/spec.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"

using namespace evtxhound;
using evtxhound::evtx::writer::forge;

namespace {

// What forging a spec fails with; empty where it does not.
std::string failure(const std::string& spec) {
  try {
    forge(spec, "s.jsonl");
  } catch (const Failure& error) {
    CHECK(error.status() == ExitStatus::kUsage);
    return error.what();
  }
  return {};
}

// An event with more members than it needs.
std::string event(const std::string& members) {
  return R"({"provider": "P", "channel": "C", "computer": "H", "event_id": 1, )"
         R"("time": "2023-03-29T10:00:00Z")" +
         (members.empty() ? "" : ", " + members) + "}\n";
}

std::string value(const std::string& json) { return event(R"("data": {"V": )" + json + "}"); }

}  // namespace

TEST_CASE("a spec without events is a log without chunks") {
  CHECK(forge("", "s").size() == 4096);
  CHECK(forge("\n  \r\n{\"log\": {}}\n", "s").size() == 4096);
}

TEST_CASE("lines may end with CR LF, the last with nothing") {
  const Buffer log = forge(event("") + event(""), "s");
  std::string windows = event("");
  windows.insert(windows.size() - 1, "\r");
  std::string last = event("");
  last.pop_back();
  CHECK(forge(windows + "\n" + last, "s") == log);
}

TEST_CASE("a mistake is reported with its line") {
  CHECK(failure("\n" + event("") + "nonsense\n") == "s.jsonl:3: not JSON, at column 2");
  CHECK(failure(event("") + event(R"("colour": "red")")) ==
        "s.jsonl:2: unknown key \"colour\" in \"event\"");
  CHECK(failure(event("") + "{\"log\": {}}\n") == "s.jsonl:2: \"log\" must be the first line");
  CHECK(failure("{\"log\": {\"records_per_chunk\": 0}}") ==
        "s.jsonl:1: \"records_per_chunk\" must be at least 1");
  CHECK(failure("{\"log\": {}, \"more\": 1}") == "s.jsonl:1: unknown key \"more\" in \"log\"");
  CHECK(failure("{\"event_id\": 1, \"time\": \"2023-03-29T10:00:00Z\"}") ==
        "s.jsonl:1: the event has no \"provider\"");
  CHECK(failure("[]") == "s.jsonl:1: \"event\" must be an object");
}

TEST_CASE("what an event cannot have is refused") {
  const std::pair<const char*, const char*> cases[] = {
      {R"("level": 256)", "\"level\" must be a whole number from 0 to 255"},
      {R"("level": -1)", "\"level\" must be"},
      {R"("keywords": "0x10000000000000000")", "\"keywords\" must be"},
      {R"("keywords": "12")", "\"keywords\" must be"},
      {R"("user": "SYSTEM")", "\"user\" must be a SID"},
      {R"("activity_id": "1")", "\"activity_id\" must be a GUID"},
      {R"("written": "yesterday")", "\"written\" must be a time"},
      {R"("record_id": 0)", "\"record_id\" must be at least 1"},
      {R"("data": {}, "user_data": {"name": "X"})", "an event has one of"},
      {R"("unnamed_data": [1])", "\"unnamed_data\" must be a text"},
      {R"("data": {"A": "x", "A": "y"})", "\"A\" stands twice in one object"},
      {R"("user_data": {"fields": {}})", "\"name\" is missing"},
      {R"("event_source": "S")", "only events with \"unnamed_data\""},
      {R"("user_data": {"name": "X", "fields": {"Y": {"name": "Z"}}})", "unknown key \"name\""},
      {R"("user_data": {"name": "X", "colour": 1})", "unknown key \"colour\""},
  };
  for (const auto& [members, message] : cases) {
    CHECK_THAT(failure(event(members)), Catch::Contains(std::string("s.jsonl:1: ") + message));
  }
}

TEST_CASE("a value that its type cannot hold is refused") {
  for (const char* json : {R"({"type": "int8", "value": 128})",
                           R"({"type": "int8", "value": -129})",
                           R"({"type": "int64", "value": 9223372036854775808})",
                           R"({"type": "uint32", "value": 4294967296})",
                           R"({"type": "uint32", "value": 1.5})",
                           R"({"type": "double", "value": "x"})",
                           R"({"type": "bool", "value": 1})",
                           R"({"type": "binary", "value": "0"})",
                           R"({"type": "binary[]", "value": []})",
                           R"({"type": "ansi", "value": "Ω"})",
                           R"({"type": "guid", "value": "x"})",
                           R"({"type": "sid", "value": "x"})",
                           R"({"type": "filetime", "value": "x"})",
                           R"({"type": "colour", "value": "x"})",
                           R"({"type": "string[]", "value": "x"})",
                           R"({"type": "string"})",
                           R"({"value": "x"})",
                           R"({"type": "string", "value": "x", "y": 1})",
                           "1",
                           "true",
                           "[]"}) {
    CHECK_THAT(failure(value(json)), Catch::StartsWith("s.jsonl:1: "));
  }
}

TEST_CASE("a record that fits no chunk is refused with its line") {
  CHECK_THAT(failure(event("") + value('"' + std::string(40000, 'x') + '"')),
             Catch::StartsWith("s.jsonl:2: the event is too large"));
}

TEST_CASE("damage at a place that the log does not have is refused") {
  const auto damage = [](const std::string& json) {
    return failure("{\"log\": {\"damage\": " + json + "}}\n" + event(""));
  };
  CHECK(damage(R"({"chunk_data_checksum": [1]})") == "s.jsonl:1: damage: the log has no chunk 1");
  CHECK(damage(R"({"records": [{"record_id": 2, "part": "size"}]})") ==
        "s.jsonl:1: damage: the log has no record 2");
  CHECK(damage(R"({"cut_at": 69633})") == "s.jsonl:1: damage: the log has only 69632 bytes");
  CHECK_THAT(damage(R"({"records": [{"record_id": 1, "part": "nose"}]})"),
             Catch::Contains("\"part\" must be"));
  CHECK_THAT(damage(R"({"fire": true})"), Catch::Contains("unknown key \"fire\""));
}

TEST_CASE("the same spec gives the same bytes") {
  const std::string spec = event(R"("data": {"A": "x"})") + event(R"("unnamed_data": ["y"])");
  CHECK(forge(spec, "one") == forge(spec, "two"));
}

TEST_CASE("every example in docs/forge.md is a valid spec") {
  const std::string text = read_text_file(EVTXHOUND_SOURCE_DIR "/docs/forge.md");
  constexpr std::string_view kOpen = "```jsonl\n";
  std::size_t examples = 0;
  for (std::size_t at = text.find(kOpen); at != std::string::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    CHECK_NOTHROW(forge(text.substr(at, text.find("```", at) - at), "docs/forge.md"));
    ++examples;
  }
  CHECK(examples == 5);
}
