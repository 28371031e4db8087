#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {
constexpr auto kNone = std::nullopt;
}  // namespace

TEST_CASE("a file name is found as a whole name") {
  const auto file = indicator(Kind::kFileName, "3CXDesktopApp.exe");
  const std::string hit = "3CXDesktopApp.exe";
  check_rows(file, {{"3CXDesktopApp.exe", hit},
                    {R"(C:\Users\a\3CXDESKTOPAPP.EXE)", "3CXDESKTOPAPP.EXE"},
                    {"/Users/a/3CXDesktopApp.exe", hit},
                    {R"("C:\x\3CXDesktopApp.exe" --update)", hit},
                    {"start 3CXDesktopApp.exe,", hit},
                    {"Image=3CXDesktopApp.exe;", hit},
                    {"https://x.net/?f=%2F3CXDesktopApp.exe", hit},
                    {"3CXDesktopApp.exe:Zone.Identifier", hit},
                    {"ended with 3CXDesktopApp.exe.", hit},
                    {"3CXDesktopApp.exe.config", kNone},
                    {"3CXDESKTOPAPP.EXE-1A2B3C4D.pf", kNone},
                    {"3CXDesktopApp.exe_old", kNone},
                    {"3CXDesktopApp.exes", kNone},
                    {"My3CXDesktopApp.exe", kNone},
                    {"my-3CXDesktopApp.exe", kNone},
                    {"old.3CXDesktopApp.exe", kNone}});
}

TEST_CASE("a path with its drive is found with that drive, and what lies below it") {
  const auto path = indicator(Kind::kPath, R"(C:\ProgramData\TPM\winscard.dll)");
  const std::string hit = R"(C:\ProgramData\TPM\winscard.dll)";
  check_rows(path, {{hit, hit},
                    {R"(c:\programdata\tpm\WINSCARD.DLL)", R"(c:\programdata\tpm\WINSCARD.DLL)"},
                    {"C:/ProgramData/TPM/winscard.dll", "C:/ProgramData/TPM/winscard.dll"},
                    {R"({"path":"C:\\ProgramData\\TPM\\winscard.dll"})",
                     R"(C:\\ProgramData\\TPM\\winscard.dll)"},
                    {R"(\??\C:\ProgramData\TPM\winscard.dll)", hit},
                    {R"(\\?\C:\ProgramData\TPM\winscard.dll)", hit},
                    {R"("C:\ProgramData\TPM\winscard.dll",Entry)", hit},
                    {R"(C:\ProgramData\TPM\winscard.dll:stream)", hit},
                    {R"(C:\ProgramData\TPM\winscard.dll\below)", hit},
                    {R"(D:\ProgramData\TPM\winscard.dll)", kNone},
                    {R"(xC:\ProgramData\TPM\winscard.dll)", kNone},
                    {R"(C:\ProgramData\TPM\winscard.dll.mui)", kNone},
                    {R"(C:\ProgramData\TPM\winscard.dll2)", kNone},
                    {R"(C:\ProgramData\xTPM\winscard.dll)", kNone},
                    {R"(\Device\HarddiskVolume2\ProgramData\TPM\winscard.dll)", kNone}});
}

TEST_CASE("a path that begins with a separator is found below any folder, drive or device") {
  const auto path = indicator(Kind::kPath, R"(\System32\wlbsctrl.dll)");
  const std::string hit = R"(\System32\wlbsctrl.dll)";
  check_rows(path, {{R"(C:\Windows\System32\wlbsctrl.dll)", hit},
                    {R"(\Device\HarddiskVolume2\Windows\System32\wlbsctrl.dll)", hit},
                    {R"(\SystemRoot\System32\wlbsctrl.dll)", hit},
                    {R"(\??\C:\Windows\System32\wlbsctrl.dll)", hit},
                    {R"(%windir%/System32/wlbsctrl.dll)", "/System32/wlbsctrl.dll"},
                    {R"(C:\\Windows\\System32\\wlbsctrl.dll)", R"(\System32\\wlbsctrl.dll)"},
                    {R"(C:\Windows\xSystem32\wlbsctrl.dll)", kNone},
                    {R"(System32\wlbsctrl.dll)", kNone},
                    {R"(C:\Windows\System32\drivers\wlbsctrl.dll)", kNone},
                    {R"(C:\Windows\System32\wlbsctrl.dll.mui)", kNone}});
  check_rows(indicator(Kind::kPath, R"(\gecko.nativeMessaging)"),
             {{R"(\gecko.nativeMessaging)", R"(\gecko.nativeMessaging)"},
              {R"(\\.\pipe\gecko.nativeMessaging)", R"(\gecko.nativeMessaging)"},
              {R"(\gecko.nativeMessaging.1)", kNone}});
}

TEST_CASE("a path that ends with a separator means what lies below it") {
  const auto path = indicator(Kind::kPath, R"(\Programs\3CXDesktopApp\)");
  const std::string hit = R"(\Programs\3CXDesktopApp\)";
  check_rows(path, {{R"(C:\Users\a\AppData\Local\Programs\3CXDesktopApp\app\x.exe)", hit},
                    {R"(C:\Users\a\AppData\Local\Programs\3CXDesktopApp\)", hit},
                    {R"(C:\Users\a\AppData\Local\Programs\3CXDesktopApp)", kNone},
                    {R"(C:\Users\a\AppData\Local\Programs\3CXDesktopApp2\x.exe)", kNone}});
}

TEST_CASE("a path without a root is found at the border of a component") {
  const auto path = indicator(Kind::kPath, R"(TPM\winscard.dll)");
  check_rows(path, {{R"(C:\ProgramData\TPM\winscard.dll)", R"(TPM\winscard.dll)"},
                    {R"(TPM\winscard.dll)", R"(TPM\winscard.dll)"},
                    {R"(C:\xTPM\winscard.dll)", kNone},
                    {R"(C:\x-TPM\winscard.dll)", kNone}});
}
