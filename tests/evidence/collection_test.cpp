// The hosts that collections say they were taken from.
#include <catch2/catch.hpp>

#include "evtxhound/evidence/collection/host_sign.hpp"
#include "evtxhound/evidence/find.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const std::string kLog = std::string("ElfFile\0", 8) + std::string(5000, '\0');
const std::string kContext = "{\n \"session_id\": \"F.1234\",\n \"state\": 2\n}";

std::string client_info(const std::string& host) {
  return "{\n \"Hostname\": \"" + host + "\",\n \"OS\": \"windows\",\n \"Fqdn\": \"" + host +
         ".corp.example\",\n \"Name\": \"velociraptor\"\n}";
}

// As an offline collector writes it: what names the host comes last.
std::vector<ArchivedFile> velociraptor(const std::string& host, const std::string& folder = "") {
  return {{folder + "uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx", kLog},
          {folder + "log.json", "{\"_ts\":1602103388,\"level\":\"DEFAULT\"}\n"},
          {folder + "collection_context.json", kContext},
          {folder + "requests.json", "{}"},
          {folder + "client_info.json", client_info(host)}};
}

std::string kape_log(const std::string& source, const std::string& host) {
  return "\xEF\xBB\xBF[2024-09-23 05:22:09.5720380 | INF] KAPE directory: E:\\KAPE\r\n"
         "[2024-09-23 05:22:09.5800000 | INF] Command line:   --tsource " +
         source +
         " --tdest E:\\out --target EventLogs --debug\r\n"
         "[2024-09-23 05:22:09.5810000 | INF] System info: Machine name: " +
         host +
         ", 64-bit: true, User: examiner OS: \"Windows10\" (10.0.19045)\r\n"
         "[2024-09-23 05:22:10.0000000 | INF] Using Target operations\r\n"
         "[2024-09-23 05:22:11.0000000 | INF] Command line: -f x.evtx --csv E:\\out\r\n";
}

const std::string kKapeLogName = "2024-09-23T05_22_09_5720380_ConsoleLog.txt";

void write_all(const fs::path& folder, const std::vector<ArchivedFile>& files) {
  for (const ArchivedFile& file : files) {
    fs::create_directories((folder / file.name).parent_path());
    write_file(folder / file.name, file.content);
  }
}

// Each piece with its host, as `path: host (from)`, the path from behind the root.
std::vector<std::string> hosts_of(const fs::path& argument) {
  std::vector<std::string> hosts;
  const std::string root = fs::canonical(argument).string();
  for (const Piece& piece : find({argument}).pieces) {
    const std::string path = piece.path.string();
    REQUIRE(path.starts_with(root));
    CHECK(piece.host.empty() == piece.host_from.empty());
    hosts.push_back(path.substr(root.size()) + ": " + piece.host +
                    (piece.host.empty() ? "" : " (" + piece.host_from + ")"));
  }
  return hosts;
}

using Hosts = std::vector<std::string>;

std::optional<std::string> host_said(const std::string& name, const std::string& content) {
  const auto sign = read_host_sign(name, as_bytes(content));
  return sign ? std::optional(sign->host) : std::nullopt;
}

}  // namespace

TEST_CASE("an offline collector's archive says of which host it is") {
  const TemporaryFolder folder;
  const std::string log = " / uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx";
  write_file(folder / "Collection.zip", zip(velociraptor("FS02")));
  CHECK(hosts_of(folder / "Collection.zip") ==
        Hosts{": FS02 (client_info.json)", log + ": FS02 (client_info.json)"});
  SECTION("also unpacked") {
    write_all(folder / "unpacked", velociraptor("FS02"));
    write_file(folder / "unpacked/of another host.evtx", kLog);
    CHECK(hosts_of(folder / "unpacked") ==
          Hosts{": FS02 (client_info.json)", "/of another host.evtx: ",
                "/uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx: FS02 "
                "(client_info.json)"});
  }
  SECTION("of several collections in one folder each its own") {
    write_file(folder / "in/a.zip", zip(velociraptor("A")));
    write_file(folder / "in/b.zip", zip(velociraptor("B")));
    write_all(folder / "in/c", velociraptor("C"));
    write_file(folder / "in/d.evtx", kLog);
    const Hosts hosts = hosts_of(folder / "in");
    REQUIRE(hosts.size() == 7);
    CHECK(hosts[0] == ": ");
    CHECK(hosts[1] == "/a.zip: A (client_info.json)");
    CHECK(hosts[2] == "/a.zip" + log + ": A (client_info.json)");
    CHECK(hosts[4] == "/b.zip" + log + ": B (client_info.json)");
    CHECK(hosts[5].ends_with("Security.evtx: C (client_info.json)"));
    CHECK(hosts[6] == "/d.evtx: ");
  }
}

