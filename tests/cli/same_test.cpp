// The same evidence gives the same case file: whatever the order, the threads, and how often a scan
// was begun; and `--resume` reads nothing twice.

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "tests/support/archives.hpp"
#include "tests/support/process.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
const fs::path kHost = kTestdata / "intrusion/FIN-WS-014";

Ran scan(const std::string& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + evidence + " --case " + quoted(case_file) + " " + more);
}

std::string hash(const fs::path& case_file) {
  const Ran ran = run_evtxhound("case hash " + quoted(case_file));
  REQUIRE(ran.status == 0);
  REQUIRE(ran.out.size() == 65);
  return ran.out;
}

// Of the last run.
std::string of_run(const fs::path& case_file, const std::string& column) {
  return value(case_file, "select " + column + " from run order by run_id desc limit 1");
}

// Evidence of each kind: folders, named files, an archive of a host, bytes to be carved.
std::vector<std::string> evidence_in(const TemporaryFolder& folder) {
  fs::copy(kTestdata, folder / "e/testdata", fs::copy_options::recursive);
  write_file(folder / "e/host.zip", zip(files_in(kHost)));
  const std::string log = read_file(kHost / "Security.evtx");
  write_file(folder / "e/page.raw", std::string(5000, 'x') + log.substr(4096));
  return {quoted(folder / "e/testdata"), quoted(folder / "e/host.zip"),
          quoted(folder / "e/page.raw"), quoted(folder / "e/testdata/damaged/cut.evtx"),
          quoted(folder / "e/testdata/intrusion")};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out;
}

}  // namespace

TEST_CASE("threads and the order of arguments change nothing") {
  const TemporaryFolder folder;
  std::vector<std::string> evidence = evidence_in(folder);
  std::mt19937 random(1);
  std::string expected;
  for (const char* threads : {"1", "2", "7"}) {
    const fs::path case_file = folder / (std::string(threads) + ".db");
    scan(joined(evidence), case_file, std::string("--carve --store all --threads ") + threads);
    if (expected.empty()) expected = hash(case_file);
    CHECK(hash(case_file) == expected);
    CHECK(std::stoi(value(case_file, "select count(*) from event where state = 'carved'")) > 3);
    std::ranges::shuffle(evidence, random);
  }
}

