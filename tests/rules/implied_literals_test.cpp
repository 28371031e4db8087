#include "evtxhound/rules/implied_literals.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/base/text.hpp"
#include "tests/rules/naive.hpp"
#include "tests/rules/random_rules.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;

namespace {

using Literals = std::vector<std::string>;

Rule process_rule(const std::vector<Atom>& atoms) {
  return rule_of_all({"process_creation", ""}, atoms);
}

bool stands_in(const ImpliedLiterals& implied, const RuleEvent& event) {
  const auto has = [&](std::string_view value) {
    const std::string lower = ascii_lower(value);
    return std::ranges::any_of(implied.literals, [&](const std::string& literal) {
      return lower.find(literal) != std::string::npos;
    });
  };
  const auto has_field = [&](const FieldView& field) { return has(field.value); };
  return has(event.channel) || has(event.provider) ||
         std::ranges::any_of(event.system, has_field) ||
         std::ranges::any_of(event.data, has_field) ||
         std::ranges::any_of(event.found, [&](const IndicatorFound& found) {
           return std::ranges::find(implied.kinds, found.kind) != implied.kinds.end();
         });
}

}  // namespace

TEST_CASE("The best branch of an and, and every branch of an or, gives the literals") {
  RuleBuilder builder("process_creation", "");
  const auto image = builder.atom(text_atom("Image", "*\\3CXDesktopApp.exe"));
  const auto one = builder.atom(text_atom("CommandLine", "*--update*"));
  const auto other = builder.atom(text_atom("CommandLine", "*--install*"));
  const auto filter = builder.none(builder.atom(text_atom("User", "*something long*")));
  SECTION("and") {
    builder.all({builder.any({one, other}), image, filter});
    CHECK(implied_literals(builder.build())->literals == Literals{"\\3cxdesktopapp.exe"});
  }
  SECTION("or") {
    builder.any({one, other, image});
    CHECK(implied_literals(builder.build())->literals ==
          Literals{"--install", "--update", "\\3cxdesktopapp.exe"});
  }
  SECTION("not") {
    builder.any({image, filter});
    CHECK_FALSE(implied_literals(builder.build()));
  }
}

TEST_CASE("What a log can hold otherwise than as text is no literal") {
  CHECK_FALSE(implied_literals(process_rule({text_atom("EventID", "4688")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("User", "S-1-5-18-123")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("ProcessId", "123456")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("IntegrityLevel", "Medium")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("CommandLine", "true")})));
  CHECK_FALSE(implied_literals(process_rule({regex_atom("CommandLine", "[a-z]+")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("Address", "*0xfade*")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("Time", "*2023-03-29T12:00*")})));
  CHECK_FALSE(implied_literals(process_rule({text_atom("Flags", "*fals*")})));
}

TEST_CASE("What only text has makes a literal of letters that hexadecimal has, too") {
  for (const std::string literal : {"\\cdb.exe", "cdb.exe", " -c ", "/add", "a_bc", "\"abc"}) {
    CAPTURE(literal);
    const auto implied =
        implied_literals(process_rule({text_atom("CommandLine", "*" + literal + "*")}));
    REQUIRE(implied);
    CHECK(implied->literals == Literals{literal});
  }
}

TEST_CASE("A part counts where a value is made of others") {
  const auto registry = rule_of_all({"registry_set", ""},
                                    {text_atom("TargetObject", "*\\Services\\Evil\\ImagePath")});
  CHECK(implied_literals(registry)->literals == Literals{"imagepath"});
  const auto parent = process_rule({text_atom("ParentImage", "*\\3cxdesktopapp.exe")});
  CHECK(implied_literals(parent)->literals == Literals{"3cxdesktopapp.exe"});
  const auto hash =
      process_rule({text_atom("Hashes", "*SHA256=0123456789abcdef0123456789abcdef*")});
  CHECK(implied_literals(hash)->literals == Literals{"0123456789abcdef0123456789abcdef"});
}

TEST_CASE("An indicator counts by its kind") {
  const auto implied =
      implied_literals(process_rule({indicator_atom("Hashes", indicators::Kind::kSha256)}));
  REQUIRE(implied);
  CHECK(implied->literals.empty());
  CHECK(implied->kinds == std::vector{indicators::Kind::kSha256});
}

TEST_CASE("Wherever a random rule fires, one of its literals stands") {
  constexpr std::size_t kRules = 6000;
  std::size_t fired = 0;
  std::size_t with_literals = 0;
  RandomRules random(3);
  for (std::size_t i = 0; i < kRules; ++i) {
    const Rule rule = random.rule();
    const auto implied = implied_literals(rule);
    if (!implied) continue;
    ++with_literals;
    for (std::size_t each = 0; each < 60; ++each) {
      TestEvent event = random.event();
      const RuleEvent view = event.view();
      if (!naive_fires(rule, view)) continue;
      ++fired;
      CAPTURE(i, each, implied->literals);
      REQUIRE(stands_in(*implied, view));
    }
  }
  std::cout << with_literals << " rules with literals fired " << fired << " times\n";
  CHECK(fired > 100);
}
