// Every modifier, and what does not go together.
#include <catch2/catch.hpp>

#include "rule_text.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound::rules;
using namespace evtxhound::rules::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

Placeholders some() {
  Placeholders placeholders;
  placeholders.add("servers", {"srv*", "dc1"});
  placeholders.add("one", {"1"});
  return placeholders;
}

}  // namespace

TEST_CASE("contains, startswith, endswith") {
  CHECK(formula("F|contains: a") == "F='*a*'");
  CHECK(formula("F|startswith: a") == "F='a*'");
  CHECK(formula("F|endswith: a") == "F='*a'");
  CHECK(formula("F|contains: '*a*'") == "F='*a*'");
  CHECK(formula("F|endswith: ['\\a', b]") == "(F='*\\a' | F='*b')");
  CHECK(formula("F|contains: ''") == "F='*'");
  CHECK(warnings(rule_of("F|contains: ''")) ==
        std::vector<std::string>{"6: an empty text, which any text contains"});
}

TEST_CASE("all makes a list an and") {
  CHECK(formula("F|contains|all: [a, b]") == "(F='*a*' & F='*b*')");
  CHECK(formula("F|all|contains: [a, b]") == "(F='*a*' & F='*b*')");
  CHECK_THAT(warnings(rule_of("F|contains|all: a")).at(0), Contains("only one value"));
}

TEST_CASE("neq is anything but the values") {
  CHECK(formula("F|neq: a") == "!F='a'");
  CHECK(formula("F|neq: [a, b]") == "!(F='a' | F='b')");
  CHECK(formula("F|neq: 5") == "!F='5'");
  CHECK(formula("F|fieldref|neq: G") == "!F=G");
  CHECK(formula("F|neq: null") == "!null F");
}

TEST_CASE("cased") {
  CHECK(formula("F|cased: aB") == "F=='aB'");
  CHECK(formula("F|contains|cased: aB") == "F=='*aB*'");
  CHECK(formula("F|fieldref|cased: G") == "F==G");
}

TEST_CASE("re with its flags; its text stays as it is") {
  CHECK(formula(R"(F|re: '^a\\\*b?$')") == R"(F~/^a\\\*b?$/)");
  CHECK(formula("F|re|i: a") == "F~/a/i");
  CHECK(formula("F|re|m|s: a") == "F~/a/ms");
  CHECK(formula("F|re|ignorecase|multiline|dotall: a") == "F~/a/ims");
  CHECK(formula("F|re: [a, b]") == "(F~/a/ | F~/b/)");
  CHECK(formula("F|re: ''") == "6:11: an empty regular expression");
  CHECK_THAT(formula("F|i: a"), Contains("i belongs behind re"));
  CHECK_THAT(formula("F|i|re: a"), Contains("i belongs behind re"));
}

TEST_CASE("cidr takes networks of both kinds in normal form") {
  CHECK(formula("F|cidr: 10.0.0.0/8") == "F in 10.0.0.0/8");
  CHECK(formula("F|cidr: '::1/128'") == "F in ::1");
  CHECK(formula("F|cidr: ['fe80::/10', 127.0.0.0/8]") == "(F in fe80::/10 | F in 127.0.0.0/8)");
  CHECK(formula("F|cidr: 10.0.0.0/33") ==
        "6:13: \"10.0.0.0/33\" is no IP network in CIDR notation");
  CHECK(formula("F|cidr: 10.*") == "6:13: \"10.*\" is no IP network in CIDR notation");
  CHECK(warnings(rule_of("F|cidr: 10.1.2.3/8")) ==
        std::vector<std::string>{
            "6: \"10.1.2.3/8\" has bits beyond its network: read as 10.0.0.0/8"});
}

TEST_CASE("numbers") {
  CHECK(formula("F|lt: 5") == "F<5");
  CHECK(formula("F|lte: -5") == "F<=-5");
  CHECK(formula("F|gt: 1.5") == "F>1.5");
  CHECK(formula("F|gte: '5'") == "F>=5");
  CHECK(formula("F|gt: five") == "6:11: \"five\" is no number");
  CHECK(formula("F|gt: inf") == "6:11: \"inf\" is no number");
  CHECK(formula("F|gt: 1e999") == "6:11: \"1e999\" is no number");
}

