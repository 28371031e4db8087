// What `evtxhound dump` writes, and how it ends.

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
const fs::path kLog = kTestdata / "clean/HQ-WS-021/Application.evtx";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "none";
  const std::size_t at = begin + before.size();
  return text.substr(at, text.find(after, at) - at);
}

// The record ids of an output, as `1 2 3 `.
std::string ids_of(const std::string& out) {
  std::string ids;
  for (const std::string& line : lines_of(out)) {
    const bool xml = line.starts_with("<");
    ids += xml ? between(line, "<EventRecordID>", "<") : between(line, "\"EventRecordID\":", ",");
    ids += ' ';
  }
  return ids;
}

// A log of records 1 to `count`, two of them in each chunk.
fs::path forge_log(const TemporaryFolder& folder, int count, const std::string& data = "{}") {
  std::string spec =
      R"({"log": {"provider": "P", "channel": "C", "computer": "X", "records_per_chunk": 2}})"
      "\n";
  for (int i = 0; i < count; ++i) {
    spec += R"({"event_id": 7, "time": "2023-03-29T12:00:00Z", "data": )" + data + "}\n";
  }
  write_file(folder / "log.jsonl", spec);
  const fs::path log = folder / "log.evtx";
  const Ran ran = run_evtxhound("forge " + quoted(folder / "log.jsonl") + " -o " + quoted(log));
  if (ran.status != 0) throw std::runtime_error(ran.err);
  return log;
}

Ran dump(const fs::path& path, const std::string& more = "") {
  return run_evtxhound("dump " + more + " " + quoted(path));
}

}  // namespace

TEST_CASE("dump writes one Event, or one JSON object, on a line, with the values of the spec") {
  const TemporaryFolder folder;
  const fs::path log = forge_log(folder, 3, R"({"Text": "two\r\nlines", "Markup": "<a> & \"b\""})");
  const Ran xml = dump(log);
  CHECK(xml.status == 0);
  CHECK(xml.err.empty());
  REQUIRE(lines_of(xml.out).size() == 3);
  for (const std::string& line : lines_of(xml.out)) {
    CHECK_THAT(line, Catch::StartsWith("<Event ") && Catch::EndsWith("</Event>") &&
                         Catch::Contains("<Data Name='Text'>two&#13;&#10;lines</Data>") &&
                         Catch::Contains("<Data Name='Markup'>&lt;a&gt; &amp; \"b\"</Data>"));
  }
  CHECK(dump(log, "--format xml").out == xml.out);
  const Ran json = dump(log, "--format jsonl");
  CHECK(json.status == 0);
  REQUIRE(lines_of(json.out).size() == 3);
  for (const std::string& line : lines_of(json.out)) {
    CHECK_THAT(line, Catch::StartsWith("{\"Event\":{") &&
                         Catch::Contains(R"("Text":"two\r\nlines","Markup":"<a> & \"b\"")"));
  }
}

TEST_CASE("the option --records chooses records by their ids, in every form of a range") {
  const TemporaryFolder folder;
  const fs::path log = forge_log(folder, 6);
  const auto chosen = [&log](const std::string& ranges) {
    const Ran ran = dump(log, "--records=" + ranges);
    return ran.status == 0 ? ids_of(ran.out) : "status " + std::to_string(ran.status);
  };
  CHECK(chosen("4") == "4 ");
  CHECK(chosen("2-4") == "2 3 4 ");
  CHECK(chosen("-2") == "1 2 ");
  CHECK(chosen("5-") == "5 6 ");
  CHECK(chosen("6,1-2") == "1 2 6 ");
  CHECK(chosen("'1, 3'") == "1 3 ");
  CHECK(chosen("7-100").empty());
  CHECK(chosen("18446744073709551615").empty());
}

TEST_CASE("a range of records that is none ends the program with 2 and a message") {
  for (const char* ranges : {"x", "4-2", "-", "1,,2", "1-2-3", "1,", "18446744073709551616"}) {
    const Ran ran = dump(kLog, std::string("--records=") + ranges);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Catch::Contains("--records: '") && Catch::Contains("no record id"));
  }
}

TEST_CASE("dump of a damaged log writes what is whole, says where the rest is, and ends with 1") {
  for (const char* format : {"--format xml", "--format jsonl"}) {
    const Ran ran = dump(kTestdata / "damaged/records.evtx", format);
    CHECK(ran.status == 1);
    // By the log's spec: 2 has no signature, 4 no size, 8 no BinXML; the size copy of 6 is wrong.
    CHECK(ids_of(ran.out) == "1 3 5 6 7 9 ");
    CHECK_THAT(ran.err, Catch::Contains("records.evtx @ 0x1b28: 624 bytes hold no record") &&
                            Catch::Contains("record 6: its size") && Catch::Contains("record 8: "));
  }
}

