#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {
constexpr auto kNone = std::nullopt;
constexpr const char* kSid = "S-1-5-21-1-2-3-1001";

// A value that is the hit as a whole.
Row whole(const std::string& value) { return {value, value}; }
}  // namespace

TEST_CASE("a key of the machine is found however its root is spelled") {
  const auto key = indicator(Kind::kRegistryKey, R"(HKLM\Software\Evil Corp\Run)");
  check_rows(key,
             {whole(R"(HKLM\SOFTWARE\Evil Corp\Run)"),
              whole(R"(HKEY_LOCAL_MACHINE\Software\Evil Corp\Run)"),
              whole(R"(\REGISTRY\MACHINE\Software\Evil Corp\Run)"),
              whole(R"(HKLM:\Software\Evil Corp\Run)"),
              whole(R"(HKLM\\Software\\Evil Corp\\Run)"),
              {R"(reg add "HKLM\Software\Evil Corp\Run" /v x)", R"(HKLM\Software\Evil Corp\Run)"},
              {R"(Computer\HKLM\Software\Evil Corp\Run)", R"(HKLM\Software\Evil Corp\Run)"},
              {R"(HKLM\Software\Evil Corp\Run\value)", R"(HKLM\Software\Evil Corp\Run)"},
              {R"(HKLM\Software\Evil Corp\RunOnce)", kNone},
              {R"(HKLM\Software\Evil Corp\Run.bak)", kNone},
              {R"(HKLM\Software\xEvil Corp\Run)", kNone},
              {R"(HKLM\Software\x\Evil Corp\Run)", kNone},
              {R"(HKCU\Software\Evil Corp\Run)", kNone},
              {R"(XHKLM\Software\Evil Corp\Run)", kNone},
              {R"(MACHINE\Software\Evil Corp\Run)", kNone},
              {R"(\Software\Evil Corp\Run)", kNone},
              {R"(C:\Software\Evil Corp\Run)", kNone}});
}

TEST_CASE("a key of the user is found in the hive of any user") {
  const auto key = indicator(Kind::kRegistryKey, R"(HKCU\Software\EvilCorp)");
  check_rows(key, {whole(R"(HKCU\Software\EvilCorp)"),
                   whole(R"(HKEY_CURRENT_USER\Software\EvilCorp)"),
                   whole(std::string("HKU\\") + kSid + R"(\Software\EvilCorp)"),
                   whole(std::string("HKEY_USERS\\") + kSid + R"(\Software\EvilCorp)"),
                   whole(std::string(R"(\REGISTRY\USER\)") + kSid + R"(\Software\EvilCorp)"),
                   whole(R"(HKU\.DEFAULT\Software\EvilCorp)"),
                   {std::string("HKU\\") + kSid + R"(_Classes\Software\EvilCorp)", kNone},
                   {R"(HKU\S-1-x\Software\EvilCorp)", kNone},
                   {R"(HKLM\Software\EvilCorp)", kNone}});
}

TEST_CASE("HKEY_CLASSES_ROOT is where its keys lie") {
  const std::string user = std::string("HKU\\") + kSid;
  check_rows(indicator(Kind::kRegistryKey, R"(HKCR\CLSID\evilclass)"),
             {whole(R"(HKCR\CLSID\evilclass)"),
              whole(R"(HKEY_CLASSES_ROOT\CLSID\evilclass)"),
              whole(R"(HKLM\Software\Classes\CLSID\evilclass)"),
              whole(user + R"(_Classes\CLSID\evilclass)"),
              whole(user + R"(\Software\Classes\CLSID\evilclass)"),
              {R"(HKLM\Software\CLSID\evilclass)", kNone}});
  check_rows(indicator(Kind::kRegistryKey, R"(HKLM\Software\Classes\CLSID\evilclass)"),
             {whole(R"(HKLM\Software\Classes\CLSID\evilclass)"),
              whole(R"(HKCR\CLSID\evilclass)"),
              {user + R"(_Classes\CLSID\evilclass)", kNone}});
  check_rows(indicator(Kind::kRegistryKey, R"(HKCU\Software\Classes\CLSID\evilclass)"),
             {whole(user + R"(_Classes\CLSID\evilclass)"),
              whole(R"(HKCR\CLSID\evilclass)"),
              {R"(HKLM\Software\Classes\CLSID\evilclass)", kNone}});
}

TEST_CASE("control sets are the one in use") {
  check_rows(indicator(Kind::kRegistryKey, R"(HKLM\System\CurrentControlSet\Services\evilsvc)"),
             {whole(R"(HKLM\System\CurrentControlSet\Services\evilsvc)"),
              whole(R"(\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\evilsvc)"),
              {R"(HKLM\System\ControlSet01\Services\evilsvc)", kNone},
              {R"(HKLM\System\Services\evilsvc)", kNone}});
  check_rows(indicator(Kind::kRegistryKey, R"(HKLM\System\CurrentControlSet\Control\Lsa)"),
             {whole(R"(HKLM\System\ControlSet002\Control\Lsa)")});
}

TEST_CASE("a key without a root is found below any root") {
  const auto key = indicator(Kind::kRegistryKey, R"(EvilCorp\Agent)");
  check_rows(key, {{R"(HKLM\Software\EvilCorp\Agent)", R"(EvilCorp\Agent)"},
                   {R"(HKU\S-1-5-21-1-2-3-4\Software\EvilCorp\Agent\x)", R"(EvilCorp\Agent)"},
                   {R"(EvilCorp\Agent)", R"(EvilCorp\Agent)"},
                   {R"(C:\Program Files\EvilCorp\Agent)", kNone},
                   {R"(HKLM\Software\NotEvilCorp\Agent)", kNone}});
}
