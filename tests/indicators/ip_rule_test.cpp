#include "evtxhound/indicators/ip_rule.hpp"

#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

constexpr auto kNone = std::nullopt;

std::vector<std::string> anchors_of(const std::string& ip) {
  std::vector<std::string> texts;
  for (const auto& anchor : anchors(make_needle(indicator(Kind::kIp, ip)))) {
    CHECK_FALSE(anchor.is_expression);
    texts.push_back(anchor.text);
  }
  return texts;
}

}  // namespace

TEST_CASE("an IPv4 address is a token of its own") {
  const std::string hit = "10.1.2.3";
  check_rows(indicator(Kind::kIp, hit), {{hit, hit},
                                         {"10.1.2.3:443", hit},
                                         {"https://10.1.2.3:8080/x", hit},
                                         {"ip=10.1.2.3;", hit},
                                         {"%3A10.1.2.3%2F", hit},
                                         {"%2010.1.2.3", hit},
                                         {"%252010.1.2.3", hit},
                                         {"%10.1.2.3", hit},
                                         {"user@10.1.2.3", hit},
                                         {"from 10.1.2.3.", hit},
                                         {"10.1.2.3/24", hit},
                                         {"[10.1.2.3]", hit},
                                         {"10.1.2.1-10.1.2.3", hit},
                                         {"10.1.2.3-10.1.2.9", hit},
                                         {"::ffff:10.1.2.3", hit},
                                         {"TERMSRV/10.1.2.3", hit},
                                         {R"(\\10.1.2.3\share)", hit},
                                         {R"(\??\UNC\10.1.2.3\share)", hit},
                                         {R"(\Terminal Server Client\Servers\10.1.2.3)", hit},
                                         {"::ffff:a01:203", "::ffff:a01:203"},
                                         {"0:0:0:0:0:FFFF:0A01:0203", "0:0:0:0:0:FFFF:0A01:0203"},
                                         {"110.1.2.3", kNone},
                                         {"10.1.2.34", kNone},
                                         {"10.1.2.3.4", kNone},
                                         {"1.10.1.2.3", kNone},
                                         {"10.1.2.3.evil.com", kNone},
                                         {"10.1.2.3.msi", kNone},
                                         {"v10.1.2.3", kNone},
                                         {"x_10.1.2.3", kNone},
                                         {"10.1.2.3_x", kNone},
                                         {"app-10.1.2.3", kNone},
                                         {"10.1.2.3-beta", kNone},
                                         {"10.1.2.3-1", kNone},
                                         {"10.1.2.03", kNone},
                                         {"010.1.2.3", kNone},
                                         {"::1:ffff:a01:203", kNone},
                                         {R"(C:\App\10.1.2.3\a.dll)", kNone}});
}

TEST_CASE("an IPv6 address is found in every spelling") {
  const auto ip = indicator(Kind::kIp, "2001:db8::a:1");
  for (const std::string spelling :
       {"2001:db8::a:1", "2001:DB8::A:1", "2001:db8:0:0:0:0:a:1",
        "2001:0db8:0000:0000:0000:0000:000a:0001", "2001:0db8::0.10.0.1", "2001:db8:0::0:a:1"}) {
    check_rows(ip, {{spelling, spelling},
                    {"[" + spelling + "]:443", spelling},
                    {spelling + "%12", spelling},
                    {spelling + "%61", spelling},
                    {spelling + "%eth0", spelling},
                    {"ip=" + spelling + ",", spelling},
                    {"Id:" + spelling, spelling},
                    {"at " + spelling + ".", spelling},
                    {"at " + spelling + ": down", spelling},
                    {"1" + spelling, kNone},
                    {"x" + spelling, kNone},
                    {spelling + "0", kNone},
                    {spelling + "g", kNone},
                    {spelling + ".zip", kNone},
                    {spelling + "/64", spelling}});
  }
  check_rows(ip, {{"2001:db8::a:2", kNone},
                  {"2001:db8:a:1::", kNone},
                  {"2001:db8::b:a:1", kNone},
                  {"1:2001:db8::a:1", kNone}});
  check_rows(indicator(Kind::kIp, "fe80::1"),
             {{"fe80:0:0:0:0:0:0:1", "fe80:0:0:0:0:0:0:1"}, {"fe80::1%4", "fe80::1"}});
}

