#include "evtxhound/indicators/pack.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "evtxhound/base/failure.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;

namespace {

constexpr const char* kHeader = "kind,value,product,description,severity,source\n";

Pack parse(const std::string& lines) { return parse_pack(kHeader + lines, "dir/mine.csv"); }

struct FaultRow {
  std::string line;  // stands on line 2
  PackNote::Weight weight;
  std::size_t column;
  std::string message;  // a part of it
};

constexpr auto kWrong = PackNote::Weight::kWrong;
constexpr auto kDoubtful = PackNote::Weight::kDoubtful;

void check_faults(const std::vector<FaultRow>& rows) {
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const Pack pack = parse(row.line + "\n");
    REQUIRE(pack.notes.size() == 1);
    CHECK(pack.notes[0].weight == row.weight);
    CHECK(pack.notes[0].line == 2);
    CHECK(pack.notes[0].column == row.column);
    CHECK_THAT(pack.notes[0].message, Catch::Contains(row.message));
    CHECK(pack.has_wrong() == (row.weight == kWrong));
    CHECK(pack.indicators.size() == (row.weight == kWrong ? 0 : 1));
  }
}

std::string row(const std::string& kind, const std::string& value) {
  return kind + "," + value + ",,d,low,s";
}

std::string hash(std::size_t digits) { return std::string(digits, 'a'); }

}  // namespace

TEST_CASE("a pack's indicators come in order, in normal form, with their columns") {
  const Pack pack = parse_pack(
      "source,severity,Value,kind\n\"me, you\",HIGH,Evil.COM,Domain\nyou,,AABB.exe,file_name\n",
      "dir/mine.csv");
  CHECK(pack.notes.empty());
  CHECK(pack.name == "mine.csv");
  CHECK(pack.path == "dir/mine.csv");
  CHECK(pack.sha256.size() == 64);
  REQUIRE(pack.indicators.size() == 2);
  CHECK(pack.indicators[0] ==
        Indicator{Kind::kDomain, "evil.com", "", "", Severity::kHigh, "me, you", "mine.csv"});
  CHECK(pack.indicators[1].value == "AABB.exe");
  CHECK(pack.indicators[1].severity == Severity::kMedium);
}

TEST_CASE("each kind's normal form") {
  const std::string sha256 = std::string(32, 'A') + std::string(32, 'b');
  const Pack pack =
      parse(row("sha256", sha256) + "\n" + row("url", "HTTPS://Evil.COM/Path") + "\n" +
            row("email", "A@B.org") + "\n" + "version,1.2.3, AA | B C ,d,low,s\n" +
            row("path", "C:\\Temp\\x.dll") + "\n" + row("url", "10.0.0.1:80/x") + "\n" +
            row("url", "[2001:db8::1]/x") + "\n");
  CHECK(pack.notes.empty());
  REQUIRE(pack.indicators.size() == 7);
  CHECK(pack.indicators[0].value == std::string(32, 'a') + std::string(32, 'b'));
  CHECK(pack.indicators[1].value == "https://evil.com/Path");
  CHECK(pack.indicators[2].value == "a@b.org");
  CHECK(pack.indicators[3].product == "AA | B C");
  CHECK(pack.indicators[4].value == "C:\\Temp\\x.dll");
}

TEST_CASE("wrong domains are told with their place") {
  check_faults({{row("domain", "https://evil.com"), kWrong, 8, "has a scheme"},
                {row("domain", "evil.com/x"), kWrong, 8, "has a path"},
                {row("domain", "evil.com:80"), kWrong, 8, "has a port"},
                {row("domain", "a@evil.com"), kWrong, 8, "e-mail"},
                {row("domain", "*.evil.com"), kWrong, 8, "wildcard"},
                {row("domain", "com"), kWrong, 8, "one label"},
                {row("domain", "evil..com"), kWrong, 8, "empty label"},
                {row("domain", "-evil.com"), kWrong, 8, "`-` at an end"},
                {row("domain", "ev il.com"), kWrong, 8, "no host name has"},
                {row("domain", "ev\u200Bil.com"), kWrong, 8, "no host name has"},
                {row("domain", hash(64) + ".com"), kWrong, 8, "64 bytes"},
                {row("domain", hash(60) + "." + hash(60) + "." + hash(60) + "." + hash(60) + "." +
                                   hash(60) + ".com"),
                 kWrong, 8, "253"},
                {row("domain", "1.2.3.4"), kWrong, 8, "IP address"}});
}

