// Plain lists and Splunk's lookups.
#include <catch2/catch.hpp>

#include "evtxhound/indicators/infer_kind.hpp"
#include "pack_samples.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

using Texts = std::vector<std::string>;

TEST_CASE("a list has one indicator a line, its kind by its form") {
  const Pack pack = parse_pack(kTextSample, "dir/evil.csv");
  CHECK(values_of(pack) ==
        Texts{"url https://evil.com/x", "domain evil.com", "ip 10.0.16.1", "ip 2001:db8::/32",
              "md5 bb915073385dd16a846dfa318afa3c19", "sid S-1-5-21-1-2-3-500",
              "guid 0a1b2c3d-1111-2222-3333-abcdefabcdef", "path C:\\Temp\\evil.dll",
              "registry_key HKLM\\Software\\Evil\\Run", "email someone@evil.com"});
  CHECK_FALSE(pack.has_wrong());
  REQUIRE(pack.notes.size() == 4);
  CHECK(notes_of(pack)[0] ==
        "2:1: defanged: \"hxxps://evil[.]com/x\" is read as \"https://evil.com/x\"");
}

TEST_CASE("what has no kind's form is refused with its line") {
  const Pack pack =
      parse_pack("evil.com\nsome words\n  mimikatz\n1.2.3.4/40\n1.2.3.4:443\n\xFF\n", "p");
  CHECK(values_of(pack) == Texts{"domain evil.com", "ip 1.2.3.4"});
  CHECK(
      notes_of(pack) ==
      Texts{"!2:1: \"some words\" has the form of no kind: name its kind in a CSV pack",
            "!3:3: \"mimikatz\" has the form of no kind: name its kind in a CSV pack",
            "!4:1: invalid IP address: \"1.2.3.4/40\" is no network: an address, `/` and a number "
            "of bits",
            "5:1: the port of \"1.2.3.4:443\" is not looked at", "!6:1: not UTF-8"});
}

TEST_CASE("the kind of a value by its form") {
  for (const auto& [value, kind] : {std::pair{"evil.com", Kind::kDomain},
                                    {"evil[.]com/x", Kind::kUrl},
                                    {"evil.com/x.exe", Kind::kUrl},
                                    {"hxxp://1.2.3.4/x", Kind::kUrl},
                                    {"1.2.3.4", Kind::kIp},
                                    {"1(.)2(.)3(.)4", Kind::kIp},
                                    {"10.0.0.0/8", Kind::kIp},
                                    {"[2001:db8::1]", Kind::kIp},
                                    {"fe80::1", Kind::kIp},
                                    {"a[at]evil.com", Kind::kEmail},
                                    {"evil.exe", Kind::kFileName},
                                    {"my tool.exe", Kind::kFileName},
                                    {R"(\System32\evil.dll)", Kind::kPath},
                                    {R"(C:\.hidden\x)", Kind::kPath},
                                    {R"(%TEMP%\evil.dll)", Kind::kPath},
                                    {"/tmp/evil.sh", Kind::kPath},
                                    {R"(HKEY_CURRENT_USER\Software\Evil)", Kind::kRegistryKey},
                                    {R"(\REGISTRY\MACHINE\Software\Evil)", Kind::kRegistryKey},
                                    {"s-1-5-21-1-2-3-4", Kind::kSid},
                                    {"da39a3ee5e6b4b0d3255bfef95601890afd80709", Kind::kSha1}}) {
    CAPTURE(value);
    CHECK(infer_kind(value) == kind);
  }
  for (const auto* value : {"evil", "two words", "999.1.1.1", "abcdef", "18.12.416", "a,b", "@"}) {
    CAPTURE(value);
    CHECK_FALSE(infer_kind(value));
  }
}

TEST_CASE("Splunk's lookup: rows that are no indicators are left out and told") {
  const Pack pack = parse_pack(kSplunkSample, "p");
  CHECK(values_of(pack) == Texts{"domain evil.com", "domain bad.example.org"});
  CHECK(pack.indicators[0].description == "seen, twice");
  CHECK(notes_of(pack) == Texts{"3:1: \"good.com\" is no indicator (isIOC is FALSE): left out"});
  const Pack wrong = parse_pack("isIOC,domain\nmaybe,evil.com\ntrue\ntrue,com\n", "p");
  CHECK(wrong.indicators.empty());
  CHECK(notes_of(wrong) ==
        Texts{"!2:1: isIOC is \"maybe\", neither true nor false",
              "!3:1: 1 fields where the header names 2",
              "!4:6: invalid domain: \"com\" is one label: all of its domains would be hits"});
}