TEST_CASE("a network is found by number") {
  check_rows(indicator(Kind::kIp, "10.1.16.0/20"), {{"10.1.16.0", "10.1.16.0"},
                                                    {"10.1.31.255:80", "10.1.31.255"},
                                                    {"::ffff:a01:1005", "::ffff:a01:1005"},
                                                    {"::ffff:10.1.20.5", "10.1.20.5"},
                                                    {"10.1.15.255", kNone},
                                                    {"10.1.32.0", kNone},
                                                    {"110.1.16.1", kNone},
                                                    {"10.1.16", kNone},
                                                    {"10.1.16.", kNone},
                                                    {"10.1.16.999", kNone}});
  check_rows(indicator(Kind::kIp, "10.0.0.0/8"),
             {{"10.200.3.4", "10.200.3.4"}, {"::ffff:10.2.3.4", "10.2.3.4"}, {"11.0.0.1", kNone}});
  check_rows(indicator(Kind::kIp, "10.1.2.128/25"),
             {{"10.1.2.128", "10.1.2.128"}, {"10.1.2.127", kNone}});
  check_rows(indicator(Kind::kIp, "2001:db8:8000::/33"),
             {{"2001:db8:8000::1", "2001:db8:8000::1"},
              {"2001:0db8:ffff:0:0:0:0:1", "2001:0db8:ffff:0:0:0:0:1"},
              {"2001:db8:7fff::1", kNone},
              {"2001:db8::1", kNone}});
}

TEST_CASE("the anchors of addresses") {
  using Texts = std::vector<std::string>;
  CHECK(anchors_of("93.184.216.34") == Texts{"93.184.216.34", "ffff:5db8:d822"});
  CHECK(anchors_of("2001:db8::1") == Texts{"2001:db8:", "2001:0db8:"});
  CHECK(anchors_of("2001:d00:1000:2000:3000:4000:5:6").size() == 2);
  CHECK(anchors_of("2001:1:2:3::1").size() == 16);
  CHECK(anchors_of("2001:db8::/30") == Texts{"2001:"});
  CHECK(anchors_of("10.0.0.0/9").size() == 128 + 1);
  CHECK(anchors_of("93.184.216.0/23") == Texts{"93.184.216.", "93.184.217.", "ffff:5db8:"});
  CHECK(anchors_of("93.184.216.64/26").front() == "93.184.216.");
  CHECK(anchors_of("10.0.0.0/8").front() == "10.");
}

TEST_CASE("addresses are read and written") {
  for (const auto& [text, normal] : {std::pair{"1.2.3.4", "1.2.3.4"},
                                     {"::ffff:1.2.3.4", "1.2.3.4"},
                                     {"1.2.3.4/32", "1.2.3.4"},
                                     {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                                     {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
                                     {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
                                     {"2001:db8::/32", "2001:db8::/32"}}) {
    CAPTURE(text);
    const auto network = parse_network(text);
    REQUIRE(network);
    CHECK(to_string(*network) == normal);
  }
  for (const auto* text : {"",
                           "1.2.3",
                           "1.2.3.4.",
                           "1.2.3.256",
                           "1.2.3.4/33",
                           "1.2.3.4/",
                           "1.2.3.4/x",
                           ":",
                           ":1",
                           "1:",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "12345::",
                           "::g",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           ":::",
                           "2001:db8::/129",
                           " 1.2.3.4",
                           "+1.2.3.4",
                           "1.2.3.-4"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_network(text));
  }
}