TEST_CASE("wrong hashes are told with their place") {
  check_faults({{row("md5", hash(31)), kWrong, 5, "MD5 has 32 digits, this has 31"},
                {row("md5", hash(64)), kWrong, 5, "as SHA-256 has"},
                {row("sha1", hash(39) + "g"), kWrong, 6, "`g` at its character 40"},
                {row("sha256", "\"" + hash(65) + "\""), kWrong, 9, "wrong hash length"},
                {row("md5", "d41d8cd98f00b204e9800998ecf8427e"), kDoubtful, 5, "empty file"},
                {row("md5", std::string(32, '0')), kDoubtful, 5, "zeros"}});
}

TEST_CASE("wrong values of the other kinds are told with their place") {
  check_faults({{row("url", "https:///path"), kWrong, 5, "no host"},
                {row("url", "http://evil.com/*.ico"), kWrong, 5, "wildcard"},
                {row("url", "http://evil.com/a b"), kWrong, 5, "white space"},
                {row("url", "http://localhost/x"), kWrong, 5, "one label"},
                {row("url", "http://evil.com:x/"), kWrong, 5, "port"},
                {"version,18.x,P1,d,low,s", kWrong, 9, "numbers with dots"},
                {"version,18,P1,d,low,s", kWrong, 9, "numbers with dots"},
                {"version,1.2.3,,d,low,s", kWrong, 9, "without its product"},
                {"version,1.2.3,a||b,d,low,s", kWrong, 15, "product's name"},
                {row("file_name", "a\\b.exe"), kWrong, 11, "kind path"},
                {row("file_name", "ab*.exe"), kWrong, 11, "fewer than 3"},
                {row("file_name", "*.exe"), kWrong, 11, "fewer than 3"},
                {row("file_name", "a.b"), kWrong, 11, "fewer than 4"},
                {row("path", "name.exe"), kWrong, 6, "without a separator"},
                {row("path", "C:\\a\\*.js"), kWrong, 6, "without 4 characters in a row"},
                {row("path", "C:\\"), kWrong, 6, "fewer than 4"},
                {row("path", "%TEMP%\\x.exe"), kDoubtful, 6, "environment variable"},
                {row("email", "nobody.com"), kWrong, 7, "no `@`"},
                {row("email", "@evil.com"), kWrong, 7, "before the `@`"},
                {row("email", "a@com"), kWrong, 7, "one label"},
                {row("text", "abc"), kWrong, 6, "fewer than 4"},
                {row("text", "abc\tdef"), kWrong, 6, "control character"},
                {row("text", ""), kWrong, 6, "no value"}});
}

