#include "evtxhound/indicators/cache.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "finding.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

std::vector<Pack> packs_of(const std::string& domain) {
  return {pack_of({indicator(Kind::kDomain, domain)})};
}

// Whether a set of these packs came from the cache; it must find its domain in either case.
bool comes_from_cache(const std::string& domain, const fs::path& cache) {
  const auto packs = packs_of(domain);
  const IndicatorSet set(packs, cache);
  Matcher matcher(set);
  CHECK(matcher.find(event_of({{"F", "https://" + domain + "/"}})).size() == 1);
  CHECK(matcher.find(event_of({{"F", "nothing"}})).empty());
  return set.from_cache();
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

}  // namespace

TEST_CASE("the second set of the same packs comes from the cache") {
  const TemporaryFolder folder;
  const auto cache = folder / "sub/p.csv.hsdb";
  CHECK_FALSE(comes_from_cache("evil.com", cache));
  CHECK(fs::exists(cache));
  CHECK(comes_from_cache("evil.com", cache));
}

TEST_CASE("another pack makes the cache anew") {
  const TemporaryFolder folder;
  const auto cache = folder / "p.hsdb";
  CHECK_FALSE(comes_from_cache("evil.com", cache));
  CHECK_FALSE(comes_from_cache("evil.net", cache));
  CHECK(comes_from_cache("evil.net", cache));
  CHECK_FALSE(comes_from_cache("evil.com", cache));
}

TEST_CASE("the key depends on every part of every pattern") {
  using match::Pattern;
  const auto key = [](const std::vector<Pattern>& patterns) { return cache_key(patterns); };
  const auto base = key({{0, "ab", true}, {1, "c", true}});
  CHECK(base == key({{0, "ab", true}, {1, "c", true}}));
  CHECK(base != key({{0, "ab", true}, {2, "c", true}}));
  CHECK(base != key({{0, "ab", false}, {1, "c", true}}));
  CHECK(base != key({{0, "a", true}, {1, "bc", true}}));
  CHECK(base != key({{1, "c", true}, {0, "ab", true}}));
}

TEST_CASE("a cache file cut or changed anywhere counts as absent") {
  const TemporaryFolder folder;
  const auto cache = folder / "p.hsdb";
  const std::string key(64, 'k');
  const std::string payload = "a compiled database";
  write_cache(cache, key, as_bytes(payload));
  const std::string whole = test::read_file(cache);
  REQUIRE(read_cache(cache, key) == Buffer(payload.begin(), payload.end()));
  CHECK_FALSE(read_cache(cache, std::string(64, 'l')));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    test::write_file(cache, whole.substr(0, size));
    if (read_cache(cache, key)) FAIL("cut to " << size);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    test::write_file(cache, changed);
    if (read_cache(cache, key)) FAIL("changed at " << at);
  }
  test::write_file(cache, whole + "x");
  CHECK_FALSE(read_cache(cache, key));
}

TEST_CASE("a damaged cache is made anew") {
  const TemporaryFolder folder;
  const auto cache = folder / "p.hsdb";
  CHECK_FALSE(comes_from_cache("evil.com", cache));
  std::string content = test::read_file(cache);
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
  test::write_file(cache, content);
  CHECK_FALSE(comes_from_cache("evil.com", cache));
  CHECK(comes_from_cache("evil.com", cache));
}

// Below a file no folder can be made: that stops the superuser as well.
TEST_CASE("where the cache cannot be written it is done without") {
  const TemporaryFolder folder;
  test::write_file(folder / "file", "");
  CHECK_FALSE(comes_from_cache("evil.com", folder.path() / "file/p.hsdb"));
  CHECK_FALSE(comes_from_cache("evil.com", folder.path() / "file/p.hsdb"));
  fs::create_directory(folder / "p.hsdb");
  CHECK_FALSE(comes_from_cache("evil.com", folder / "p.hsdb"));
}

TEST_CASE("the cache stands beside the first pack file, or in the user's cache folder") {
  const Pack built_in = builtin_3cx_pack();
  const Pack file = parse_pack("kind,value\ntext,abcd\n", "/packs/mine.csv");
  CHECK(cache_file_for(std::vector{file}) == fs::path("/packs/mine.csv.hsdb"));
  CHECK(cache_file_for(std::vector{built_in, file}) == fs::path("/packs/mine.csv.hsdb"));
  CHECK_FALSE(cache_file_for({}));
  const Environment home("HOME", "/home/me");
  {
    const Environment xdg("XDG_CACHE_HOME", "/caches");
    CHECK(cache_file_for(std::vector{built_in}) == fs::path("/caches/evtxhound/3cx.hsdb"));
  }
  const Environment xdg("XDG_CACHE_HOME", "relative");
  CHECK(cache_file_for(std::vector{built_in}) == fs::path("/home/me/.cache/evtxhound/3cx.hsdb"));
  const Environment no_home("HOME", nullptr);
  CHECK_FALSE(cache_file_for(std::vector{built_in}));
}