TEST_CASE("exists") {
  CHECK(formula("F|exists: true") == "exists F");
  CHECK(formula("F|exists: false") == "!exists F");
  CHECK(formula("F|exists: maybe") == "6:15: exists is followed by true or false, not \"maybe\"");
  CHECK(formula("F|exists: [true, false]") == "6:5: exists is followed by either true or false");
}

TEST_CASE("fieldref") {
  CHECK(formula("F|fieldref: G") == "F=G");
  CHECK(formula("F|fieldref: [G, H]") == "(F=G | F=H)");
  CHECK(formula("F|fieldref: 'G*'") == "6:17: \"G*\" is no name of a field");
  CHECK_THAT(formula("F|fieldref|endswith: G"), Contains("is not supported"));
}

TEST_CASE("windash: dashes that can begin an option, in all five forms and all combinations") {
  CHECK(formula("F|contains|windash: ' -a'") ==
        "(F='* -a*' | F='* /a*' | F='* \\xE2\\x80\\x93a*' | F='* \\xE2\\x80\\x94a*' | "
        "F='* \\xE2\\x80\\x95a*')");
  CHECK(formula("F|windash|contains: ' /a'") == formula("F|contains|windash: ' -a'"));
  CHECK(formula("F|windash: ' \u2013a'") == formula("F|windash: ' -a'"));
  CHECK(formula("F|windash: 'a-b'") == "F='a-b'");
  CHECK(formula("F|windash: '- -'") == "F='- -'");
  CHECK(formula("F|windash: '*-a'") != "F='*-a'");
  CHECK(load_text(rule_of("F|windash: '-a -b /c'")).rules.rules.at(0).atoms.size() == 125);
  CHECK(load_text(rule_of("F|windash|all: ['-a', '-b']")).rules.rules.at(0).nodes.back().kind ==
        Node::Kind::kAnd);
  CHECK_THAT(formula("F|windash: '-a -b -c -d -e'"), Contains("windash makes of this one value"));
}

TEST_CASE("base64") {
  CHECK(formula("F|base64: foobar") == "F='Zm9vYmFy'");
  CHECK(formula("F|base64|contains: fo") == "F='*Zm8=*'");
  CHECK(formula("F|base64: 'a\\*'") == "F='YSo='");
  CHECK_THAT(formula("F|base64: 'a*'"), Contains("a wildcard cannot be encoded"));
}

// Checked by what it is for: the text is in the Base64 of anything around it.
TEST_CASE("base64offset: one of three texts is in any Base64 of the value") {
  CHECK(formula("F|base64offset|contains: foobar") ==
        "(F='*Zm9vYmFy*' | F='*Zvb2Jhc*' | F='*mb29iYX*')");
  CHECK(formula("F|base64offset|contains: /bin/bash") ==
        "(F='*L2Jpbi9iYXNo*' | F='*9iaW4vYmFza*' | F='*vYmluL2Jhc2*')");
  CHECK_THAT(formula("F|base64offset|contains: a"), Contains("too short"));
  CHECK_THAT(warnings(rule_of("F|base64offset: foobar")).at(0), Contains("without contains"));
}

TEST_CASE("wide, utf16le, utf16be, utf16, and Base64 of them") {
  CHECK(formula("F|wide|base64: ab") == "F='YQBiAA=='");
  CHECK(formula("F|utf16le|base64: ab") == "F='YQBiAA=='");
  CHECK(formula("F|utf16be|base64: ab") == "F='AGEAYg=='");
  CHECK(formula("F|utf16|base64: ab") == "F='//5hAGIA'");
  CHECK(formula("F|wide: ab") == "F='a\\x00b\\x00'");
  CHECK(formula("F|wide: 'a*b'") == "F='a\\x00*b\\x00'");
  CHECK(formula("F|wide: 'ä'") == "F='\\xE4\\x00'");
  CHECK(formula("F|utf16be: '\U0001F600'") == "F='\\xD8=\\xDE\\x00'");
  CHECK(formula("F|wide|base64offset|contains: ping") ==
        "(F='*cABpAG4AZw*' | F='*AAaQBuAGcA*' | F='*wAGkAbgBnA*')");
  CHECK_THAT(warnings(rule_of("F|wide: ab")).at(0), Contains("UTF-16"));
}