TEST_CASE("dump tells bad usage from bad evidence") {
  CHECK(dump(kTestdata / "absent.evtx").status == 2);
  CHECK(dump(kLog, "--format csv").status == 2);
  CHECK(dump(kLog, "--engine other").status == 2);
  CHECK(dump(kLog, "--threads 0").status == 2);
  const Ran page = dump(kLog, "--ansi-code-page klingon");
  CHECK(page.status == 2);
  CHECK_THAT(page.err, Catch::Contains("--ansi-code-page: 'klingon' is not known"));
  const Ran json = dump(kLog, "--engine libevtx --format jsonl");
  CHECK(json.status == 2);
  CHECK_THAT(json.err, Catch::Contains("libevtx renders XML only"));
  const TemporaryFolder folder;
  write_file(folder / "x.evtx", "no log");
  CHECK(dump(folder / "x.evtx").status == 1);
}

TEST_CASE("the output is the same with any number of threads, and log by log") {
  for (const char* format : {"xml", "jsonl"}) {
    const std::string how = std::string("--format ") + format + " --threads ";
    const Ran one = dump(kTestdata, how + "1");
    CHECK(lines_of(one.out).size() > 400);
    for (const char* threads : {"2", "4", "16"}) {
      const Ran several = dump(kTestdata, how + threads);
      CHECK(several.status == one.status);
      CHECK((several.out == one.out));
      CHECK(several.err == one.err);
    }
  }
}

TEST_CASE("a log that has wrapped comes oldest first") {
  const TemporaryFolder folder;
  const std::string log = read_file(forge_log(folder, 6));
  constexpr std::size_t kHeader = 4096;
  constexpr std::size_t kChunk = 65536;
  REQUIRE(log.size() == kHeader + 3 * kChunk);
  // The newest chunk was written over what stood before the others.
  write_file(folder / "wrapped.evtx", log.substr(0, kHeader) + log.substr(kHeader + 2 * kChunk) +
                                          log.substr(kHeader, 2 * kChunk));
  const Ran ran = dump(folder / "wrapped.evtx");
  CHECK(ran.status == 0);
  CHECK(ids_of(ran.out) == "1 2 3 4 5 6 ");
}

TEST_CASE("libevtx reads the same records, each on one line") {
  const TemporaryFolder folder;
  const fs::path log = forge_log(folder, 5, R"({"Text": "two\r\nlines"})");
  const Ran ran = dump(log, "--engine libevtx");
  CHECK(ran.status == 0);
  CHECK(ids_of(ran.out) == "1 2 3 4 5 ");
  CHECK_THAT(ran.out, Catch::Contains("two&#13;&#10;lines"));
  CHECK(ids_of(dump(log, "--engine libevtx --records 2-3").out) == "2 3 ");
}

TEST_CASE("ANSI strings are of the code page that is named") {
  const TemporaryFolder folder;
  const fs::path log = forge_log(folder, 1, R"({"T": {"type": "ansi", "bytes": "cff080"}})");
  CHECK_THAT(dump(log).out, Catch::Contains("<Data Name='T'>Ïð€</Data>"));
  CHECK_THAT(dump(log, "--ansi-code-page windows-1251").out,
             Catch::Contains("<Data Name='T'>ПрЂ</Data>"));
  CHECK(dump(log, "--ansi-code-page 1251").out == dump(log, "--ansi-code-page windows-1251").out);
}

TEST_CASE("output that cannot be written ends the program with 3 and a message") {
  const std::string program = quoted(std::string(EVTXHOUND_PROGRAM));
  const std::string log = quoted(kTestdata / "clean/HQ-WS-021/Security.evtx");
  for (const char* threads : {"1", "4"}) {
    const std::string command = program + " dump --threads " + threads + " " + log;
    const Ran full = shell(command + " >/dev/full");
    CHECK(full.status == 3);
    CHECK_THAT(full.err, Catch::Contains("cannot write the output: No space left on device"));
    // A reader that has seen enough, such as head, ends it by SIGPIPE and without a word, unless
    // whoever started it ignores that signal.
    const Ran closed = shell("( sleep 0.3; " + command + "; echo status $? >&2 ) | true");
    CHECK_THAT(closed.err, Catch::Contains("status 141") ||
                               (Catch::Contains("cannot write the output: Broken pipe") &&
                                Catch::Contains("status 3")));
  }
}
