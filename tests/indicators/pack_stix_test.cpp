#include <catch2/catch.hpp>

#include "evtxhound/indicators/stix_pattern.hpp"
#include "pack_samples.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

using Texts = std::vector<std::string>;

namespace {

// A bundle of one indicator, whose pattern's first character is at 1:69.
Pack pack_with(const std::string& pattern) {
  std::string escaped;
  for (const char c : pattern) escaped += (c == '\\' || c == '"' ? "\\" : "") + std::string(1, c);
  return parse_pack(
      R"({"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":")" + escaped + "\"}]}",
      "p");
}

void check_read(const std::string& pattern, const Texts& values) {
  CAPTURE(pattern);
  const Pack pack = pack_with(pattern);
  CHECK(values_of(pack) == values);
  CHECK(notes_of(pack).empty());
}

void check_left_out(const std::string& pattern, const std::string& what) {
  CAPTURE(pattern);
  const Pack pack = pack_with(pattern);
  CHECK(pack.indicators.empty());
  CHECK(notes_of(pack) == Texts{"1:69: not supported: " + what + ": left out"});
}

}  // namespace

TEST_CASE("a STIX bundle: its indicators, with what they say of themselves") {
  const Pack pack = parse_pack(kStixSample, "p");
  CHECK(values_of(pack) ==
        Texts{"domain evil.com", "ip 10.1.2.3", "ip 10.1.2.4",
              "sha256 7986bbaee8940da11ce089383521ab420c443ab7b15ed42aed91fd31ce833896",
              "file_name evil.exe"});
  CHECK(pack.indicators[0].description == "Evil hosts");
  CHECK(pack.indicators[0].source == "indicator--1");
  CHECK(notes_of(pack) == Texts{"13:85: not supported: a pattern of type \"yara\": left out"});
}

TEST_CASE("STIX properties and comparisons that are understood") {
  check_read("[url:value = 'http://evil.com/x']", {"url http://evil.com/x"});
  check_read("[ipv6-addr:value = '2001:DB8::1']", {"ip 2001:db8::1"});
  check_read("[ipv4-addr:value ISSUBSET '10.1.0.0/16']", {"ip 10.1.0.0/16"});
  check_read("[file:hashes.MD5 = 'bb915073385dd16a846dfa318afa3c19']",
             {"md5 bb915073385dd16a846dfa318afa3c19"});
  check_read("[file:name = 'C:\\\\Temp\\\\evil.exe']", {"path C:\\Temp\\evil.exe"});
  check_read("[file:name LIKE 'evil%.exe']", {"file_name evil*.exe"});
  check_read("[directory:path = 'C:\\\\ProgramData\\\\TPM']", {"path C:\\ProgramData\\TPM"});
  check_read("[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\Evil\\\\x']",
             {"registry_key HKLM\\Software\\Evil\\x"});
  check_read("[email-message:from_ref.value = 'a@evil.com']", {"email a@evil.com"});
  check_read("[process:command_line = 'evil -x']", {"text evil -x"});
  check_read("[process:command_line LIKE '%evil -x%']", {"text evil -x"});
  check_read("[process:command_line LIKE 'evil%-x_%']", {"regex (?is)^evil.*\\-x."});
  check_read("[process:command_line MATCHES '^evil.*$']", {"regex ^evil.*$"});
  check_read("[user-account:user_id = 'S-1-5-21-1-2-3-500']", {"sid S-1-5-21-1-2-3-500"});
  check_read("[url:value LIKE 'http://evil.com/%']", {"url http://evil.com/"});
  check_read("([file:name = 'evil.exe'] OR [file:name = 'it\\'s.exe'])",
             {"file_name evil.exe", "file_name it's.exe"});
  check_read(
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = "
      "'10.1.2.3']",
      {"ip 10.1.2.3"});
  check_read("[network-traffic:dst_ref.value = 'evil.com']", {"domain evil.com"});
}

