#include "evtxhound/rules/evaluator.hpp"

#include <catch2/catch.hpp>

#include "tests/rules/build_event.hpp"
#include "tests/rules/build_rule.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;
using namespace std::string_literals;

namespace {

// Whether the rule of this one atom fires on a process creation with these fields.
bool holds(const Atom& atom, TestEvent::Fields data) {
  const std::vector<Rule> rules{rule_of_all({"process_creation", ""}, {atom})};
  const Program program = Program::compile(rules);
  REQUIRE(program.refused().empty());
  Evaluator evaluator(program);
  TestEvent event = sysmon_event(1, std::move(data));
  event.system = {{"Computer", "PC-1"}};
  return !evaluator.evaluate(event.view()).empty();
}

}  // namespace

TEST_CASE("A text is compared with a whole value, whatever its letters' case") {
  const Atom exact = text_atom("Image", "cmd.exe");
  CHECK(holds(exact, {{"Image", "CMD.exe"}}));
  CHECK_FALSE(holds(exact, {{"Image", "cmd.exe2"}}));
  CHECK_FALSE(holds(exact, {{"Image", "1cmd.exe"}}));
  CHECK_FALSE(holds(exact, {{"image", "cmd.exe"}}));
  CHECK_FALSE(holds(exact, {{"CommandLine", "cmd.exe"}}));
  CHECK(holds(text_atom("Image", "ÄRGER-ΣΣ"), {{"Image", "ärger-σς"}}));
  CHECK_FALSE(holds(text_atom("Image", "cmd.exe", true), {{"Image", "CMD.exe"}}));
}

TEST_CASE("Wildcards stand at either end and within") {
  CHECK(holds(text_atom("Image", "*\\cmd.exe"), {{"Image", "C:\\CMD.EXE"}}));
  CHECK_FALSE(holds(text_atom("Image", "*\\cmd.exe"), {{"Image", "C:\\cmd.exe "}}));
  CHECK(holds(text_atom("Image", "c:\\win*"), {{"Image", "C:\\Windows\\x"}}));
  CHECK(holds(text_atom("Image", "*a?c*"), {{"Image", "xxaäcxx"}}));
  CHECK_FALSE(holds(text_atom("Image", "*a?c*"), {{"Image", "xxacxx"}}));
  CHECK(holds(text_atom("Image", "a*b*c"), {{"Image", "a--b--b--c"}}));
}

TEST_CASE("A NUL in a value is no border") {
  CHECK_FALSE(holds(text_atom("Image", "evil.exe"), {{"Image", "a\0evil.exe\0b"s}}));
  CHECK(holds(text_atom("Image", "*evil.exe*"), {{"Image", "a\0evil.exe\0b"s}}));
  Atom wide = text_atom("Image", "");
  wide.pieces = {
      {Piece::Kind::kAny, {}}, {Piece::Kind::kText, "i\0e\0x\0"s}, {Piece::Kind::kAny, {}}};
  CHECK(holds(wide, {{"Image", "--i\0e\0x\0--"s}}));
  CHECK_FALSE(holds(wide, {{"Image", "i"}, {"Image", "e"}, {"Image", "x"}}));
}

TEST_CASE("Text that lies in two values lies in none") {
  CHECK_FALSE(holds(text_atom("Image", "*abcdef*"), {{"Image", "abc"}, {"Image", "def"}}));
}

TEST_CASE("A field that repeats is true if any of its values is") {
  CHECK(holds(text_atom("Image", "second"), {{"Image", "first"}, {"Image", "second"}}));
}

TEST_CASE("Null and exists tell absent, empty and filled") {
  const Atom null = plain_atom("Image", Test::kNull);
  CHECK(holds(null, {}));
  CHECK(holds(null, {{"Image", ""}}));
  CHECK_FALSE(holds(null, {{"Image", "x"}}));
  const Atom exists = plain_atom("Image", Test::kExists);
  CHECK_FALSE(holds(exists, {}));
  CHECK(holds(exists, {{"Image", ""}}));
  CHECK(holds(text_atom("Image", ""), {{"Image", ""}}));
  CHECK_FALSE(holds(text_atom("Image", ""), {}));
}

TEST_CASE("Numbers are compared in decimal and 0x, and a text is no number") {
  const Atom greater = number_atom("Number", Test::kGreater, 16);
  CHECK(holds(greater, {{"Number", "17"}}));
  CHECK(holds(greater, {{"Number", "0x11"}}));
  CHECK_FALSE(holds(greater, {{"Number", "16"}}));
  CHECK(holds(number_atom("Number", Test::kGreaterOrEqual, 16), {{"Number", "16"}}));
  CHECK(holds(number_atom("Number", Test::kLess, 0), {{"Number", "-1.5"}}));
  for (const char* text : {"", "nan", "inf", "17x", "0x", " 17"}) {
    CHECK_FALSE(holds(greater, {{"Number", text}}));
  }
}