TEST_CASE("wrong values of the kinds of Windows and networks are told with their place") {
  check_faults({{row("ip", "1.2.3"), kWrong, 4, "is no IPv4 or IPv6 address"},
                {row("ip", "1.2.3.4:80"), kWrong, 4, "has a port"},
                {row("ip", "1.2.3.4/33"), kWrong, 4, "is no network"},
                {row("ip", "1.2.3.4-1.2.3.9"), kWrong, 4, "a range"},
                {row("ip", "10.0.0.0/7"), kWrong, 4, "wider than /8"},
                {row("ip", "127.0.0.1"), kWrong, 4, "the computer itself"},
                {row("ip", "0.0.0.0"), kWrong, 4, "stands for no host"},
                {row("ip", "255.255.255.255"), kWrong, 4, "broadcast"},
                {row("ip", "2001::/15"), kWrong, 4, "wider than /16"},
                {row("ip", "::1"), kWrong, 4, "group of zeros"},
                {row("ip", "1.2.3.4/24"), kDoubtful, 4, "\"1.2.3.0/24\""},
                {row("ip", "fe80::1%4"), kDoubtful, 4, "zone"},
                {row("ip", "1[.]2.3.4"), kDoubtful, 4, "defanged"},
                {row("imphash", hash(31)), kWrong, 9, "wrong hash length: imphash"},
                {row("imphash", std::string(32, '0')), kDoubtful, 9, "zeros"},
                {row("registry_key", "HKLM"), kWrong, 14, "without a `\\`"},
                {row("registry_key", "HKLM\\Software\\Microsoft"), kWrong, 14, "every log"},
                {row("registry_key", "HKLM\\a\\b"), kWrong, 14, "every log"},
                {row("registry_key", "HKU\\S-1-5-21-1-2-3-4\\Software\\Evil"), kDoubtful, 14,
                 "\"HKCU\\Software\\Evil\""},
                {row("sid", "S-1-5-x"), kWrong, 5, "invalid SID"},
                {row("sid", "S-2-5-21-1-2-3"), kWrong, 5, "invalid SID"},
                {row("sid", "S-1-5-21-1-2-4294967296"), kWrong, 5, "invalid SID"},
                {row("sid", "S-1-5-18"), kWrong, 5, "every log"},
                {row("sid", "S-1-5-32-544"), kWrong, 5, "every log"},
                {row("guid", "{0-1}"), kWrong, 6, "invalid GUID"},
                {row("guid", "00000000-0000-0000-0000-000000000000"), kWrong, 6, "zeros"},
                {row("regex", "abc(d"), kWrong, 7, "refused regex"},
                {row("regex", "(a)\\1bcde"), kWrong, 7, "refused regex"},
                {row("regex", "abc"), kWrong, 7, "fewer than 4"},
                {row("regex", "a*"), kWrong, 7, "refused regex"},
                {row("regex", "\".{4,}\""), kWrong, 8, "nearly every value"},
                {row("regex", "\\Qabcd\\E"), kWrong, 7, "\\Q"}});
}

TEST_CASE("the normal forms of the kinds of Windows and networks") {
  const Pack pack = parse(
      row("ip", "2001:DB8:0:0:0:0:0:1") + "\n" + row("ip", "::ffff:1.2.3.4") + "\n" +
      row("ip", "[2001:db8::2]") + "\n" +
      row("registry_key", "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\Evil\\") + "\n" +
      row("registry_key", "\\EvilCorp\\Agent") + "\n" + row("sid", "s-1-5-21-1-2-3-500") + "\n" +
      row("guid", "{0A1B2C3D-1111-2222-3333-ABCDEFABCDEF}") + "\n" +
      row("path", "\\\\?\\C:\\Temp\\x.dll") + "\n" + row("path", "*\\Temp\\evil\\*") + "\n" +
      row("regex", "evil\\D") + "\n" + row("regex", "evil\\d") + "\n");
  CHECK(pack.notes.empty());
  std::vector<std::string> values;
  for (const auto& each : pack.indicators) values.push_back(each.value);
  CHECK(values == std::vector<std::string>{
                      "2001:db8::1", "1.2.3.4", "2001:db8::2",
                      "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Evil", "EvilCorp\\Agent",
                      "S-1-5-21-1-2-3-500", "0a1b2c3d-1111-2222-3333-abcdefabcdef",
                      "C:\\Temp\\x.dll", "\\Temp\\evil\\", "evil\\D", "evil\\d"});
}

TEST_CASE("rows that do not fit are told with their place") {
  check_faults({{row("hash", "x"), kWrong, 1, "unknown kind \"hash\""},
                {"domain,evil.com,,d,urgent,s", kWrong, 20, "unknown severity \"urgent\""},
                {"domain,evil.com,,d,low", kWrong, 1, "5 fields where the header names 6"},
                {"domain,evil.com,,a,b,low,s", kWrong, 1, "7 fields"},
                {"domain,\"evil.com\"x,,d,low,s", kWrong, 18, "behind the closing quote"},
                {"domain,\"evil.com,,d,low,s", kWrong, 8, "never closed"},
                {"domain,evil.com,,\"\xFF\",low,s", kWrong, 19, "not UTF-8"},
                {"domain,evil.com,Chrome,d,low,s", kDoubtful, 17, "versions only"}});
}