TEST_CASE("the order of packs and rules changes nothing, nor does it with many indicators") {
  const TemporaryFolder folder;
  const std::string head = "kind,value,description,severity,source\n";
  std::string many = head;
  for (int i = 0; i < 10'001; ++i) many += "domain,d" + std::to_string(i) + ".example,x,low,test\n";
  write_file(folder / "a.csv", many + "text,svchost.exe,x,low,test\n");
  write_file(folder / "b.csv", head + "text,explorer.exe,x,low,test\n");
  const std::string rule =
      "logsource: {product: windows}\ndetection: {s: {Image|contains: exe}, "
      "condition: s}\nlevel: low\n";
  write_file(folder / "a.yml", "title: A\nid: 00000000-0000-0000-0000-000000000001\n" + rule);
  write_file(folder / "b.yml", "title: B\nid: 00000000-0000-0000-0000-000000000002\n" + rule);
  const auto options = [&](const std::string& first, const std::string& second) {
    return "--iocs " + quoted(folder / (first + ".csv")) + " --iocs " +
           quoted(folder / (second + ".csv")) + " --rules " + quoted(folder / (first + ".yml")) +
           " --rules " + quoted(folder / (second + ".yml"));
  };
  scan(quoted(kTestdata), folder / "1.db", options("a", "b") + " --threads 1");
  scan(quoted(kTestdata), folder / "2.db", options("b", "a") + " --threads 3");
  CHECK(hash(folder / "1.db") == hash(folder / "2.db"));
  CHECK(value(folder / "1.db", "select count(*) from indicator") == "2");  // those that were found
  CHECK(value(folder / "1.db", "select count(*) from rule") == "2");
}

TEST_CASE("the text of --tables is what is hashed") {
  const TemporaryFolder folder;
  scan(quoted(kTestdata), folder / "case.db");
  const std::string program = quoted(std::string(EVTXHOUND_PROGRAM));
  const Ran ran = shell(program + " case hash --tables " + quoted(folder / "case.db") +
                        " | sha256sum | cut -d ' ' -f 1");
  CHECK(ran.out == hash(folder / "case.db"));
}

TEST_CASE("scan --resume reads nothing again that was read to its end") {
  const TemporaryFolder folder;
  const std::string evidence = joined(evidence_in(folder));
  const fs::path case_file = folder / "case.db";
  const int first = scan(evidence, case_file, "--carve --store all").status;
  const std::string once = hash(case_file);
  const std::string logs = of_run(case_file, "files_read");
  const Ran again = scan(evidence, case_file, "--carve --store all --resume");
  CHECK(again.status == first);
  CHECK(again.status == 1);  // problems of evidence that is known count, too
  CHECK_THAT(again.out, Catch::Contains("had been read to their end before"));
  CHECK(of_run(case_file, "files_known") == logs);
  CHECK(of_run(case_file, "files_read") == "0");
  CHECK(of_run(case_file, "bytes_read") == "0");
  CHECK(hash(case_file) == once);
}

TEST_CASE("scan --resume reads what is new, what has changed, and what other settings have read") {
  const TemporaryFolder folder;
  fs::copy(kHost, folder / "e", fs::copy_options::recursive);
  const fs::path case_file = folder / "case.db";
  const std::string evidence = quoted(folder / "e");
  const auto known_of = [&](const std::string& more) {
    scan(evidence, case_file, "--resume " + more);
    return of_run(case_file, "files_known || '+' || files_read");
  };
  scan(evidence, case_file);
  const int all = std::stoi(of_run(case_file, "files_read"));
  REQUIRE(all > 2);
  const auto known_but = [&](int read, int of) {
    return std::to_string(of - read) + "+" + std::to_string(read);
  };
  CHECK(known_of("") == known_but(0, all));

  // Proof that it is not read: a change that sets size and time back deceives --resume alone.
  const fs::path log = folder / "e/Security.evtx";
  const auto time = fs::last_write_time(log);
  std::string content = read_file(log);
  content.back() = static_cast<char>(content.back() ^ 1);
  write_file(log, content);
  fs::last_write_time(log, time);
  CHECK(known_of("") == known_but(0, all));
  CHECK(value(case_file, "select count(*) from evidence where path like '%/Security.evtx'") == "1");
  fs::last_write_time(log, time + std::chrono::microseconds(1));
  CHECK(known_of("") == known_but(1, all));
  CHECK(value(case_file, "select count(*) from evidence where path like '%/Security.evtx'") == "2");
  CHECK(known_of("") == known_but(0, all));

  fs::copy_file(log, folder / "e/new.evtx");
  CHECK(known_of("") == known_but(1, all + 1));
  CHECK(known_of("--store all") == known_but(all + 1, all + 1));
  CHECK(known_of("--store all") == known_but(0, all + 1));
  CHECK(known_of("--hash all") == known_but(all + 1, all + 1));
  CHECK(known_of("--threads 1") == known_but(0, all + 1));
}

TEST_CASE("members of an archive are known only as long as the archive is the same") {
  const TemporaryFolder folder;
  write_file(folder / "e/host.zip", zip(files_in(kHost)));
  const fs::path case_file = folder / "case.db";
  scan(quoted(folder / "e"), case_file);
  const std::string logs = of_run(case_file, "files_read");
  scan(quoted(folder / "e"), case_file, "--resume");
  CHECK(of_run(case_file, "files_known") == logs);
  fs::last_write_time(folder / "e/host.zip",
                      fs::last_write_time(folder / "e/host.zip") + std::chrono::seconds(1));
  scan(quoted(folder / "e"), case_file, "--resume");
  CHECK(of_run(case_file, "files_known") == "0");
}

TEST_CASE("with correlations --resume reads everything, and says so") {
  const TemporaryFolder folder;
  write_file(folder / "rule.yml",
             "title: S\nid: 00000000-0000-0000-0000-000000000001\nname: s\n"
             "logsource: {product: windows}\ndetection: {s: {Image|contains: exe}, condition: s}\n"
             "level: low\n---\ntitle: C\nid: 00000000-0000-0000-0000-000000000002\n"
             "correlation: {type: event_count, rules: [s], group-by: [Computer], timespan: 1d, "
             "condition: {gte: 2}}\nlevel: low\n");
  const std::string rules = "--rules " + quoted(folder / "rule.yml");
  scan(quoted(kHost), folder / "case.db", rules);
  const std::string once = hash(folder / "case.db");
  const std::string logs = of_run(folder / "case.db", "files_read");
  CHECK(std::stoi(value(folder / "case.db", "select count(*) from detection")) > 0);
  const Ran again = scan(quoted(kHost), folder / "case.db", rules + " --resume");
  CHECK_THAT(again.err, Catch::Contains("everything is read again"));
  CHECK(of_run(folder / "case.db", "files_read") == logs);
  CHECK(hash(folder / "case.db") == once);
}

TEST_CASE(
    "scan --hash all gives MD5 and SHA-1 too, in archives as well, and adds them to what is "
    "known") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  write_file(folder / "e/host.zip", zip({{"a.evtx", read_file(kHost / "Security.evtx")}}));
  fs::copy_file(kHost / "Security.evtx", folder / "e/b.evtx");
  scan(quoted(folder / "e"), case_file);
  CHECK(value(case_file, "select count(md5) + count(sha1) from evidence") == "0");
  scan(quoted(folder / "e"), case_file, "--hash all");
  const auto digest = [](const std::string& program, const fs::path& path) {
    return shell(program + " < " + quoted(path) + " | cut -d ' ' -f 1 | tr -d '\\n'").out;
  };
  const auto digests = [&](const fs::path& path) {
    return std::vector<std::string>{digest("md5sum", path), digest("sha1sum", path),
                                    digest("sha256sum", path)};
  };
  CHECK(query(case_file,
              "select md5, sha1, sha256 from evidence where kind <> 'folder' order by "
              "path") == Rows{digests(folder / "e/b.evtx"), digests(folder / "e/host.zip"),
                              digests(kHost / "Security.evtx")});
  scan(quoted(folder / "e"), folder / "none.db", "--hash none");
  CHECK(value(folder / "none.db", "select count(sha256) + count(md5) from evidence") == "0");
}

