#include "evtxhound/rules/program_cache.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "evtxhound/rules/evaluator.hpp"
#include "tests/rules/build_event.hpp"
#include "tests/rules/build_rule.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

// As many as are kept; the last one looks for `name`.
std::vector<Rule> rules_with(const std::string& name) {
  std::vector<Rule> rules;
  for (std::size_t i = 1; i < kTooFewToKeep; ++i) {
    rules.push_back(
        rule_of_all({"process_creation", ""}, {text_atom("Image", "no" + std::to_string(i))}));
  }
  rules.push_back(rule_of_all({"webserver", "", ""}, {text_atom("c-uri", "x")}));
  rules.push_back(rule_of_all({"process_creation", ""}, {text_atom("Image", name)}));
  return rules;
}

// Whether the program was taken from the file as it is; it must work in either case.
bool comes_from_cache(const std::vector<Rule>& rules, const fs::path& file,
                      const std::string& name) {
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(100);
  if (fs::exists(file)) fs::last_write_time(file, long_ago);
  const Program program = load_or_compile(rules, file);
  REQUIRE(program.refused().size() == 1);
  CHECK(program.refused()[0].rule == kTooFewToKeep - 1);
  CHECK_FALSE(program.refused()[0].reason.empty());
  CHECK(program.class_of("evtx", "Security", "", 4688));
  CHECK_FALSE(program.class_of("evtx", "Security", "", 4624));
  Evaluator evaluator(program);
  TestEvent event = sysmon_event(1, {{"Image", name}});
  CHECK(evaluator.evaluate(event.view()) == std::vector<std::uint32_t>{kTooFewToKeep});
  TestEvent other = sysmon_event(1, {{"Image", "other.exe"}});
  CHECK(evaluator.evaluate(other.view()).empty());
  return fs::last_write_time(file) < long_ago + std::chrono::hours(1);
}

}  // namespace

TEST_CASE("Rules are compiled once, and again when they change") {
  const TemporaryFolder folder;
  const fs::path file = folder / "cache" / "r.hsdb";
  CHECK_FALSE(comes_from_cache(rules_with("a.exe"), file, "a.exe"));
  CHECK(comes_from_cache(rules_with("a.exe"), file, "a.exe"));
  CHECK_FALSE(comes_from_cache(rules_with("b.exe"), file, "b.exe"));
  CHECK(comes_from_cache(rules_with("b.exe"), file, "b.exe"));
  std::vector<Rule> other_source = rules_with("b.exe");
  other_source[0].source.service = "sysmon";
  CHECK_FALSE(comes_from_cache(other_source, file, "b.exe"));
  std::vector<Rule> cased = other_source;
  cased.back().atoms[0].cased = true;
  CHECK_FALSE(comes_from_cache(cased, file, "b.exe"));
}

TEST_CASE("A file of compiled rules that was cut or changed anywhere is made anew") {
  const TemporaryFolder folder;
  const fs::path file = folder / "r.hsdb";
  const auto rules = rules_with("a.exe");
  CHECK_FALSE(comes_from_cache(rules, file, "a.exe"));
  const std::string whole = test::read_file(file);
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 40 + 1) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    test::write_file(file, changed);
    if (comes_from_cache(rules, file, "a.exe")) FAIL("changed at " << at);
    test::write_file(file, whole.substr(0, at));
    if (comes_from_cache(rules, file, "a.exe")) FAIL("cut to " << at);
  }
  CHECK(comes_from_cache(rules, file, "a.exe"));
}

TEST_CASE("A program's bytes cut anywhere are no program, and do no harm") {
  const auto rules = rules_with("a.exe");
  auto bytes = std::make_shared<Buffer>();
  Program::compile(rules).pack(*bytes);
  CHECK(Program::unpack(*bytes, bytes));
  for (std::size_t size = 0; size < bytes->size(); size += bytes->size() / 300 + 1) {
    CHECK_FALSE(Program::unpack(Bytes(*bytes).first(size), bytes));
  }
}

// Below a file no folder can be made: that stops the superuser as well.
TEST_CASE("Where compiled rules cannot be kept it is done without") {
  const TemporaryFolder folder;
  test::write_file(folder / "file", "");
  const auto rules = rules_with("a.exe");
  CHECK(load_or_compile(rules, folder / "file" / "r.hsdb").refused().size() == 1);
  CHECK(load_or_compile(rules, std::nullopt).refused().size() == 1);
}

TEST_CASE("Each list of paths has its own file of compiled rules") {
  const std::vector<fs::path> one{"/rules/a"};
  const std::vector<fs::path> again{"/rules/x/../a"};
  const std::vector<fs::path> two{"/rules/a", "/rules/b"};
  CHECK(cache_file_for(one) == cache_file_for(again));
  CHECK((cache_file_for(one) != cache_file_for(two) || !cache_file_for(one)));
}
