#include "evtxhound/evtx/verify.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

#include "tests/support/corpus.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";

Event event_with(std::vector<Field> data) {
  Event event;
  event.record_id = 7;
  event.provider = "P";
  event.event_code = 1;
  event.data = std::move(data);
  return event;
}

std::vector<std::string> classes(const Result<Event>& native, const Result<Event>& libevtx) {
  std::vector<std::string> found;
  for (const Difference& difference : compare_readings(native, libevtx)) {
    found.emplace_back(to_string(difference.why));
  }
  return found;
}

// The classes of the differences between two values of one field.
std::vector<std::string> classes(const std::string& native, const std::string& libevtx) {
  return classes(event_with({{"F", native}}), event_with({{"F", libevtx}}));
}

using Classes = std::vector<std::string>;

}  // namespace

TEST_CASE("what is only written differently is no difference") {
  CHECK(classes("a", "a").empty());
  CHECK(classes("{5770385f-c22a-43e0-bf4c-06f5698ffbd9}", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}")
            .empty());
  CHECK(classes("0x3e7", "0x00000000000003E7").empty());
  CHECK(classes("2023-03-29T15:04:05.1234567Z", "2023-03-29T15:04:05.123456700Z").empty());
}

TEST_CASE("no normalisation swallows a changed digit, letter, order or field") {
  CHECK(classes("abc", "abd") == Classes{"unexplained"});
  CHECK(classes("abc", "ABC") == Classes{"unexplained"});
  CHECK(classes("{5770385f-c22a-43e0-bf4c-06f5698ffbd9}",
                "{5770385F-C22A-43E0-BF4C-06F5698FFBD8}") == Classes{"unexplained"});
  CHECK(classes("0x3e7", "0x3e8") == Classes{"unexplained"});
  CHECK(classes("2023-03-29T15:04:05.1234567Z", "2023-03-29T15:04:05.1234568Z") ==
        Classes{"unexplained"});
  CHECK_FALSE(
      classes(event_with({{"A", "1"}, {"B", "2"}}), event_with({{"B", "2"}, {"A", "1"}})).empty());
  CHECK(classes(event_with({{"A", "1"}}), event_with({})) == Classes{"unexplained"});
  CHECK(classes(event_with({}), event_with({{"A", "1"}})) == Classes{"unexplained"});
  Event other = event_with({});
  other.event_code = 2;
  CHECK(classes(event_with({}), other) == Classes{"unexplained"});
}

TEST_CASE("each class is given for its reason") {
  CHECK(classes(std::string("abc\0def", 7), "abc") == Classes{"text-behind-nul"});
  CHECK(classes("3.5", "3.500000e+000") == Classes{"number-format"});
  CHECK(classes("0x10", "16") == Classes{"number-format"});
  CHECK(classes("0x10", "17") == Classes{"unexplained"});
  CHECK(classes("8", "true") == Classes{"bool"});
  CHECK(classes("\n", "") == Classes{"white-space"});
  CHECK(classes(event_with({{"A", "<x>1</x>"}}), event_with({{"x", "1"}, {"A", ""}})) ==
        Classes{"markup-in-text", "markup-in-text"});
  CHECK(classes(event_with({{"A", "1"}}), event_with({{"B", ""}, {"A", "1"}})) ==
        Classes{"null-left-out"});
  CHECK(classes(event_with({{"RenderingInfo.Level", "Error"}}), event_with({})) ==
        Classes{"several-elements"});
  const Problem problem{ProblemKind::kRecordUnread, 0, "no"};
  CHECK(classes(event_with({}), problem) == Classes{"libevtx-cannot-read"});
  CHECK(classes(problem, event_with({})) == Classes{"native-cannot-read"});
  CHECK(classes(problem, problem).empty());
}

TEST_CASE("verify of sound logs ends with 0, and its differences stand in the case file once") {
  const TemporaryFolder folder;
  const std::string command =
      "verify " + quoted(kTestdata / "types") + " --case " + quoted(folder / "case.db");
  const Ran first = run_evtxhound(command);
  CAPTURE(first.out, first.err);
  CHECK(first.status <= 1);
  CHECK_THAT(first.out, Catch::Contains("libevtx-cannot-read"));
  const std::string count = "select count(*) from difference";
  const std::string stored = value(folder / "case.db", count);
  CHECK(stored != "0");
  run_evtxhound(command);
  CHECK(value(folder / "case.db", count) == stored);
  CHECK(value(folder / "case.db",
              "select count(*) from difference where byte_offset < 4608 or record_id < 1") == "0");
  CHECK(run_evtxhound("verify " + quoted(kTestdata / "clean")).status == 0);
  CHECK(run_evtxhound("verify " + quoted(folder.path() / "absent")).status == 2);
}

TEST_CASE("over real logs nothing is unexplained, and nothing is for libevtx alone to read") {
  const auto corpus = evtxhound::test::corpus();
  EVTXHOUND_NEEDS(corpus, "the corpus of real logs");
  const Ran ran = run_evtxhound("verify " + quoted(*corpus));
  CHECK_THAT(ran.out, Catch::Contains("records read by both engines") &&
                          !Catch::Contains("unexplained") &&
                          !Catch::Contains("native-cannot-read"));
}
