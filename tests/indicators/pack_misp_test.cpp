#include <catch2/catch.hpp>

#include "pack_samples.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

using Texts = std::vector<std::string>;

namespace {

Pack pack_with(const std::string& type, const std::string& value) {
  return parse_pack(
      R"({"Event":{"Attribute":[{"type":")" + type + R"(","value":")" + value + "\"}]}}", "p");
}

}  // namespace

TEST_CASE("a MISP event: its attributes and those of its objects") {
  const Pack pack = parse_pack(kMispSample, "p");
  CHECK(values_of(pack) == Texts{"ip 10.1.2.3", "domain evil.com", "ip 10.1.2.4",
                                 "md5 bb915073385dd16a846dfa318afa3c19", "file_name evil.exe"});
  CHECK(pack.indicators[0].description == "C2");
  CHECK(pack.indicators[0].source == "MISP: An \"event\"");
  CHECK(pack.indicators[4].severity == Severity::kHigh);
  CHECK(notes_of(pack) ==
        Texts{"6:51: domain \"good.com\" is no indicator (to_ids is false): left out",
              "7:48: not supported: the MISP type \"yara\": left out",
              "11:58: filename|md5: the file name beside the hash is not looked at"});
}

TEST_CASE("MISP types that are understood") {
  for (const auto& [type, value, result] :
       {std::tuple{"ip-src", "10.0.0.0/9", "ip 10.0.0.0/9"},
        {"hostname", "a.evil.com", "domain a.evil.com"},
        {"url", "http://evil.com/x", "url http://evil.com/x"},
        {"uri", "http://evil.com/x", "url http://evil.com/x"},
        {"imphash", "bb915073385dd16a846dfa318afa3c19", "imphash bb915073385dd16a846dfa318afa3c19"},
        {"filename", "C:\\\\Temp\\\\evil.exe", "path C:\\Temp\\evil.exe"},
        {"regkey", "HKLM\\\\Software\\\\Evil\\\\x", "registry_key HKLM\\Software\\Evil\\x"},
        {"email-src", "a@evil.com", "email a@evil.com"},
        {"named pipe", "\\\\\\\\.\\\\pipe\\\\evilpipe", "path \\evilpipe"}}) {
    CAPTURE(type);
    const Pack pack = pack_with(type, value);
    CHECK(values_of(pack) == Texts{result});
    CHECK(notes_of(pack).empty());
  }
  CHECK(values_of(pack_with("ip-dst|port", "10.1.2.3|443")) == Texts{"ip 10.1.2.3"});
  CHECK(pack_with("ip-dst|port", "10.1.2.3|443").notes.size() == 1);
}

TEST_CASE("MISP types that are not looked for are named") {
  for (const auto* type :
       {"regkey|value", "mutex", "pattern-in-file", "sha512", "ssdeep", "user-agent"}) {
    CAPTURE(type);
    const Pack pack = pack_with(type, "value|x");
    CHECK(pack.indicators.empty());
    REQUIRE(pack.notes.size() == 1);
    CHECK_FALSE(pack.has_wrong());
    CHECK_THAT(pack.notes[0].message, Catch::Contains(type));
  }
  CHECK_FALSE(pack_with("uri", "/x/y").has_wrong());
  CHECK(pack_with("md5", "aa").has_wrong());
  CHECK(pack_with("domain|ip", "evil.com").has_wrong());
  CHECK(pack_with("", "evil.com").has_wrong());
}

TEST_CASE("MISP exports of several events") {
  const Pack pack = parse_pack(
      R"({"response": [
{"Event": {"Attribute": [{"type":"domain","value":"evil.com"}], "info": "A"}},
{"Event": {"info": "B", "Attribute": [{"type":"domain","value":"evil.org"},
 {"type":"domain","value":"evil.com"}, {"type":"domain","value":"x.org","deleted":true}]}}]})",
      "p");
  CHECK(values_of(pack) == Texts{"domain evil.com", "domain evil.org"});
  CHECK(pack.indicators[0].source == "MISP: A");
  CHECK(pack.indicators[1].source == "MISP: B");
  CHECK(notes_of(pack) == Texts{"4:28: duplicate of line 2: left out",
                                "4:66: an attribute that is deleted: left out"});
  CHECK(parse_pack(R"([{"Event":{"Attribute":[{"type":"domain","value":"evil.com"}]}}])", "p")
            .indicators.size() == 1);
  CHECK(parse_pack(R"({"response":{"Attribute":[{"type":"domain","value":"evil.com"}]}})", "p")
            .indicators.size() == 1);
  CHECK(parse_pack(R"({"Event":{}})", "p").notes.size() == 1);
}
