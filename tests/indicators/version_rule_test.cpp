#include "finding.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

const Indicator kVersion =
    indicator(Kind::kVersion, "18.12.416", "3CXDesktopApp|3CX Desktop App|3CX DesktopApp");
constexpr auto kNone = std::nullopt;

std::size_t hits(std::vector<evtx::Field> data) {
  return found_in(kVersion, event_of(std::move(data))).size();
}

}  // namespace

TEST_CASE("a version stands just behind its product") {
  const std::string hit = "18.12.416";
  check_rows(kVersion, {{"3cxdesktopapp-18.12.416.msi", hit},
                        {"3CXDesktopApp/18.12.416", hit},
                        {"3CX Desktop App version 18.12.416", hit},
                        {"3CX Desktop App, Ver. 18.12.416", hit},
                        {"3CX DesktopApp v18.12.416 build", hit},
                        {"3CXDesktopApp.exe, version: 18.12.416.0, time stamp", hit},
                        {R"(C:\Programs\3CXDesktopApp\app-18.12.416\x.exe)", hit},
                        {"3CXDesktopApp18.12.416", kNone},
                        {"My3CXDesktopApp-18.12.416.msi", kNone},
                        {"3CXDesktopApp and Chrome 18.12.416", kNone},
                        {"3CXDesktopApps 18.12.416", kNone},
                        {"18.12.416", kNone},
                        {"Chrome 18.12.416", kNone}});
}

TEST_CASE("a version is no part of another number") {
  const std::string hit = "18.12.416";
  check_rows(kVersion, {{"3CXDesktopApp 118.12.416", kNone},
                        {"3CXDesktopApp 1.18.12.416", kNone},
                        {"3CXDesktopApp 18.12.4160", kNone},
                        {"3CXDesktopApp 18.12.416.0", hit},
                        {"3CXDesktopApp x18.12.416", kNone},
                        {"3CXDesktopApp v18.12.416", hit},
                        {"3CXDesktopApp_18.12.416", hit},
                        {"3CXDesktopApp 18.12.416.", hit}});
}

TEST_CASE("the fields beside a version field name its subject") {
  CHECK(hits({{"FileVersion", "18.12.416"}, {"Product", "3CX Desktop App"}}) == 1);
  CHECK(hits({{"FileVersion", "18.12.416.0"}, {"Description", "3CX Desktop App"}}) == 1);
  CHECK(hits({{"FileVersion", "18.12.416"}, {"OriginalFileName", "3CXDesktopApp.exe"}}) == 1);
  CHECK(hits({{"Image", R"(C:\x\3CXDesktopApp.exe)"}, {"FileVersion", "18.12.416"}}) == 1);
  CHECK(hits({{"AppName", "3CXDesktopApp.exe"}, {"AppVersion", "18.12.416.0"}}) == 1);
  CHECK(hits({{"ModuleName", "3CXDesktopApp.exe"}, {"ModuleVersion", "18.12.416.0"}}) == 1);
  CHECK(hits({{"Name", "3CX Desktop App"}, {"Version", "18.12.416"}}) == 1);
  CHECK(hits({{"productname", "3CX Desktop App"}, {"PRODUCTVERSION", "18.12.416"}}) == 1);
}

TEST_CASE("another product's version is no hit, whatever else the event has") {
  CHECK(hits({{"FileVersion", "18.12.416"},
              {"Product", "Google Chrome"},
              {"Image", R"(C:\x\chrome.exe)"},
              {"ParentImage", R"(C:\x\3CXDesktopApp.exe)"},
              {"ParentCommandLine", "3CXDesktopApp.exe"}}) == 0);
  CHECK(hits({{"FileVersion", "18.12.416"}, {"Image", R"(C:\3CXDesktopApp\update.exe)"}}) == 0);
  CHECK(hits({{"AppName", "3CXDesktopApp.exe"}, {"ModuleVersion", "18.12.416.0"}}) == 0);
  CHECK(hits({{"Product", "3CX Desktop App"}, {"OtherNumber", "18.12.416"}}) == 0);
  CHECK(hits({{"FileVersion", "18.12.416"}, {"Product", "-"}}) == 0);
}

// Sysmon 7 has the version of the library, and the program that loaded it.
TEST_CASE("a loaded library's version is its own, not its program's") {
  CHECK(hits({{"Image", R"(C:\x\3CXDesktopApp.exe)"},
              {"ImageLoaded", R"(C:\Windows\System32\kernel32.dll)"},
              {"FileVersion", "18.12.416"}}) == 0);
  CHECK(hits({{"Image", R"(C:\x\explorer.exe)"},
              {"ImageLoaded", R"(C:\x\3CXDesktopApp.exe)"},
              {"FileVersion", "18.12.416"}}) == 1);
}

TEST_CASE("an unnamed value that is only a version belongs to the value before it") {
  // MsiInstaller 1033
  CHECK(hits({{"Data", "3CX Desktop App"}, {"Data", "18.12.416"}, {"Data", "1033"}}) == 1);
  // Application Error 1000
  CHECK(hits({{"Data", "3CXDesktopApp.exe"}, {"Data", "18.12.416.0"}, {"Data", "5f3a"}}) == 1);
  CHECK(hits({{"Data", "chrome.exe"},
              {"Data", "110.0"},
              {"Data", "5f3a"},
              {"Data", "3CXDesktopApp.exe"},
              {"Data", "version 18.12.416"}}) == 1);
  CHECK(hits({{"Data", "3CX Desktop App"}, {"Data", "1033"}, {"Data", "18.12.416"}}) == 0);
  CHECK(hits({{"Data", "3CX Desktop App"}, {"Data", "another 18.12.416"}}) == 0);
  CHECK(hits({{"Name", "3CX Desktop App"}, {"Data", "18.12.416"}}) == 0);
}