TEST_CASE("what is mended is told with its place") {
  check_faults({{row("domain", "evil[.]com"), kDoubtful, 8, "\"evil.com\""},
                {row("domain", "\"evil[.]com\""), kDoubtful, 9, "\"evil.com\""},
                {row("url", "hxxps://evil[.]com/x"), kDoubtful, 5, "\"https://evil.com/x\""},
                {row("email", "a[@]evil.com"), kDoubtful, 7, "\"a@evil.com\""},
                {row("domain", "  evil.com"), kDoubtful, 10, "white space"},
                {row("domain", "evil.com."), kDoubtful, 8, "root's dot"},
                {row("domain", "bücher.de"), kDoubtful, 8, "xn--"}});
  CHECK(parse(row("domain", "Evil[.]com")).indicators[0].value == "evil.com");
}

TEST_CASE("duplicates are left out and told, by line") {
  const Pack pack = parse(
      "domain,evil.com,,a,low,s\n# comment\ndomain,EVIL.com,,b,high,t\n"
      "version,1.2,A1,,,\nversion,1.2,B1,,,\ntext,evil.com,,,,\n");
  CHECK(pack.indicators.size() == 4);
  REQUIRE(pack.notes.size() == 1);
  CHECK(pack.notes[0].weight == kDoubtful);
  CHECK(pack.notes[0].line == 4);
  CHECK(pack.notes[0].column == 8);
  CHECK(pack.notes[0].message == "duplicate of line 2: left out");
}

TEST_CASE("a header that names too little is told") {
  for (const auto& [text, message] :
       {std::pair{"", "no header line"},
        {"# nothing\n\n", "no header line"},
        {"value,severity\nx,low\n", "no column \"kind\""},
        {"kind;value\ndomain;evil.com\n", "no column \"kind\"; columns are separated by commas"},
        {"kind,value,kind\n", "stands twice"},
        {"\xFF\xFEk", "UTF-16"}}) {
    const Pack pack = parse_pack(text, "p.csv");
    CAPTURE(text);
    REQUIRE_FALSE(pack.notes.empty());
    CHECK(pack.has_wrong());
    CHECK(pack.indicators.empty());
    CHECK_THAT(pack.notes.back().message, Catch::Contains(message));
  }
  const Pack unknown = parse_pack("kind,value,colour\ndomain,evil.com,red\n", "p.csv");
  REQUIRE(unknown.notes.size() == 1);
  CHECK(unknown.notes[0].column == 12);
  CHECK_FALSE(unknown.has_wrong());
  CHECK(unknown.indicators.size() == 1);
  const Pack empty = parse_pack("kind,value\n", "p.csv");
  REQUIRE(empty.notes.size() == 1);
  CHECK_FALSE(empty.has_wrong());
}

TEST_CASE("a note is one line with its place") {
  const Pack pack = parse("domain,evil[.]com,,,,\nmd5,12,,,,\n");
  REQUIRE(pack.notes.size() == 2);
  CHECK(format_note(pack, pack.notes[0]) ==
        "dir/mine.csv:2:8: warning: defanged: \"evil[.]com\" is read as \"evil.com\"");
  CHECK(format_note(pack, pack.notes[1]) ==
        "dir/mine.csv:3:5: error: wrong hash length: MD5 has 32 digits, this has 2");
}

TEST_CASE("a pack file that cannot be read stops the command") {
  try {
    load_pack("/nowhere/pack.csv");
    FAIL("loaded");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kUsage);
    CHECK_THAT(failure.what(), Catch::Contains("/nowhere/pack.csv"));
  }
}