TEST_CASE("a run keeps its options and the digest of its rules") {
  const TemporaryFolder folder;
  write_file(folder / "rules/a.yml",
             "title: A\nid: 00000000-0000-0000-0000-000000000001\nlogsource: {product: windows}\n"
             "detection: {s: {Image|contains: exe}, condition: s}\nlevel: low\n");
  const fs::path case_file = folder / "case.db";
  scan(quoted(kHost), case_file,
       "--store all --rules " + quoted(folder / "rules/a.yml") + " --threads 3");
  CHECK(of_run(case_file, "(options ->> '$.store') || (options ->> '$.threads')") == "all3");
  CHECK(of_run(case_file, "length(options ->> '$.settings')") == "64");
  CHECK(of_run(case_file, "rules ->> '$[0].sha256'") + "\n" ==
        shell("sha256sum < " + quoted(folder / "rules/a.yml") + " | cut -d ' ' -f 1").out);
  scan(quoted(kHost), case_file, "--rules " + quoted(folder / "rules"));
  CHECK(of_run(case_file, "rules ->> '$[0].sha256'") + "\n" ==
        shell("cd " + quoted(folder.path() / "rules") +
              " && sha256sum a.yml | sha256sum | cut -d ' ' -f 1")
            .out);
}

TEST_CASE("a second scan of a case file says that it is locked, and readers are let in") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  for (int i = 0; i < 40; ++i) {
    fs::copy(kTestdata / "intrusion", folder / ("e/" + std::to_string(i)),
             fs::copy_options::recursive);
  }
  bool refused = false;
  for (int attempt = 0; attempt < 20 && !refused; ++attempt) {
    Process first(
        {"scan", (folder / "e").string(), "--case", case_file.string(), "--store", "all"});
    while (!first.has_ended() && !refused) {
      if (!fs::exists(case_file)) continue;
      const Ran second = scan(quoted(kHost), case_file);
      if (first.has_ended() || second.status != 3) break;
      refused = second.err.find("locked by another scan") != std::string::npos;
      CHECK(value(case_file, "pragma integrity_check") == "ok");
      CHECK(value(case_file,
                  "select count(*) from hit where event_id not in (select event_id from "
                  "event)") == "0");
    }
    first.wait();
  }
  CHECK(refused);
  CHECK(scan(quoted(kHost), case_file).status == 0);
}