TEST_CASE("collections within archives keep their hosts apart, the innermost counts") {
  const TemporaryFolder folder;
  auto files = velociraptor("OUTER", "Collection-OUTER/");
  files.push_back({"Collection-OUTER/uploads/auto/C%3A/inner.zip", zip(velociraptor("INNER"))});
  files.push_back({"Collection-OUTER/uploads/auto/C%3A/backup.zip", zip({{"old.evtx", kLog}})});
  files.push_back({"other/Security.evtx", kLog});
  write_file(folder / "all.zip", zip(files));
  CHECK(hosts_of(folder / "all.zip") ==
        Hosts{": ",
              " / Collection-OUTER/uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx: "
              "OUTER (client_info.json)",
              " / other/Security.evtx: ",
              " / Collection-OUTER/uploads/auto/C%3A/inner.zip: INNER (client_info.json)",
              " / Collection-OUTER/uploads/auto/C%3A/inner.zip / "
              "uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx: INNER "
              "(client_info.json)",
              " / Collection-OUTER/uploads/auto/C%3A/backup.zip: OUTER (client_info.json)",
              " / Collection-OUTER/uploads/auto/C%3A/backup.zip / old.evtx: OUTER "
              "(client_info.json)"});
}

TEST_CASE("KAPE's log names the host where KAPE took the drive of the machine it ran on") {
  const TemporaryFolder folder;
  const std::string log = "C/Windows/System32/winevt/Logs/System.evtx";
  const auto hosts = [&](const std::string& source, const std::string& host) {
    write_all(folder / "kape", {{kKapeLogName, kape_log(source, host)},
                                {log, kLog},
                                {"F/System.evtx", kLog},
                                {"2024-09-23T05_22_09_5720380_CopyLog.csv", "SourceFile\r\n"}});
    return hosts_of(folder / "kape");
  };
  const Hosts nobodys{": ", "/" + log + ": ", "/F/System.evtx: "};
  for (const char* source : {"C:", "c:", "C", "C:\\", "\"C:\\\""}) {
    CAPTURE(source);
    CHECK(hosts(source, "WS-07") == Hosts{": WS-07 (ConsoleLog.txt)",
                                          "/" + log + ": WS-07 (ConsoleLog.txt)",
                                          "/F/System.evtx: "});
  }
  // A mounted image on an examiner's machine, a folder, a rescue system, no name.
  CHECK(hosts("F:", "EXAMINER-1") == nobodys);
  CHECK(hosts("C:\\cases\\image", "EXAMINER-1") == nobodys);
  CHECK(hosts("C:", "MININT-AB12CD3") == nobodys);
  CHECK(hosts("C:", "") == nobodys);
  write_file(folder / "kape.zip", zip({{log, kLog}, {kKapeLogName, kape_log("C:", "WS-07")}}));
  CHECK(hosts_of(folder / "kape.zip") ==
        Hosts{": WS-07 (ConsoleLog.txt)", " / " + log + ": WS-07 (ConsoleLog.txt)"});
}

TEST_CASE("an archive that KAPE made is of the host that the log of the same run names") {
  const TemporaryFolder folder;
  const std::string log = "C/Windows/System32/winevt/Logs/System.evtx";
  const std::string archive = zip({{log, kLog}, {"2024-09-23T05_22_09_5720380_CopyLog.csv", "x"}});
  write_all(folder / "out", {{kKapeLogName, kape_log("C:", "WS-07")},
                             {"2024-09-23T052209_WS-99.zip", archive},
                             {"2024-09-23T052210_later.zip", archive},
                             {"WS-07.zip", archive}});
  CHECK(hosts_of(folder / "out") ==
        Hosts{": WS-07 (ConsoleLog.txt)", "/2024-09-23T052209_WS-99.zip: WS-07 (ConsoleLog.txt)",
              "/2024-09-23T052209_WS-99.zip / " + log + ": WS-07 (ConsoleLog.txt)",
              "/2024-09-23T052210_later.zip: ", "/2024-09-23T052210_later.zip / " + log + ": ",
              "/WS-07.zip: ", "/WS-07.zip / " + log + ": "});
  // Of a second host in the same folder, each its own.
  write_all(folder / "out",
            {{"2024-09-23T05_22_10_0000000_ConsoleLog.txt", kape_log("C:", "WS-08")}});
  Hosts hosts = hosts_of(folder / "out");
  REQUIRE(hosts.size() == 7);
  CHECK(hosts[0] == ": ");
  CHECK(hosts[1] == "/2024-09-23T052209_WS-99.zip: WS-07 (ConsoleLog.txt)");
  CHECK(hosts[4] == "/2024-09-23T052210_later.zip / " + log + ": WS-08 (ConsoleLog.txt)");
  // All of it in an archive, and of an image that was mounted.
  write_file(folder / "all.zip",
             zip({{kKapeLogName, kape_log("C:", "WS-07")}, {"2024-09-23T052209_x.zip", archive}}));
  hosts = hosts_of(folder / "all.zip");
  REQUIRE(hosts.size() == 3);
  CHECK(hosts[2] == " / 2024-09-23T052209_x.zip / " + log + ": WS-07 (ConsoleLog.txt)");
  write_file(folder / "all.zip", zip({{kKapeLogName, kape_log("F:", "EXAMINER-1")},
                                      {"2024-09-23T052209_x.zip", archive}}));
  CHECK(hosts_of(folder / "all.zip")[2] == " / 2024-09-23T052209_x.zip / " + log + ": ");
}

