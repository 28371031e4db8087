#include "evtxhound/indicators/load.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/match/compiled_file.hpp"
#include "finding.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr auto kIgnore = [](const std::string&) {};

void write_pack(const fs::path& path, const std::string& lines) {
  test::write_file(path, "kind,value\n" + lines);
}

std::size_t hits(const IndicatorSet& set, const std::string& value) {
  Matcher matcher(set);
  return matcher.find(event_of({{"F", value}})).size();
}

// Whether the set of this pack came from the cache; it must find its domain in either case.
bool comes_from_cache(const fs::path& pack, const std::string& domain) {
  const LoadedIndicators loaded = load_indicators({false, {pack}}, kIgnore);
  CHECK(hits(loaded.set, "https://" + domain + "/") == 1);
  CHECK(hits(loaded.set, "nothing") == 0);
  return loaded.from_cache;
}

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Environment() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

std::string failure_of(const PackSources& sources) {
  try {
    load_indicators(sources, kIgnore);
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kUsage);
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("the second set of the same pack comes from the cache") {
  const TemporaryFolder folder;
  write_pack(folder / "p.csv", "domain,evil.com\n");
  CHECK_FALSE(comes_from_cache(folder / "p.csv", "evil.com"));
  CHECK(fs::exists(folder / "p.csv.hsdb"));
  CHECK(comes_from_cache(folder / "p.csv", "evil.com"));
}

TEST_CASE("a pack that changed, or its name, makes the cache anew") {
  const TemporaryFolder folder;
  const fs::path pack = folder / "p.csv";
  write_pack(pack, "domain,evil.com\n");
  CHECK_FALSE(comes_from_cache(pack, "evil.com"));
  write_pack(pack, "domain,evil.net\n");
  CHECK_FALSE(comes_from_cache(pack, "evil.net"));
  CHECK(comes_from_cache(pack, "evil.net"));
  fs::copy(pack, folder / "q.csv");
  fs::copy(folder / "p.csv.hsdb", folder / "q.csv.hsdb");
  CHECK_FALSE(comes_from_cache(folder / "q.csv", "evil.net"));
}

TEST_CASE("what comes from the cache is what was put in, notes and all") {
  const TemporaryFolder folder;
  test::write_file(folder / "p.csv",
                   "kind,value,product,description,severity,source\n"
                   "domain,evil[.]com,,Beacon,high,Someone\n"
                   "version,18.12.416,3CXDesktopApp,,low,\n"
                   "regex,\"^evil-[0-9]+$\",,,,\n"
                   "text,Müller & Söhne,,,,\n"
                   "sha256,7986bbaee8940da11ce089383521ab420c443ab7b15ed42aed91fd31ce833896,,,,\n");
  const auto load = [&](std::vector<std::string>& notes) {
    return load_indicators({true, {folder / "p.csv"}},
                           [&](const std::string& note) { notes.push_back(note); });
  };
  std::vector<std::string> first_notes;
  std::vector<std::string> second_notes;
  const LoadedIndicators first = load(first_notes);
  const LoadedIndicators second = load(second_notes);
  CHECK_FALSE(first.from_cache);
  REQUIRE(second.from_cache);
  CHECK(first_notes == second_notes);
  CHECK(first_notes.size() == 1);
  REQUIRE(first.set.size() == second.set.size());
  for (std::size_t i = 0; i < first.set.size(); ++i) {
    CHECK(first.set.indicator(i) == second.set.indicator(i));
  }
  CHECK(second.set.packs().size() == 2);
  CHECK(second.set.packs()[1].path == (folder / "p.csv").string());
  for (const std::string value : {"evil-17", "MÜLLER & söhne", "x.evil.com"}) {
    CAPTURE(value);
    CHECK(hits(first.set, value) == 1);
    CHECK(hits(second.set, value) == 1);
  }
}

TEST_CASE("a cache cut or changed anywhere is made anew") {
  const TemporaryFolder folder;
  const fs::path pack = folder / "p.csv";
  const fs::path cache = folder / "p.csv.hsdb";
  write_pack(pack, "domain,evil.com\n");
  CHECK_FALSE(comes_from_cache(pack, "evil.com"));
  const std::string whole = test::read_file(cache);
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 40 + 1) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    test::write_file(cache, changed);
    if (comes_from_cache(pack, "evil.com")) FAIL("changed at " << at);
    test::write_file(cache, whole.substr(0, at));
    if (comes_from_cache(pack, "evil.com")) FAIL("cut to " << at);
  }
  CHECK(comes_from_cache(pack, "evil.com"));
}

