// The shadow copies of a disk image, scanned by the real program.
#include <catch2/catch.hpp>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/evidence/disk/made_shadow.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;

namespace {

// Those whose record stands there, wherever else it does.
std::string events_of(const std::string& path) {
  return "select place.byte_offset, place.byte_size, record_id, time_created, provider, channel, "
         "computer, event_code, place.state, data from (select event_id, evidence_id, byte_offset, "
         "byte_size, state from event union all select event_id, evidence_id, byte_offset, "
         "byte_size, state from also_at) place join event using (event_id) join evidence on "
         "evidence.evidence_id = place.evidence_id where path = '" +
         path + "' order by 1";
}

}  // namespace

TEST_CASE("scan finds the events of logs that are only in shadow copies") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "sfdisk");
  const MadeShadowVolume volume = make_shadow_volume();
  const TemporaryFolder folder;
  make_shadow_disk(volume, folder);
  const auto scan = [&](const std::string& evidence) {
    const Ran ran = run_evtxhound("scan " + quoted(folder / evidence) + " --store all --case " +
                                  quoted(folder / (evidence + ".db")));
    INFO(ran.err);
    CHECK(ran.status == 0);
  };
  scan("disk.dd");
  write_file(folder / "logs/first.evtx", volume.first);
  write_file(folder / "logs/second.evtx", volume.second);
  write_file(folder / "logs/gone.evtx", volume.gone);
  write_file(folder / "logs/late.evtx", volume.late);
  scan("logs");
  const std::string partition = (folder / "disk.dd").string() + " / partition 2";
  const std::vector<std::vector<std::string>> pairs{{" / shadow 1 / Security.evtx", "first.evtx"},
                                                    {" / shadow 2 / Security.evtx", "second.evtx"},
                                                    {" / shadow 1 / gone.evtx", "gone.evtx"},
                                                    {" / shadow 2 / late.evtx", "late.evtx"}};
  for (const auto& pair : pairs) {
    const auto events = query(folder / "disk.dd.db", events_of(partition + pair[0]));
    CHECK(events.size() > 5);
    CHECK(events == query(folder / "logs.db", events_of((folder / "logs" / pair[1]).string())));
  }
  const auto copies =
      query(folder / "disk.dd.db",
            "select e.path, e.kind, p.path, e.created from evidence e join evidence p on "
            "p.evidence_id = e.parent_id where e.path like '%/ shadow _' order by 1");
  CHECK(copies ==
        decltype(copies){{partition + " / shadow 1", "volume", partition, kShadowTimes[0]},
                         {partition + " / shadow 2", "volume", partition, kShadowTimes[1]}});
  CHECK(query(folder / "disk.dd.db", "select count(created) from evidence")[0][0] == "2");
  CHECK(query(folder / "disk.dd.db", "select * from problem").empty());
}

TEST_CASE("scan of a volume with damaged shadow copies reads the rest, and says what is lost") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  MadeShadowVolume volume = make_shadow_volume();
  const TemporaryFolder folder;
  volume.made.volume.replace(volume.made.stores[0].list, 128, 128, 'x');
  write_file(folder / "disk.dd", volume.made.volume);
  const Ran ran =
      run_evtxhound("scan " + quoted(folder / "disk.dd") + " --case " + quoted(folder / "case.db"));
  CHECK(ran.status == 1);
  const std::string root = (folder / "disk.dd").string() + " / volume";
  const auto problems = query(folder / "case.db",
                              "select path, problem.kind from problem join evidence using "
                              "(evidence_id)");
  CHECK(problems == decltype(problems){{root + " / shadow 1", "unreadable"}});
  CHECK(query(folder / "case.db", "select count(*) from evidence where path like '" + root +
                                      " / shadow 2 / %'")[0][0] == "3");
}
