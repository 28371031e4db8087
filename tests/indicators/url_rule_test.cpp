#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {
constexpr auto kNone = std::nullopt;
}  // namespace

TEST_CASE("a URL ends with its path segment, whatever the scheme") {
  const std::string hit = "raw.example.com/main/icon1.ico";
  for (const auto* value :
       {"https://raw.example.com/main/icon1.ico", "raw.example.com/main/icon1.ico",
        "HTTP://raw.example.com/main/icon1.ico"}) {
    const auto url = indicator(Kind::kUrl, value);
    check_rows(url, {{"https://raw.example.com/main/icon1.ico", hit},
                     {"http://raw.example.com/main/icon1.ico", hit},
                     {"raw.example.com/main/icon1.ico", hit},
                     {"GET https://RAW.example.com/Main/icon1.ico HTTP/1.1",
                      "RAW.example.com/Main/icon1.ico"},
                     {"https://raw.example.com/main/icon1.ico?x=1", hit},
                     {"https://raw.example.com/main/icon1.ico#top", hit},
                     {"\"https://raw.example.com/main/icon1.ico\"", hit},
                     {"https://raw.example.com/main/icon1.ico.", hit},
                     {"https://user@raw.example.com/main/icon1.ico", hit},
                     {"https://raw.example.com/main/icon1.ico/x", hit},
                     {"https://raw.example.com/main/icon1.ico.bak", kNone},
                     {"https://raw.example.com/main/icon1.icon", kNone},
                     {"https://raw.example.com/main/icon1.ico-2", kNone},
                     {"https://raw.example.com/main/icon1.ico%61", kNone},
                     {"https://raw.example.com/main/icon1.ico~", kNone},
                     {"https://x.raw.example.com/main/icon1.ico", kNone},
                     {"https://xraw.example.com/main/icon1.ico", kNone},
                     {"https://raw.example.com/main/icon10.ico", kNone}});
  }
}

TEST_CASE("a URL that ends in / covers all below it") {
  const auto url = indicator(Kind::kUrl, "https://raw.example.com/IconStorages/images/main/");
  const std::string hit = "raw.example.com/IconStorages/images/main/";
  check_rows(url, {{"https://raw.example.com/IconStorages/images/main/icon1.ico", hit},
                   {"https://raw.example.com/IconStorages/images/main/", hit},
                   {"https://raw.example.com/IconStorages/images/main", kNone},
                   {"https://raw.example.com/IconStorages/images/maintenance/", kNone},
                   {"https://x.raw.example.com/IconStorages/images/main/", kNone}});
}

TEST_CASE("a URL of a host alone means that host") {
  const auto url = indicator(Kind::kUrl, "http://evil.example");
  check_rows(url, {{"http://evil.example", "evil.example"},
                   {"http://evil.example/path", "evil.example"},
                   {"http://evil.example:8080", "evil.example"},
                   {"http://www.evil.example", kNone},
                   {"http://evil.example.net", kNone},
                   {"http://evil.example@other.net", kNone}});
}

TEST_CASE("an e-mail address is found as a whole") {
  const auto email = indicator(Kind::kEmail, "philip.je@proton.me");
  const std::string hit = "philip.je@proton.me";
  check_rows(email, {{"philip.je@proton.me", hit},
                     {"Philip <Philip.Je@Proton.me>", "Philip.Je@Proton.me"},
                     {"mailto:philip.je@proton.me?subject=x", hit},
                     {"to=philip.je%40proton.me", kNone},
                     {"philip.je@proton.me.", hit},
                     {"xphilip.je@proton.me", kNone},
                     {"a.philip.je@proton.me", kNone},
                     {"a+philip.je@proton.me", kNone},
                     {"philip.je@proton.me.uk", kNone},
                     {"philip.je@proton.mex", kNone}});
}