TEST_CASE("expand: placeholders have the values that they are given") {
  CHECK(formula("F|expand: '%servers%'", some()) == "(F='srv*' | F='dc1')");
  CHECK(formula("F|contains|expand: 'x%one%y'", some()) == "F='*x1y*'");
  CHECK(formula("F|expand: '%one%%servers%'", some()) == "(F='1srv*' | F='1dc1')");
  CHECK(formula("F|expand|all: ['%servers%', b]", some()) == "((F='srv*' | F='dc1') & F='b')");
  CHECK(formula("F: '%servers%'", some()) == "F='%servers%'");
  CHECK(formula("F|expand: '100 %'", some()) == "F='100 %'");
  CHECK(formula(R"(F|expand: '\%plain%one%')", some()) == "F='%plain1'");
  CHECK(formula(R"(F|expand: 'C:\\%one%')", some()) == "F='C:\\1'");
  CHECK(formula("F|expand: '%nobody%'", some()) ==
        "6:15: the placeholder %nobody% has no values here");
  CHECK_THAT(warnings(rule_of(R"(F|expand: 'C:\%one%')"), some()).at(0),
             Contains("is a percent sign"));
}

TEST_CASE("expand: %indicators.KIND% is an indicator of the packs") {
  CHECK(formula("QueryName|expand: '%indicators.domain%'") == "QueryName has domain");
  CHECK(formula("F|contains|expand: ['%indicators.sha256%', x]") == "(F has sha256 | F='*x*')");
  CHECK(formula("'|expand': '%indicators.file_name%'") == "any has file_name");
  CHECK_THAT(formula("F|expand: '%indicators.car%'"), Contains("unknown kind of indicator"));
  CHECK_THAT(formula("F|expand: 'x%indicators.domain%'"), Contains("must be the whole value"));
  CHECK_THAT(formula("F|endswith|expand: '%indicators.domain%'"), Contains("no modifiers but"));
}

TEST_CASE("placeholders are read from a file") {
  const evtxhound::test::TemporaryFolder folder;
  const auto path = folder / "p.yml";
  evtxhound::test::write_file(path, "servers: [a, b]\none: x\n");
  Placeholders placeholders;
  placeholders.add_file(path);
  CHECK(formula("F|expand: '%servers%%one%'", placeholders) == "(F='ax' | F='bx')");
  for (const std::string wrong :
       {"- a\n", "a: []\n", "a: {b: c}\n", "a: ~\n", "a: [\n", "indicators.domain: x\n"}) {
    CAPTURE(wrong);
    evtxhound::test::write_file(path, wrong);
    CHECK_THROWS_WITH(placeholders.add_file(path), Contains("p.yml:"));
  }
  CHECK_THROWS_WITH(placeholders.add_file(folder / "none.yml"), Contains("none.yml"));
}

TEST_CASE("modifiers that are unknown, not supported, or make no sense are refused by name") {
  CHECK(formula("F|has: a") == "6:5: unknown modifier \"has\"");
  CHECK(formula("F|: a") == "6:5: unknown modifier \"\"");
  CHECK(formula("F|hour: 5") == "6:5: the modifier hour (parts of a time) is not supported");
  CHECK(formula("F|contains|contains: a") == "6:5: the modifier contains is there twice");
  CHECK_THAT(formula("F|re|contains: a"), Contains("re together with contains"));
  CHECK_THAT(formula("F|re|expand: a"), Contains("re together with expand"));
  for (const std::string modifiers :
       {"contains|startswith", "startswith|endswith", "re|cidr",         "gt|lt",
        "gt|contains",         "cidr|contains",       "cidr|expand",     "re|cased",
        "re|windash",          "re|base64",           "gt|cased",        "exists|all",
        "exists|neq",          "exists|contains",     "contains|base64", "base64|wide",
        "wide|utf16",          "base64offset|base64", "base64|windash",  "wide|expand",
        "fieldref|windash",    "cidr|cased",          "contains|i"}) {
    CHECK_THAT(formula("F|" + modifiers + ": 1"),
               StartsWith("6:5: the modifiers " + modifiers + " make no sense together: "));
  }
}
