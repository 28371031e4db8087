// Files and folders of rules, and what rules are to each other.
#include "evtxhound/rules/load.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "rule_text.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;
using namespace evtxhound::rules::testing;
using test::TemporaryFolder;
namespace fs = std::filesystem;
using Catch::Contains;

namespace {

constexpr const char* kId = "929a690e-bef0-4204-a928-ef5e620d6fcc";

std::string with_id(const std::string& id) { return "id: " + id + "\n" + rule_of("F: a"); }

LoadedRules load(const std::vector<fs::path>& paths) { return load_rules(paths); }

std::vector<std::string> names_of(const LoadedRules& loaded) {
  std::vector<std::string> names;
  for (const Rule& rule : loaded.rules.rules) {
    names.push_back(fs::path(rule.head.path).filename().string());
  }
  return names;
}

}  // namespace

TEST_CASE("a folder's rules come in the order of their paths, from *.yml and *.yaml") {
  const TemporaryFolder folder;
  for (const auto* name :
       {"b.yml", "a.yaml", "sub/c.YML", "sub/deep/d.yml", "e.txt", ".f.yml", ".github/g.yml"}) {
    test::write_file(folder / name, rule_of("F: a"));
  }
  const auto loaded = load({folder.path()});
  CHECK(names_of(loaded) == std::vector<std::string>{"a.yaml", "b.yml", "c.YML", "d.yml"});
  CHECK(names_of(load({folder / "e.txt"})) == std::vector<std::string>{"e.txt"});
}

TEST_CASE("a file that several paths lead to is loaded once") {
  const TemporaryFolder folder;
  test::write_file(folder / "a.yml", with_id(kId));
  fs::create_symlink(folder / "a.yml", folder / "b.yml");
  const auto loaded = load({folder.path(), folder / "a.yml", folder.path()});
  CHECK(loaded.rules.rules.size() == 1);
  CHECK(loaded.refused.empty());
}

TEST_CASE("other YAML in a folder is left out and told; named, or beside a rule, it is refused") {
  const TemporaryFolder folder;
  test::write_file(folder / "info.yml", "id: 1\ndescription: N/A\n");
  test::write_file(folder / "empty.yml", "");
  test::write_file(folder / "rule.yml", rule_of("F: a"));
  const auto loaded = load({folder.path()});
  CHECK(loaded.rules.rules.size() == 1);
  CHECK(loaded.refused.empty());
  CHECK(loaded.not_rules ==
        std::vector<std::string>{(folder / "empty.yml").string(), (folder / "info.yml").string()});
  CHECK(load({folder / "info.yml"}).refused.size() == 1);
  CHECK(load({folder / "empty.yml"}).refused.size() == 1);
  test::write_file(folder / "rule.yml", rule_of("F: a") + "---\nid: 1\n");
  CHECK(load({folder.path()}).refused.size() == 1);
  test::write_file(folder / "rule.yml", "title: [\n");
  CHECK(load({folder.path()}).refused.size() == 1);
}

TEST_CASE("paths that cannot be read stop the command") {
  const TemporaryFolder folder;
  const auto status_of = [](const fs::path& path) {
    try {
      load({path});
    } catch (const Failure& failure) {
      CHECK_THAT(failure.what(), Contains(path.string()));
      return failure.status();
    }
    return ExitStatus::kDone;
  };
  CHECK(status_of(folder / "none.yml") == ExitStatus::kUsage);
  fs::create_symlink(folder / "nowhere", folder / "dangling.yml");
  CHECK(status_of(folder / "dangling.yml") == ExitStatus::kUsage);
}

TEST_CASE("an id or name that two rules have is refused, with both named") {
  const TemporaryFolder folder;
  test::write_file(folder / "a.yml", "# one\n" + with_id(kId));
  test::write_file(folder / "b.yml", with_id("929A690E-BEF0-4204-A928-EF5E620D6FCC"));
  const auto loaded = load({folder.path()});
  CHECK(names_of(loaded) == std::vector<std::string>{"a.yml"});
  REQUIRE(loaded.refused.size() == 1);
  CHECK(loaded.refused[0].path == (folder / "b.yml").string());
  CHECK(loaded.refused[0].message == std::string("the id ") + kId + " is that of the rule in " +
                                         (folder / "a.yml").string() + ":2 as well");
  test::write_file(folder / "b.yml", "name: n\n" + rule_of("F: a"));
  test::write_file(folder / "c.yml", "name: n\n" + rule_of("F: a"));
  CHECK_THAT(load({folder.path()}).refused.at(0).message, Contains("the name n is that of"));
}

TEST_CASE("correlations find rules in any file, whatever their order") {
  const TemporaryFolder folder;
  test::write_file(folder / "a.yml",
                   "title: C\ncorrelation:\n  type: event_count\n  rules: [" + std::string(kId) +
                       "]\n  group-by: [x]\n  timespan: 1m\n  condition: {gte: 3}\n");
  CHECK(load({folder.path()}).refused.size() == 1);
  test::write_file(folder / "z.yml", with_id(kId));
  const auto loaded = load({folder.path()});
  CHECK(loaded.refused.empty());
  CHECK(loaded.rules.correlations.size() == 1);
}

TEST_CASE("texts come before files, and share ids with them") {
  const TemporaryFolder folder;
  test::write_file(folder / "a.yml", with_id(kId));
  const std::vector<RuleText> texts = {{"built in", with_id(kId)}};
  const std::vector<fs::path> paths = {folder / "a.yml"};
  const auto loaded = load_rules(paths, {}, texts);
  CHECK(names_of(loaded) == std::vector<std::string>{"built in"});
  CHECK(loaded.refused.size() == 1);
}

TEST_CASE("many files give the same on every run") {
  const TemporaryFolder folder;
  for (int i = 0; i < 300; ++i) {
    test::write_file(folder / (std::to_string(i) + ".yml"),
                     rule_of(i % 3 == 0 ? "F|x: a" : "F|contains: ''"));
  }
  const auto first = load({folder.path()});
  const auto second = load({folder.path()});
  CHECK(first.rules.rules.size() == 200);
  CHECK(names_of(first) == names_of(second));
  CHECK(first.warnings.size() == 200);
  REQUIRE(first.refused.size() == second.refused.size());
  for (std::size_t i = 0; i < first.refused.size(); ++i) {
    CHECK(first.refused[i].path == second.refused[i].path);
  }
}

TEST_CASE("a note as a line") {
  CHECK(format_note({"a.yml", 3, 7, "wrong"}, "error") == "a.yml:3:7: error: wrong");
}