TEST_CASE("a set's bytes cut anywhere are no set, and do no harm") {
  const std::vector<Pack> packs = {builtin_3cx_pack()};
  const Buffer bytes = IndicatorSet(packs).serialize();
  CHECK(IndicatorSet::deserialize(bytes, nullptr));
  for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 200 + 1) {
    CHECK_FALSE(IndicatorSet::deserialize(Bytes(bytes).first(size), nullptr));
  }
}

// Below a file no folder can be made: that stops the superuser as well.
TEST_CASE("where the cache cannot be written it is done without") {
  const TemporaryFolder folder;
  const Environment xdg("XDG_CACHE_HOME", (folder / "file").c_str());
  test::write_file(folder / "file", "");
  CHECK_FALSE(load_indicators({true, {}}, kIgnore).from_cache);
  CHECK_FALSE(load_indicators({true, {}}, kIgnore).from_cache);
}

TEST_CASE("the cache stands beside the first pack file, or in the user's cache folder") {
  CHECK(cache_file_for({false, {"/packs/mine.csv"}}) == fs::path("/packs/mine.csv.hsdb"));
  CHECK(cache_file_for({true, {"/packs/mine.csv"}}) == fs::path("/packs/mine.csv.hsdb"));
  CHECK_FALSE(cache_file_for({}));
  const Environment home("HOME", "/home/me");
  {
    const Environment xdg("XDG_CACHE_HOME", "/caches");
    CHECK(cache_file_for({true, {}}) == fs::path("/caches/evtxhound/3cx.hsdb"));
  }
  const Environment xdg("XDG_CACHE_HOME", "relative");
  CHECK(cache_file_for({true, {}}) == fs::path("/home/me/.cache/evtxhound/3cx.hsdb"));
  const Environment no_home("HOME", nullptr);
  CHECK_FALSE(cache_file_for({true, {}}));
}

TEST_CASE("a compiled file stands for its packs, alone and beside others") {
  const TemporaryFolder folder;
  write_pack(folder / "a.csv", "domain,evil.com\n");
  write_pack(folder / "b.csv", "domain,evil.net\n");
  write_indicators(load_indicators({false, {folder / "a.csv"}}, kIgnore).set, folder / "a.db");
  const LoadedIndicators alone = load_indicators({false, {folder / "a.db"}}, kIgnore);
  CHECK(hits(alone.set, "evil.com") == 1);
  REQUIRE(alone.set.packs().size() == 1);
  CHECK(alone.set.packs()[0].name == "a.csv");
  const LoadedIndicators both =
      load_indicators({false, {folder / "a.db", folder / "b.csv"}}, kIgnore);
  CHECK(hits(both.set, "evil.com evil.net") == 2);
  CHECK(both.set.packs().size() == 2);
}

TEST_CASE("a compiled file that is damaged, or from another program, is refused by name") {
  const TemporaryFolder folder;
  write_pack(folder / "a.csv", "domain,evil.com\n");
  write_indicators(load_indicators({false, {folder / "a.csv"}}, kIgnore).set, folder / "a.db");
  std::string content = test::read_file(folder / "a.db");
  std::string other = content;
  other[20] = other[20] == '0' ? '1' : '0';  // a digit of what made it
  test::write_file(folder / "b.db", other);
  CHECK_THAT(failure_of({false, {folder / "b.db"}}),
             Catch::Contains("b.db") && Catch::Contains("another version"));
  content.back() = static_cast<char>(content.back() ^ 1);
  test::write_file(folder / "c.db", content);
  CHECK_THAT(failure_of({false, {folder / "c.db"}}), Catch::Contains("damaged"));
}

TEST_CASE("a pack with wrong lines is refused, and its notes are told") {
  const TemporaryFolder folder;
  write_pack(folder / "p.csv", "md5,123\n");
  std::vector<std::string> notes;
  CHECK_THROWS_AS(load_indicators({false, {folder / "p.csv"}},
                                  [&](const std::string& note) { notes.push_back(note); }),
                  Failure);
  CHECK(notes.size() == 1);
  CHECK_FALSE(fs::exists(folder / "p.csv.hsdb"));
}
