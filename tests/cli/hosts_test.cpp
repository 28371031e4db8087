// Collections scanned by the real program: the hosts that they name, in tables, views and reports.
#include <catch2/catch.hpp>

#include "tests/support/archives.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kHost = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata/intrusion/FIN-WS-014";

// What an offline collector of Velociraptor leaves, of the test data's host under another name.
std::string collection(const std::string& host) {
  std::vector<ArchivedFile> files;
  for (const ArchivedFile& file : files_in(kHost)) {
    files.push_back({"uploads/auto/C%3A/Windows/System32/winevt/Logs/" + file.name, file.content});
  }
  files.push_back({"collection_context.json", "{\"session_id\": \"F.1\"}"});
  files.push_back({"client_info.json", "{\"Hostname\": \"" + host + "\"}"});
  return zip(files);
}

}  // namespace

TEST_CASE("the host that a collection names is with its evidence, and events keep their computer") {
  const TemporaryFolder folder;
  write_file(folder / "in/one.zip", collection("FIN-WS-014"));
  write_file(folder / "in/plain/Security.evtx", read_file(kHost / "Security.evtx"));
  const fs::path case_file = folder / "c.db";
  const Ran ran =
      run_evtxhound("scan " + quoted(folder / "in") + " --store all --case " + quoted(case_file));
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(query(case_file,
              "select distinct host, host_from from evidence where path like '%one.zip%'") ==
        Rows{{"FIN-WS-014", "client_info.json"}});
  CHECK(query(case_file,
              "select kind, host is null, host_from is null from evidence where path not like "
              "'%one.zip%' order by 1") == Rows{{"evtx", "1", "1"}, {"folder", "1", "1"}});
  // As a scan without a collection has it.
  const Ran plain =
      run_evtxhound("scan " + quoted(kHost) + " --store all --case " + quoted(folder / "p.db"));
  REQUIRE(plain.status == 0);
  const std::string computers = "select distinct computer from event order by 1";
  CHECK(query(case_file, computers) == query(folder / "p.db", computers));

  const Rows hosts =
      query(case_file, "select host, host_from, files, events, computers from v_hosts");
  REQUIRE(hosts.size() == 1);
  CHECK(hosts[0][0] == "FIN-WS-014");
  CHECK(hosts[0][2] ==
        query(folder / "p.db", "select count(*) from evidence where kind = 'evtx'")[0][0]);
  CHECK(hosts[0][3] == query(folder / "p.db", "select sum(count) from census")[0][0]);
  CHECK(hosts[0][4].find("FIN-WS-014") != std::string::npos);

  const auto heading = [&](const fs::path& path) {
    const std::string out = run_evtxhound("case summary " + quoted(path)).out;
    const std::size_t at = out.find("SHA-256");
    REQUIRE(at != std::string::npos);
    return out.substr(at, out.find('\n', at) - at);
  };
  CHECK(heading(case_file).find("Host") != std::string::npos);
  CHECK(heading(folder / "p.db").find("Host") == std::string::npos);
  REQUIRE(run_evtxhound("case report " + quoted(case_file) + " -o " + quoted(folder / "r.html"))
              .status == 0);
  CHECK(read_file(folder / "r.html").find("FIN-WS-014 (client_info.json)") != std::string::npos);
}

TEST_CASE("a host that is learned later is added to evidence that is known, and then stays") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "c.db";
  const std::string log = read_file(kHost / "Security.evtx");
  const auto scan_again = [&] {
    CHECK(run_evtxhound("scan " + quoted(folder / "in") + " --case " + quoted(case_file)).status ==
          0);
    return query(case_file, "select host, host_from from evidence where kind = 'evtx'");
  };
  write_file(folder / "in/uploads/Security.evtx", log);
  CHECK(scan_again() == Rows{{"NULL", "NULL"}});
  write_file(folder / "in/collection_context.json", "{}");
  write_file(folder / "in/client_info.json", "{\"Hostname\": \"A\"}");
  CHECK(scan_again() == Rows{{"A", "client_info.json"}});
  fs::remove(folder / "in/client_info.json");
  CHECK(scan_again() == Rows{{"A", "client_info.json"}});
}
