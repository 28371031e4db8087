// Bundles against the rules of STIX 2.1 (OASIS, June 2021); the numbers are its sections.
#include "evtxhound/casefile/export/stix.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "evtxhound/casefile/export/stix_id.hpp"
#include "evtxhound/casefile/export/stix_objects.hpp"
#include "evtxhound/casefile/export/stix_pattern.hpp"
#include "tests/casefile/found_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
using Json = nlohmann::json;

namespace {

std::string bundle_text(const std::filesystem::path& path, const EventFilter& filter) {
  Database database(path, Database::Mode::kReadOnly);
  std::string out;
  write_stix(database, filter, [&out](const std::string& text) { out += text; });
  return out;
}

bool is_observable(const Json& object) { return !object.contains("created"); }

void check_common(const Json& object) {
  static const std::regex id(
      "([a-z0-9-]+)--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
      "[0-9a-f]{12}");
  static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
  const std::string type = object.at("type");
  std::smatch match;
  const std::string own = object.at("id");
  REQUIRE(std::regex_match(own, match, id));
  CHECK(match[1] == type);
  CHECK(object.at("spec_version") == "2.1");
  if (is_observable(object)) return;
  CHECK(std::regex_match(object.at("created").get<std::string>(), time));  // 3.2
  CHECK(object.at("modified") >= object.at("created"));
}

void check_sighting(const Json& object) {
  CHECK(object.at("count") >= 0);
  CHECK(object.at("count") <= 999999999);
  CHECK(object.contains("first_seen") == object.contains("last_seen"));
  if (object.contains("first_seen")) CHECK(object.at("last_seen") >= object.at("first_seen"));
  CHECK(object.at("sighting_of_ref").get<std::string>().starts_with("indicator--"));
}

void check_observed(const Json& object) {
  CHECK(object.at("number_observed") >= 1);
  CHECK(object.at("last_observed") >= object.at("first_observed"));
  CHECK_FALSE(object.at("object_refs").empty());
}

void check_indicator(const Json& object) {
  CHECK_FALSE(object.at("pattern").get<std::string>().empty());
  CHECK(object.contains("valid_from"));
  CHECK((object.at("pattern_type") == "stix" || object.at("pattern_type") == "pcre"));
  CHECK(object.contains("pattern_version") == (object.at("pattern_type") == "stix"));
}

// No list may be empty (2.12), and every reference must lead to an object of the bundle.
void check_values(const Json& object, const std::set<std::string>& ids) {
  for (const auto& [key, value] : object.items()) {
    CAPTURE(key);
    CHECK_FALSE(value.is_null());
    if (value.is_array()) CHECK_FALSE(value.empty());
    if (key.ends_with("_ref")) CHECK(ids.contains(value.get<std::string>()));
    if (!key.ends_with("_refs")) continue;
    for (const auto& id : value) CHECK(ids.contains(id.get<std::string>()));
  }
}

std::vector<Json> of_type(const Json& bundle, const std::string& type) {
  std::vector<Json> all;
  for (const Json& object : bundle.at("objects")) {
    if (object.at("type") == type) all.push_back(object);
  }
  return all;
}

}  // namespace

TEST_CASE("ids are UUIDs of version 5") {
  // RFC 9562, appendix A.4.
  CHECK(stix::uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com") ==
        "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  // By Python's uuid.uuid5() of STIX's namespace and the canonical JSON {"value":"198.51.100.3"}.
  CHECK(stix::observable_id("ipv4-addr", {{"value", "198.51.100.3"}}) ==
        "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
}

TEST_CASE("a bundle keeps the rules of STIX 2.1") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const std::string text = bundle_text(path, {});
  const Json bundle = Json::parse(text);
  CHECK(bundle.at("type") == "bundle");
  CHECK(bundle.at("id").get<std::string>().starts_with("bundle--"));
  CHECK_FALSE(bundle.contains("spec_version"));  // 8
  std::set<std::string> ids;
  std::set<std::string> uuids;
  for (const Json& object : bundle.at("objects")) {
    const std::string id = object.at("id");
    CHECK(ids.insert(id).second);
    CHECK(uuids.insert(id.substr(id.find("--"))).second);
  }
  for (const Json& object : bundle.at("objects")) {
    CAPTURE(object.dump());
    check_common(object);
    check_values(object, ids);
    if (object.at("type") == "sighting") check_sighting(object);
    if (object.at("type") == "observed-data") check_observed(object);
    if (object.at("type") == "indicator") check_indicator(object);
    if (object.at("type") == "identity") CHECK_FALSE(object.at("name").get<std::string>().empty());
  }
  CHECK(text == bundle_text(path, {}));
}

TEST_CASE("sightings say what the case file says") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const Json bundle = Json::parse(bundle_text(path, {}));
  std::map<std::string, std::string> names;
  for (const char* type : {"indicator", "identity"}) {
    for (const Json& object : of_type(bundle, type)) names[object.at("id")] = object.at("name");
  }
  std::set<std::string> got;
  for (const Json& sighting : of_type(bundle, "sighting")) {
    got.insert(names.at(sighting.at("sighting_of_ref")) + "|" +
               names.at(sighting.at("where_sighted_refs").at(0)) + "|" +
               sighting.at("count").dump() + "|" + sighting.value("first_seen", "") + "|" +
               sighting.value("last_seen", ""));
  }
  std::set<std::string> expected;
  Database database(path, Database::Mode::kReadOnly);
  Statement statement(
      database,
      "SELECT kind || ' ' || value || '|' || computer || '|' || count(DISTINCT event_id) || '|' || "
      "min(substr(nullif(time_created, ''), 1, 26)) || 'Z|' || max(substr(time_created, 1, 26)) || "
      "'Z' FROM hit JOIN indicator USING (indicator_id) JOIN event USING (event_id) "
      "GROUP BY indicator_id, computer");
  while (statement.step()) expected.insert(statement.text(0));
  CHECK(got == expected);
}

