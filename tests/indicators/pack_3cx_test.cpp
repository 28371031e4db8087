// The 3CX pack: that it is whole, sound, and finds what it is for.
#include <fstream>
#include <map>
#include <set>

#include "finding.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

std::map<Kind, std::set<std::string>> values_by_kind() {
  std::map<Kind, std::set<std::string>> values;
  for (const auto& each : builtin_3cx_pack().indicators) values[each.kind].insert(each.value);
  return values;
}

// The values of the indicators found in an event.
std::multiset<std::string> values_found(const evtx::Event& event) {
  static const std::vector<Pack> packs{builtin_3cx_pack()};
  static const IndicatorSet set(packs);
  Matcher matcher(set);
  std::multiset<std::string> values;
  for (const auto& match : matcher.find(event)) {
    values.insert(set.indicator(match.indicator).value);
  }
  return values;
}

using Values = std::multiset<std::string>;

}  // namespace

TEST_CASE("the 3CX pack has no faults, in the program as in the file") {
  const Pack built_in = builtin_3cx_pack();
  const Pack file = load_pack(EVTXHOUND_SOURCE_DIR "/indicators/3cx/3cx.csv");
  for (const auto& note : file.notes) FAIL_CHECK(format_note(file, note));
  CHECK(built_in.sha256 == file.sha256);
  CHECK(built_in.path == "3cx (built in)");
  CHECK(built_in.indicators.size() == file.indicators.size());
  for (const auto& each : built_in.indicators) {
    CAPTURE(each.value);
    CHECK_FALSE(each.description.empty());
    CHECK_FALSE(each.source.empty());
  }
}

TEST_CASE("the 3CX pack has the 22 domains") {
  const std::set<std::string> domains{"akamaicontainer.com",
                                      "akamaitechcloudservices.com",
                                      "azuredeploystore.com",
                                      "azureonlinecloud.com",
                                      "azureonlinestorage.com",
                                      "dunamistrd.com",
                                      "glcloudservice.com",
                                      "journalide.org",
                                      "msedgepackageinfo.com",
                                      "msedgeupdate.net",
                                      "msstorageazure.com",
                                      "msstorageboxes.com",
                                      "officeaddons.com",
                                      "officestoragebox.com",
                                      "pbxcloudeservices.com",
                                      "pbxphonenetwork.com",
                                      "pbxsources.com",
                                      "qwepoi123098.com",
                                      "sbmsa.wiki",
                                      "sourceslabs.com",
                                      "visualstudiofactory.com",
                                      "zacharryblogs.com"};
  REQUIRE(domains.size() == 22);
  for (const auto& domain : domains)
    CHECK(values_found(event_of({{"Q", domain}})) == Values{domain});
  auto all = values_by_kind()[Kind::kDomain];
  for (const auto& domain : domains) all.erase(domain);
  CHECK(all == std::set<std::string>{"msboxonline.com", "www.3cx.com"});
}

TEST_CASE("the 3CX pack has all hashes and versions") {
  auto values = values_by_kind();
  CHECK(values[Kind::kMd5].size() == 20);
  CHECK(values[Kind::kSha1].size() == 15);
  CHECK(values[Kind::kSha256].size() == 36);
  CHECK(values[Kind::kVersion] ==
        std::set<std::string>{"18.12.407", "18.12.416", "18.11.1213", "18.12.402"});
  CHECK(values[Kind::kEmail].size() == 5);
}

TEST_CASE("only what is no sign by itself is low or informational") {
  std::set<std::string> low;
  for (const auto& each : builtin_3cx_pack().indicators) {
    if (each.severity <= Severity::kLow) low.insert(each.value);
  }
  CHECK(low == std::set<std::string>{"www.3cx.com", "3CXDesktopApp.exe",
                                     "\\AppData\\Local\\Programs\\3CXDesktopApp\\"});
}

TEST_CASE("the 3CX pack finds the story's events") {
  // Sysmon 1: the program runs.
  CHECK(values_found(event_of({{"Image", R"(C:\Program Files\3CXDesktopApp\3CXDesktopApp.exe)"},
                               {"FileVersion", "18.12.416"},
                               {"Product", "3CX Desktop App"}})) ==
        Values{"18.12.416", "3CXDesktopApp.exe"});
  // Sysmon 7: the library that is loaded.
  CHECK(values_found(event_of(
            {{"Hashes",
              "SHA256=7986BBAEE8940DA11CE089383521AB420C443AB7B15ED42AED91FD31CE833896"}})) ==
        Values{"7986bbaee8940da11ce089383521ab420c443ab7b15ed42aed91fd31ce833896"});
  // An icon is one fact and one hit.
  CHECK(values_found(event_of(
            {{"Url", "https://raw.githubusercontent.com/IconStorages/images/main/icon13.ico"}})) ==
        Values{"https://raw.githubusercontent.com/IconStorages/images/main/"});
  CHECK(values_found(event_of({{"PipeName", R"(\gecko.nativeMessaging)"}})).size() == 1);
  CHECK(values_found(event_of({{"CommandLine",
                                "update.exe --update http://x/electron/update/win32/18.12.416"}}))
            .size() == 1);
  // MsiInstaller 1033
  CHECK(values_found(event_of({{"Data", "3CX Desktop App"}, {"Data", "18.12.416"}})) ==
        Values{"18.12.416"});
}

TEST_CASE("the 3CX pack leaves the everyday alone") {
  CHECK(values_found(event_of({{"QueryName", "a1.akamaitechnologies.com"},
                               {"QueryName", "officeaddons.com.example.org"},
                               {"Url", "https://raw.githubusercontent.com/other/images/main/x"},
                               {"Image", R"(C:\Windows\System32\winscard.dll)"},
                               {"FileVersion", "18.12.416"},
                               {"Product", "Google Chrome"},
                               {"Hashes", "IMPHASH=00000000000000000000000000000000"}}))
            .empty());
}