TEST_CASE("an archive's own name, and layouts that name no host, give none") {
  const TemporaryFolder folder;
  const std::string log = "C/Windows/System32/winevt/Logs/System.evtx";
  // CyLR, whose archive is called after the host unless its user says otherwise.
  write_file(folder / "DESKTOP-1.zip",
             zip({{log, kLog}, {"CyLR_Collection_Log_2024-01-01_00-00-00.log", "Argument"}}));
  CHECK(hosts_of(folder / "DESKTOP-1.zip") == Hosts{": ", " / " + log + ": "});
  // wevtutil epl, then al.
  write_all(folder / "WS-07", {{"Security.evtx", kLog}, {"LocaleMetaData/Security_1033.MTA", "x"}});
  CHECK(hosts_of(folder / "WS-07") == Hosts{": ", "/Security.evtx: "});
}

TEST_CASE("signs that are incomplete or contradict each other give no host") {
  const TemporaryFolder folder;
  const auto with = [&](std::vector<ArchivedFile> files) {
    files.push_back({"uploads/auto/C%3A/x.evtx", kLog});
    write_file(folder / "x.zip", zip(files));
    return hosts_of(folder / "x.zip");
  };
  const Hosts nobodys{": ", " / uploads/auto/C%3A/x.evtx: "};
  CHECK(with({{"client_info.json", client_info("A")}}) == nobodys);
  CHECK(with({{"collection_context.json", kContext}}) == nobodys);
  CHECK(with({{"client_info.json", client_info("A")}, {"collection_context.json", ""}}) == nobodys);
  CHECK(with({{"client_info.json", client_info("A")},
              {"client_info.json", client_info("B")},
              {"collection_context.json", kContext}}) == nobodys);
  // In another folder than the collection's.
  CHECK(with({{"sub/client_info.json", client_info("A")},
              {"sub/collection_context.json", kContext}}) == nobodys);
  CHECK(with({{"client_info.json", client_info("A")},
              {"client_info.json", client_info("A")},
              {"collection_context.json", kContext}}) ==
        Hosts{": A (client_info.json)", " / uploads/auto/C%3A/x.evtx: A (client_info.json)"});
}

TEST_CASE("what is no name of a host, and JSON that is none, says nothing") {
  CHECK(host_said("client_info.json", client_info("FIN-WS-014")) == "FIN-WS-014");
  CHECK(host_said("client_info.json", "{\"client_id\":\"C.1\",\"hostname\":\"srv.corp\"}") ==
        "srv.corp");
  CHECK(host_said("client_info.json", client_info("\\u0412\\u041c-1")) == "ВМ-1");
  for (const std::string& name : std::vector<std::string>{
           "", "localhost", "two words", "a\\u0000b", "a\\u001b[31m", "a\\u202eb", "../x", "a/b",
           "a\\\\b", "<b>", "'; --", ".", std::string(254, 'a')}) {
    CAPTURE(name);
    CHECK(host_said("client_info.json", client_info(name)) == std::nullopt);
  }
  for (const std::string& json :
       {std::string(), std::string("{"), std::string("[\"Hostname\"]"),
        std::string("{\"Hostname\": 7}"), std::string("{\"Hostname\": {\"Hostname\": \"A\"}}"),
        std::string("{\"Hostname\": \"A\", \"hostname\": \"B\"}"),
        std::string("{\"Hostname\": \"A\xFF\"}"), std::string(60'000, '['),
        client_info("A") + client_info("B"), client_info("A") + std::string(70'000, ' ')}) {
    CAPTURE(json.substr(0, 80));
    CHECK(host_said("client_info.json", json) == std::nullopt);
  }
  const std::string log = kape_log("C:", "WS-07");
  CHECK(host_said(kKapeLogName, log) == "WS-07");
  CHECK(host_said(kKapeLogName, log + log) == std::nullopt);
  CHECK(host_said(kKapeLogName, log.substr(0, log.find("WS-07") + 3)) == std::nullopt);
  CHECK(host_said(kKapeLogName, log.substr(log.find("System info"))) == std::nullopt);
  CHECK(host_said("ConsoleLog.txt", log) == std::nullopt);
  CHECK(host_said("notes.json", client_info("A")) == std::nullopt);
}