TEST_CASE("a filter changes the sightings, and with them their ids") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const Json all = Json::parse(bundle_text(path, {}));
  EventFilter filter;
  filter.before = "2023-03-29T10:06:00.0000000Z";
  filter.indicators = {"akamaicontainer.com"};
  const Json some = Json::parse(bundle_text(path, filter));
  const auto sightings = of_type(some, "sighting");
  REQUIRE(sightings.size() == 1);
  CHECK(sightings[0].at("count") == 1);
  for (const Json& other : of_type(all, "sighting")) CHECK(other.at("id") != sightings[0].at("id"));
  CHECK(of_type(some, "indicator").at(0) == of_type(all, "indicator").at(0));
}

TEST_CASE("without hits there is a bundle all the same") {
  const TemporaryFolder folder;
  EventFilter filter;
  filter.hosts = {"nobody"};
  const Json bundle = Json::parse(bundle_text(make_found(folder), filter));
  CHECK(bundle.at("objects").size() == 1);
}

TEST_CASE("indicators become patterns") {
  const auto pattern = [](const char* kind, const char* value, const char* product = "") {
    const stix::Pattern made = stix::pattern_of(kind, value, product);
    return made.type + " " + made.text;
  };
  CHECK(pattern("domain", "a.example") ==
        "stix [domain-name:value = 'a.example' OR domain-name:value LIKE '%.a.example']");
  CHECK(pattern("sha256", "ab") == "stix [file:hashes.'SHA-256' = 'ab']");
  CHECK(pattern("version", "1.2", "A|B's") ==
        "stix [(software:name = 'A' OR software:name = 'B\\'s') AND software:version = '1.2']");
  CHECK(pattern("file_name", "a*.ex?") == "stix [file:name LIKE 'a%.ex_']");
  CHECK(pattern("path", "C:\\a\\b.exe") ==
        "stix [file:name = 'b.exe' AND file:parent_directory_ref.path = 'C:\\\\a']");
  CHECK(pattern("path", "\\a\\*.dll") == "pcre (?i)\\\\a\\\\[^\\\\/]*\\.dll");
  CHECK(pattern("ip", "10.0.0.0/8") == "stix [ipv4-addr:value ISSUBSET '10.0.0.0/8']");
  CHECK(pattern("ip", "2001:db8::1") == "stix [ipv6-addr:value = '2001:db8::1']");
  CHECK(pattern("registry_key", "hklm\\Software\\*") ==
        "stix [windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\*']");
  CHECK(pattern("text", "a.b(c") == "pcre (?i)a\\.b\\(c");
  CHECK(pattern("regex", "a.*") == "pcre a.*");
}

TEST_CASE("what was seen becomes an object only where it can be one") {
  const auto seen = [](const char* kind, const std::string& matched, const char* product = "") {
    const auto objects = stix::observables(kind, product, matched);
    return objects.empty() ? Json() : objects.front();
  };
  CHECK(seen("domain", "A.example").at("value") == "A.example");
  CHECK(seen("md5", "00112233445566778899AABBCCDDEEFF").at("hashes").at("MD5") ==
        "00112233445566778899aabbccddeeff");
  CHECK(seen("md5", "0011").is_null());
  CHECK(seen("ip", "::ffff:10.1.2.3").at("type") == "ipv6-addr");
  CHECK(seen("ip", "10.1.2").is_null());
  CHECK(seen("url", "evil.example/x").is_null());
  CHECK(seen("version", "1.2").is_null());
  CHECK(seen("version", "1.2", "P|Q").at("name") == "P");
  CHECK(seen("registry_key", "\\REGISTRY\\MACHINE\\x").is_null());
  CHECK(seen("text", "x").is_null());
  CHECK(seen("domain", std::string("a\0b", 3)).is_null());
  const auto file = stix::observables("path", "", "C:\\x\\y.exe");
  REQUIRE(file.size() == 2);
  CHECK(file[0].at("name") == "y.exe");
  CHECK(file[0].at("parent_directory_ref") == file[1].at("id"));
  CHECK(file[1].at("path") == "C:\\x");
}