TEST_CASE("STIX that cannot be looked for is named, and no part of it is taken") {
  check_left_out("[file:name = 'a.exe' AND file:size = 12]", "AND of several properties");
  check_left_out("[file:name = 'a.exe' AND (file:size = 12 OR file:size = 13)]",
                 "AND of several properties");
  check_left_out("[file:name = 'a.exe'] AND [url:value = 'http://evil.com/']",
                 "AND of observations");
  check_left_out("[file:name = 'a.exe'] FOLLOWEDBY [file:name = 'b.exe']", "FOLLOWEDBY");
  check_left_out("[file:name = 'a.exe'] REPEATS 5 TIMES", "REPEATS");
  check_left_out("([file:name = 'a.exe'] OR [file:name = 'b.exe']) WITHIN 5 SECONDS", "WITHIN");
  check_left_out("[file:name = 'a.exe'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
                 "START … STOP");
  check_left_out("[file:name != 'a.exe']", "the comparison !=");
  check_left_out("[file:name NOT = 'a.exe']", "NOT");
  check_left_out("[NOT file:name = 'a.exe']", "NOT");
  check_left_out("[EXISTS file:name]", "EXISTS");
  check_left_out("[file:size > 10]", "the comparison >");
  check_left_out("[mutex:name = 'evil']", "mutex:name");
  check_left_out("[file:hashes.'SHA-512' = 'aa']", "file:hashes.SHA-512");
  check_left_out("[file:name = 5]", "file:name compared with what is no string");
  check_left_out("[file:name MATCHES '^evil$']", "file:name MATCHES \"^evil$\"");
  check_left_out("[domain-name:value LIKE 'evil%']", "domain-name:value LIKE \"evil%\"");
  check_left_out("[user-account:user_id = '1001']", "user-account:user_id that is no SID");
  check_left_out(
      "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = "
      "'10.1.2.3']",
      "AND of several properties");
  const Pack half = pack_with("[file:name = 'evil.exe' OR mutex:name = 'evil']");
  CHECK(values_of(half) == Texts{"file_name evil.exe"});
  CHECK(notes_of(half) == Texts{"1:69: not supported: mutex:name: left out"});
  const Pack below = pack_with("[domain-name:value LIKE '%.evil.com']");
  CHECK(values_of(below) == Texts{"domain evil.com"});
  CHECK(below.notes.size() == 1);
}

TEST_CASE("what is no STIX pattern is wrong, with the place in it") {
  for (const auto& [pattern, wrong] : {std::pair{"", "no `[` at its character 1"},
                                       {"[", "no name at its character 2"},
                                       {"[file:name = 'a", "never closed"},
                                       {"[file:name]", "no comparison"},
                                       {"[file = 'a']", "no `:`"},
                                       {"[file:name = 'a'", "no `]`"},
                                       {"[file:name = 'a'] x", "behind its end"},
                                       {"[file:name IN 'a']", "no `(`"},
                                       {"[file:name = 'a'] WITHIN x", "no number"}}) {
    CAPTURE(pattern);
    CHECK_THAT(parse_stix_pattern(pattern).wrong, Catch::Contains(wrong));
  }
  CHECK_THAT(parse_stix_pattern(std::string(100'000, '(')).wrong, Catch::Contains("parentheses"));
  CHECK_THAT(parse_stix_pattern("[" + std::string(100'000, '(')).wrong,
             Catch::Contains("parentheses"));
  CHECK(pack_with("[x").has_wrong());
}

TEST_CASE("STIX indicators that are revoked or empty, bundles of none") {
  const Pack pack = parse_pack(
      "{\"objects\":[\n{\"type\":\"indicator\",\"revoked\":true,\"pattern\":\"[file:name='abcd']\"}"
      ",\n"
      "{\"type\":\"indicator\"}]}",
      "p");
  CHECK(notes_of(pack) == Texts{"2:47: an indicator that is revoked: left out",
                                "!3:1: an indicator without pattern"});
  CHECK(notes_of(parse_pack("{\"type\":\"bundle\"}", "p")) ==
        Texts{"1:1: no indicator among the STIX objects"});
  CHECK(parse_pack("{\"type\":\"indicator\",\"pattern\":\"[file:name='abcd']\"}", "p")
            .indicators.size() == 1);
}
