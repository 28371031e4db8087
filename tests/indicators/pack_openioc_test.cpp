#include <catch2/catch.hpp>

#include "pack_samples.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

using Texts = std::vector<std::string>;

namespace {

Pack pack_with(const std::string& search, const std::string& condition, const std::string& value) {
  return parse_pack("<OpenIOC><criteria><Indicator operator=\"OR\">\n<IndicatorItem " + condition +
                        "><Context search=\"" + search + "\"/><Content>" + value +
                        "</Content></IndicatorItem></Indicator></criteria></OpenIOC>",
                    "p");
}

void check_read(const std::string& search, const std::string& condition, const std::string& value,
                const std::string& result) {
  CAPTURE(search, condition, value);
  const Pack pack = pack_with(search, "condition=\"" + condition + "\"", value);
  CHECK(values_of(pack) == Texts{result});
  CHECK(notes_of(pack).empty());
}

}  // namespace

TEST_CASE("OpenIOC: items joined by OR, and those of an AND of one") {
  const Pack pack = parse_pack(kOpenIocSample, "p");
  CHECK(values_of(pack) ==
        Texts{"md5 bb915073385dd16a846dfa318afa3c19", "text \\Evil\\Run", "domain evil.com"});
  CHECK(pack.indicators[0].description == "Evil & co");
  CHECK(pack.indicators[0].source == "ioc-1");
  CHECK(notes_of(pack) == Texts{"21:8: not supported: AND of 2 items: left out"});
}

TEST_CASE("OpenIOC searches and conditions that are understood") {
  check_read("FileItem/FileName", "is", "evil.exe", "file_name evil.exe");
  check_read("FileItem/FileName", "starts-with", "evil", "file_name evil*");
  check_read("FileItem/FileName", "ends-with", "evil.exe", "file_name *evil.exe");
  check_read("FileItem/FullPath", "is", R"(C:\Temp\evil.exe)", R"(path C:\Temp\evil.exe)");
  check_read("FileItem/FullPath", "contains", R"(\Temp\evil)", R"(text \Temp\evil)");
  check_read("FileItem/FullPath", "starts-with", R"(C:\Temp\ev)", R"(path C:\Temp\ev*)");
  check_read("PortItem/remoteIP", "is", "10.1.2.3", "ip 10.1.2.3");
  check_read("RegistryItem/Path", "is", R"(HKEY_LOCAL_MACHINE\Software\Evil\x)",
             R"(registry_key HKLM\Software\Evil\x)");
  check_read("ProcessItem/arguments", "matches", "evil.*x", "regex (?i)evil.*x");
  check_read("ProcessItem/arguments", "starts-with", "evil.x", R"(regex (?is)^evil\.x)");
  check_read("UrlHistoryItem/URL", "is", "http://evil.com/x", "url http://evil.com/x");
  check_read("UserItem/SecurityID", "is", "S-1-5-21-1-2-3-4", "sid S-1-5-21-1-2-3-4");
}

TEST_CASE("OpenIOC that cannot be looked for is named") {
  for (const auto& [search, condition, what] :
       {std::tuple{"FileItem/SizeInBytes", "condition=\"is\"", "FileItem/SizeInBytes"},
        {"FileItem/FileName", "condition=\"is\" negate=\"true\"", "negation of FileItem/FileName"},
        {"FileItem/FileName", "condition=\"isnot\"", "negation of FileItem/FileName"},
        {"FileItem/Md5sum", "condition=\"contains\"", "FileItem/Md5sum contains \"abcd\""},
        {"RegistryItem/Path", "condition=\"ends-with\"", "RegistryItem/Path ends-with \"abcd\""},
        {"FileItem/FileName", "condition=\"less-than\"", "FileItem/FileName less-than \"abcd\""}}) {
    CAPTURE(search, condition);
    const Pack pack = pack_with(search, condition, "abcd");
    CHECK(pack.indicators.empty());
    REQUIRE(pack.notes.size() == 1);
    CHECK(pack.notes[0].line == 2);
    CHECK_FALSE(pack.has_wrong());
    CHECK_THAT(pack.notes[0].message, Catch::Contains(what));
  }
  CHECK(pack_with("FileItem/Md5sum", "condition=\"is\"", "abcd").has_wrong());
  CHECK(pack_with("FileItem/Md5sum", "", "abcd").has_wrong());
  CHECK(parse_pack("<ioc/>", "p").has_wrong());
  CHECK(parse_pack("<OpenIOC><criteria><Indicator operator=\"XOR\"/></criteria></OpenIOC>", "p")
            .has_wrong());
}
