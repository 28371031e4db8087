// Wildcards in paths and file names.
#include "evtxhound/indicators/path_rule.hpp"
#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {
constexpr auto kNone = std::nullopt;
}  // namespace

TEST_CASE("a star in a path stands for any part of one component") {
  check_rows(indicator(Kind::kPath, R"(\Users\*\AppData\evil.exe)"),
             {{R"(C:\Users\john doe\AppData\evil.exe)", R"(\Users\john doe\AppData\evil.exe)"},
              {R"(C:\\Users\\a\\AppData\\evil.exe)", R"(\Users\\a\\AppData\\evil.exe)"},
              {R"(C:/Users/a/AppData/EVIL.EXE)", "/Users/a/AppData/EVIL.EXE"},
              {R"(C:\Users\a\b\AppData\evil.exe)", kNone},
              {R"(C:\Users\AppData\evil.exe)", kNone},
              {R"(C:\Users\a\AppData\evil.exe.config)", kNone},
              {R"(C:\xUsers\a\AppData\evil.exe)", kNone}});
  check_rows(indicator(Kind::kPath, R"(C:\ProgramData\*tmp*.dat)"),
             {{R"(C:\ProgramData\atmp12.dat)", R"(C:\ProgramData\atmp12.dat)"},
              {R"(C:\ProgramData\tmp.dat)", R"(C:\ProgramData\tmp.dat)"},
              {R"("C:\ProgramData\xtmpx.dat" -a)", R"(C:\ProgramData\xtmpx.dat)"},
              {R"(C:\ProgramData\tmp.dat.bak)", kNone},
              {R"(C:\ProgramData\x\tmp.dat)", kNone},
              {R"(C:\ProgramData\tm.dat)", kNone},
              {R"(C:\ProgramData\tmp".dat)", kNone}});
  check_rows(indicator(Kind::kPath, R"(\Temp\evil*)"),
             {{R"(C:\Temp\evil123.exe -x)", R"(\Temp\evil123.exe)"},
              {R"(C:\Temp\evil)", R"(\Temp\evil)"},
              {R"(C:\Temp\devil)", kNone}});
}

TEST_CASE("a question mark stands for one character") {
  check_rows(indicator(Kind::kPath, R"(?:\Temp\evil??.dll)"),
             {{R"(D:\Temp\evil01.dll)", R"(D:\Temp\evil01.dll)"},
              {R"(D:\Temp\evilä1.dll)", R"(D:\Temp\evilä1.dll)"},
              {R"(D:\Temp\evil1.dll)", kNone},
              {R"(D:\Temp\evil123.dll)", kNone},
              {R"(\Temp\evil12.dll)", kNone}});
}

TEST_CASE("a file name with wildcards is a whole name") {
  check_rows(indicator(Kind::kFileName, "evil*.exe"), {{R"(C:\x\evil_12.exe)", "evil_12.exe"},
                                                       {"evil.exe", "evil.exe"},
                                                       {"EVIL x.EXE", "EVIL x.EXE"},
                                                       {"evil.exe.mui", kNone},
                                                       {"devil.exe", kNone},
                                                       {R"(evil\x.exe)", kNone}});
}

TEST_CASE("a path is looked for by its last component, else by its longest piece") {
  for (const auto& [path, anchor] : {std::pair{R"(\System32\wlbsctrl.dll)", "wlbsctrl.dll"},
                                     {R"(C:\Windows\a.js)", "a.js"},
                                     {R"(\Windows\x\a.c)", "Windows"},
                                     {R"(\Temp\*.exe)", "Temp"},
                                     {R"(\Te\abc*defg?.exe)", "defg"}}) {
    CAPTURE(path);
    const auto found = anchors(make_needle(indicator(Kind::kPath, path)));
    REQUIRE(found.size() == 1);
    CHECK(found[0] == Anchor{anchor, false});
  }
  const auto short_ones = anchors(make_needle(indicator(Kind::kPath, R"(C:\a\b)")));
  REQUIRE(short_ones.size() == 1);
  CHECK(short_ones[0].is_expression);
}
