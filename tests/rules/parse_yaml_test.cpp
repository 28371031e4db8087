// YAML: what is taken, and that everything knows its place.
#include <catch2/catch.hpp>

#include "evtxhound/rules/yaml.hpp"

using namespace evtxhound::rules;
using Catch::Contains;
using Kind = YamlNode::Kind;

namespace {

std::string fault(const std::string& text) {
  try {
    parse_yaml(text);
  } catch (const RuleFault& fault) {
    return std::to_string(fault.place().line) + ":" + std::to_string(fault.place().column) + ": " +
           fault.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a document's tree has the place of everything") {
  const auto documents = parse_yaml("# comment\na: 1\nb:\n  - 'x'\n  - {c: ~}\n");
  REQUIRE(documents.size() == 1);
  const YamlNode& root = documents[0];
  CHECK(root.kind == Kind::kMap);
  CHECK(root.place.line == 2);
  REQUIRE(root.entries.size() == 2);
  CHECK(root.entries[0].key == "a");
  CHECK(root.entries[0].value.text == "1");
  CHECK(root.entries[0].value.plain);
  CHECK(root.entries[0].value.place.column == 4);
  const YamlNode& list = root.entries[1].value;
  REQUIRE(list.items.size() == 2);
  CHECK_FALSE(list.items[0].plain);
  CHECK(list.items[0].place.line == 4);
  CHECK(list.items[1].entries.at(0).value.kind == Kind::kNull);
  CHECK(list.items[1].entries.at(0).place.line == 5);
}

TEST_CASE("several documents, some of them empty") {
  CHECK(parse_yaml("").empty());
  CHECK(parse_yaml("# nothing\n").empty());
  const auto documents = parse_yaml("---\na: 1\n---\n---\nb: 2\n...\n");
  REQUIRE(documents.size() == 3);
  CHECK(documents[1].kind == Kind::kNull);
  CHECK(documents[2].place.line == 5);
}

TEST_CASE("blocks, folds, escapes and characters beyond ASCII") {
  const auto documents = parse_yaml(
      "a: |\n  x\n  y\nb: >\n  x\n  y\nc: \"\\u2013\\n\"\nd: 'it''s'\ne: \xE2\x80\x93\n");
  const auto& entries = documents.at(0).entries;
  CHECK(entries.at(0).value.text == "x\ny\n");
  CHECK(entries.at(1).value.text == "x y\n");
  CHECK(entries.at(2).value.text == "\xE2\x80\x93\n");
  CHECK(entries.at(3).value.text == "it's");
  CHECK(entries.at(4).value.text == "\xE2\x80\x93");
}

TEST_CASE("aliases stand for what they name") {
  const auto documents = parse_yaml("a: &x [1, 2]\nb: *x\n");
  CHECK(documents.at(0).entries.at(1).value.items.size() == 2);
  CHECK_THAT(fault("a: *x\n"), Contains("anchor"));
  CHECK_THAT(fault("a: &x [*x]\n"), Contains("anchor"));
  CHECK_THAT(fault("a: &x 1\n---\nb: *x\n"), Contains("anchor"));
}

TEST_CASE("what YAML can do and rules do not need is refused") {
  CHECK(fault("a: 1\na: 2\n") == "2:1: the key \"a\" is there twice, first in line 1");
  CHECK_THAT(fault("<<: {a: 1}\n"), Contains("merge keys"));
  CHECK_THAT(fault("? [a]\n: b\n"), Contains("key of a map"));
  CHECK_THAT(fault("? {a: b}\n: b\n"), Contains("key of a map"));
  CHECK_THAT(fault("a: &x b\n*x : c\n"), Contains("key of a map"));
  CHECK_THAT(fault("a: !!binary YQ==\n"), Contains("tag"));
  CHECK_THAT(fault("a: !ruby/object {}\n"), Contains("tag"));
  CHECK(fault("a: !!str 1\n").empty());
}

TEST_CASE("what is no YAML is refused, with its place") {
  CHECK_THAT(fault("a: [1\n"), Contains("2:1: no valid YAML"));
  CHECK_THAT(fault("a: 'x\n"), Contains("no valid YAML"));
  CHECK_THAT(fault("a: b: c\n"), Contains("1:5: no valid YAML"));
  CHECK_THAT(fault("\ta: 1\n"), Contains("no valid YAML"));
  CHECK_THAT(fault("a: 1\nb: x\xFFy\n"), Contains("2:1: no valid YAML"));
  CHECK_THAT(fault(std::string("a: x\0y\n", 7)), Contains("no valid YAML"));
  CHECK_THAT(fault("a: x\x04y\n"), Contains("no valid YAML"));
  CHECK_THAT(fault("\xFF\xFE"
                   "a"),
             Contains("no valid YAML"));
  CHECK(fault("\xEF\xBB\xBF"
              "a: 1\n")
            .empty());
}
