#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {
const Indicator kDomain = indicator(Kind::kDomain, "officeaddons.com");
constexpr auto kNone = std::nullopt;
}  // namespace

TEST_CASE("a domain is found alone, in any case, and between signs") {
  const std::string hit = "officeaddons.com";
  check_rows(kDomain, {{"officeaddons.com", hit},
                       {"OfficeAddons.COM", "OfficeAddons.COM"},
                       {"officeaddons.com.", hit},
                       {"seen officeaddons.com. Then nothing", hit},
                       {"officeaddons.com...", hit},
                       {"\"officeaddons.com\"", hit},
                       {"officeaddons.com:443", hit},
                       {"type:  5 officeaddons.com;::ffff:1.2.3.4;", hit},
                       {"https://officeaddons.com/path?x=1", hit},
                       {"https://user:secret@officeaddons.com:8443/", hit},
                       {"https://officeaddons.com:443/a@b", hit},
                       {"x@officeaddons.com", hit},
                       {".officeaddons.com", hit},
                       {"*.officeaddons.com", hit},
                       {R"("url":"https:\/\/officeaddons.com\/x")", hit},
                       {R"(officeaddons.com\user)", hit},
                       {"(officeaddons.com)", hit},
                       {"«officeaddons.com»", hit}});
}

TEST_CASE("subdomains are hits, of the whole host name") {
  check_rows(kDomain,
             {{"www.officeaddons.com", "www.officeaddons.com"},
              {"a-b._c.officeaddons.com:80", "a-b._c.officeaddons.com"},
              {"http://bücher.officeaddons.com/", "bücher.officeaddons.com"},
              {"https://x.y/?to=https%3A%2F%2Fwww.officeaddons.com%2F", "www.officeaddons.com"},
              {"sent..officeaddons.com", "officeaddons.com"}});
}

TEST_CASE("longer labels and other domains are no hits") {
  check_rows(kDomain, {{"notofficeaddons.com", kNone},
                       {"x-officeaddons.com", kNone},
                       {"_officeaddons.com", kNone},
                       {"éofficeaddons.com", kNone},
                       {"officeaddons.community", kNone},
                       {"officeaddons.comé", kNone},
                       {"officeaddons.com-1A2B.pf", kNone},
                       {"officeaddons.com_0", kNone},
                       {"officeaddons.com.evil.net", kNone},
                       {"officeaddons.com.txt", kNone},
                       {"officeaddons-com", kNone},
                       {"officeaddons.com%2Eevil.net", kNone},
                       {"officeaddons.com%61", kNone}});
  check_rows(indicator(Kind::kDomain, "akamaicontainer.com"), {{"akamaitechnologies.com", kNone}});
}

TEST_CASE("percent-escapes are borders unless they stand for a letter") {
  const std::string hit = "officeaddons.com";
  check_rows(kDomain, {{"?u=http%3A%2F%2Fofficeaddons.com", hit},
                       {"?u=http%253A%252F%252Fofficeaddons.com%252Fx", hit},
                       {"?q=%22officeaddons.com%22", hit},
                       {"%61officeaddons.com", kNone},
                       {"%2Dofficeaddons.com", kNone},
                       {"%officeaddons.com", hit},
                       {"%zzofficeaddons.com", kNone}});
}

TEST_CASE("a name before @ is a user, but the port of a network path") {
  check_rows(kDomain, {{"http://officeaddons.com@evil.net/", kNone},
                       {"http://officeaddons.com:secret@evil.net/", kNone},
                       {"officeaddons.com@evil.net", kNone},
                       {"http://officeaddons.com%40evil.net/", kNone},
                       {R"(\\officeaddons.com@SSL\share)", "officeaddons.com"},
                       {R"(\\officeaddons.com@8080\share)", "officeaddons.com"}});
}

TEST_CASE("a component of a file's path is no host, a network path's server is") {
  const std::string hit = "officeaddons.com";
  check_rows(kDomain, {{R"(C:\dir\officeaddons.com)", kNone},
                       {R"(C:\officeaddons.com)", kNone},
                       {R"(C:\\dir\\officeaddons.com)", kNone},
                       {R"(C:\\officeaddons.com)", kNone},
                       {R"(C:\dir\www.officeaddons.com)", kNone},
                       {R"(\Device\HarddiskVolume2\officeaddons.com)", kNone},
                       {R"(\\officeaddons.com\share)", hit},
                       {R"(net use \\officeaddons.com\share)", hit},
                       {R"("\\\\officeaddons.com\\share")", hit},
                       {R"(/url:\\officeaddons.com\share)", hit},
                       {R"(\\?\UNC\officeaddons.com\share)", hit},
                       {R"(\Device\Mup\officeaddons.com\share)", hit},
                       {R"(HKU\S-1-5-21-1\SOFTWARE\Microsoft\Internet Explorer\DOMStorage\)"
                        R"(www.officeaddons.com)",
                        "www.officeaddons.com"},
                       {R"(HKCU\Internet Settings\ZoneMap\Domains\officeaddons.com\www)", hit}});
}

TEST_CASE("a domain beyond ASCII is found in any case, at its own borders") {
  const auto domain = indicator(Kind::kDomain, "bücher.example");
  check_rows(domain, {{"https://BÜCHER.example/", "BÜCHER.example"},
                      {"www.bücher.EXAMPLE", "www.bücher.EXAMPLE"},
                      {"xbücher.example", kNone},
                      {"bucher.example", kNone}});
}

TEST_CASE("every occurrence is a hit of its own") {
  CHECK(found_in(kDomain, "officeaddons.com a.officeaddons.com notofficeaddons.com") ==
        std::vector<std::string>{"officeaddons.com", "a.officeaddons.com"});
}