TEST_CASE("A network has its addresses, of either version") {
  const Atom network = plain_atom("Address", Test::kCidr, "10.1.0.0/16");
  CHECK(holds(network, {{"Address", "10.1.255.1"}}));
  CHECK(holds(network, {{"Address", "::ffff:10.1.255.1"}}));
  CHECK_FALSE(holds(network, {{"Address", "10.2.0.1"}}));
  CHECK(holds(plain_atom("Address", Test::kCidr, "fe80::/10"), {{"Address", "fe80::1%5"}}));
  CHECK_FALSE(holds(network, {{"Address", "10.1.2.3%5"}}));
}

TEST_CASE("An expression sees one value, from its beginning to its end") {
  CHECK(holds(regex_atom("Image", "^abcd$"), {{"Other", "x"}, {"Image", "abcd"}, {"More", "y"}}));
  CHECK_FALSE(holds(regex_atom("Image", "^abcd"), {{"Image", "xabcd"}}));
  CHECK_FALSE(holds(regex_atom("Image", "(?<!x)abcd"), {{"Image", "xabcd"}}));
  Atom caseless = regex_atom("Image", "kiss me");
  CHECK_FALSE(holds(caseless, {{"Image", "KISS ME"}}));
  caseless.ignore_case = true;
  CHECK(holds(caseless, {{"Image", "KISS ME"}}));
  CHECK(holds(caseless, {{"Image", "\u212Aiſs me"}}));
}

TEST_CASE("A field is compared with another one") {
  const Atom same = plain_atom("Image", Test::kSameAsField, "ParentImage");
  CHECK(holds(same, {{"Image", "A.exe"}, {"ParentImage", "a.EXE"}}));
  CHECK_FALSE(holds(same, {{"Image", "a.exe"}, {"ParentImage", "b.exe"}}));
  CHECK_FALSE(holds(same, {{"Image", "a.exe"}}));
}

TEST_CASE("A keyword looks at every value, data or System") {
  CHECK(holds(text_atom("", "mimikatz"), {{"Whatever", "run MimiKatz now"}}));
  CHECK(holds(text_atom("", "pc-1"), {}));
  CHECK(holds(text_atom("", "Microsoft-Windows-Sysmon"), {}));
  CHECK_FALSE(holds(text_atom("", "mimikatz"), {{"mimikatz", "x"}}));
}

TEST_CASE("System's fields have names, too, but data of that name comes first") {
  CHECK(holds(text_atom("EventID", "1"), {{"EventID", "7"}}));
  CHECK(holds(text_atom("Provider_Name", "Microsoft-Windows-Sysmon"), {{"Provider_Name", "x"}}));
  CHECK(holds(text_atom("Computer", "PC-1"), {}));
  CHECK_FALSE(holds(text_atom("Computer", "PC-1"), {{"Computer", "PC-2"}}));
  CHECK(holds(text_atom("Channel", "Microsoft-Windows-Sysmon/*"), {}));
  CHECK_FALSE(holds(text_atom("Channel", "Microsoft-Windows-Sysmon/*"), {{"Channel", "Security"}}));
}

TEST_CASE("An indicator was found in the field, or anywhere for a keyword") {
  const std::vector<Rule> rules{
      rule_of_all({"dns_query", ""}, {indicator_atom("QueryName", indicators::Kind::kDomain)}),
      rule_of_all({"dns_query", ""}, {indicator_atom("", indicators::Kind::kDomain)})};
  const Program program = Program::compile(rules);
  Evaluator evaluator(program);
  TestEvent event = sysmon_event(22, {{"QueryName", "evil.com"}});
  CHECK(evaluator.evaluate(event.view()).empty());
  event.found = {{"QueryName", indicators::Kind::kDomain}};
  CHECK(evaluator.evaluate(event.view()) == std::vector<std::uint32_t>{0, 1});
  event.found = {{"QueryResults", indicators::Kind::kDomain}};
  CHECK(evaluator.evaluate(event.view()) == std::vector<std::uint32_t>{1});
  event.found = {{"QueryName", indicators::Kind::kMd5}};
  CHECK(evaluator.evaluate(event.view()).empty());
  TestEvent falcon = crowdstrike_event("DnsRequest", {{"DomainName", "evil.com"}});
  falcon.found = {{"DomainName", indicators::Kind::kDomain}};
  CHECK(evaluator.evaluate(falcon.view()) == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("An expression that is stopped makes its rule undecided, and harms no other") {
  const std::vector<Rule> rules{
      rule_of_all({"process_creation", ""}, {regex_atom("CommandLine", "(a+)+\\1$")}),
      rule_of_all({"process_creation", ""}, {text_atom("CommandLine", "*aaaa*")})};
  const Program program = Program::compile(rules);
  Evaluator evaluator(program);
  TestEvent event = sysmon_event(1, {{"CommandLine", std::string(5000, 'a') + "b"}});
  CHECK(evaluator.evaluate(event.view()) == std::vector<std::uint32_t>{1});
  CHECK(evaluator.undecided() == std::vector<std::uint32_t>{0});
  event.data = {{"CommandLine", "aaaa"}};
  CHECK(evaluator.evaluate(event.view()) == std::vector<std::uint32_t>{0, 1});
  CHECK(evaluator.undecided().empty());
}
