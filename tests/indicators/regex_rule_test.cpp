#include <random>

#include "evtxhound/indicators/regex_literal.hpp"
#include "finding.hpp"
#include "tests/support/cost.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

constexpr auto kNone = std::nullopt;

using Texts = std::vector<std::string>;

std::string lower_of(const std::string& text) { return ascii_lower(text); }

}  // namespace

TEST_CASE("a regex is found once in a value, leftmost") {
  check_rows(
      indicator(Kind::kRegex, "evil[0-9]+"),
      {{"xevil1 evil22", "evil1"}, {"evil123", "evil123"}, {"Evil1", kNone}, {"evil", kNone}});
  check_rows(indicator(Kind::kRegex, "(?i)evil[0-9]+"), {{"EVIL7", "EVIL7"}});
  check_rows(indicator(Kind::kRegex, "gr.ße"), {{"größe", "größe"}, {"grße", kNone}});
}

TEST_CASE("a regex sees the ends of a value") {
  for (const std::string regex : {"^evil.*x$", "^[ef]vil.*[x]$"}) {
    check_rows(indicator(Kind::kRegex, regex),
               {{"evil and x", "evil and x"}, {"an evil x", kNone}, {"evil x y", kNone}});
    const auto wanted = indicator(Kind::kRegex, regex);
    CHECK(found_in(wanted, event_of({{"A", "a"}, {"B", "evilx"}, {"C", "z"}})) == Texts{"evilx"});
    CHECK(found_in(wanted, event_of({{"A", "evil"}, {"B", "x"}})).empty());
  }
  check_rows(indicator(Kind::kRegex, "[^a]{5}"), {{"bbbbb", "bbbbb"}, {"AAAAA", "AAAAA"}});
  CHECK(found_in(indicator(Kind::kRegex, "[^a]{5}"), event_of({{"A", "bb"}, {"B", "bb"}})).empty());
  check_rows(indicator(Kind::kRegex, R"(\b[e]vil\b)"),
             {{"evil", "evil"}, {"x evil", "evil"}, {"evils", kNone}});
}

TEST_CASE("many candidates of one regex cost one look") {
  std::string value;
  for (int i = 0; i < 100'000; ++i) value += "evil";
  CHECK(found_in(indicator(Kind::kRegex, "evil[x]"), value).empty());
}

TEST_CASE("the text that every match contains") {
  for (const auto& [regex, text] : {std::pair{"powershell.*-enc", "powershell"},
                                    {R"(a\.b\.c\\d)", R"(a.b.c\d)"},
                                    {"abcde?f", "abcd"},
                                    {"abcde*", "abcd"},
                                    {"abcde{0,3}f", "abcd"},
                                    {"abcde+f", "abcde"},
                                    {"abcd{2}e", "abcd"},
                                    {"(x|y)abcd(?:z)", "abcd"},
                                    {"[abcde]fghi[^]|]", "fghi"},
                                    {R"(\d+abcd\x41bcdefg)", "bcdefg"},
                                    {"(?i)mimikatz::logon", "atz::logon"},
                                    {"^abcd$", "abcd"},
                                    {"a]}bc", "a]}bc"}}) {
    CAPTURE(regex);
    CHECK(mandatory_literal(regex) == std::string(text));
  }
  for (const auto* regex : {"abcd|efgh", "(abcd)", "abc", "abc.def", "(?x)abcd efgh", "abcd(?#|)",
                            "abcd{,2}e", R"(\Qabcd\E)", R"(abcd\1)", "abcd(", "abcd[", "abcd)",
                            "(?i)kkkssskkk", "abcd(?i:(?x)a#)|b)", R"(abcd\)"}) {
    CAPTURE(regex);
    CHECK_FALSE(mandatory_literal(regex));
  }
}

TEST_CASE("every text that a regex matches contains its literal, and matches without its ends") {
  const std::vector<std::string> atoms{
      "abcd", "ab",      "c",    "d?",     "b*",   "[ab]", "[^a]", ".",    "(ab)", "(a|bc)",
      "\\.",  "\\d",     "a{2}", "b{0,1}", "c+",   "^",    "$",    "(?i)", "|",    "\\b",
      "ab+?", "(?:cd)*", "[]a]", "\\x61",  "\\\\", "{",    "}",    "]",    "(?#x)"};
  const std::vector<std::string> texts{"abcd", "ab", "c",  "d",  "b",  "a", ".",
                                       "1",    "AB", "CD", "aa", "\\", "]", "{"};
  std::mt19937 random(7);
  const auto pick = [&random](const std::vector<std::string>& from) {
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
  };
  const std::string nul(1, '\0');  // what stands between values where they are joined
  std::size_t with_literal = 0;
  std::size_t matched = 0;
  for (int round = 0; round < 1'500 / static_cast<int>(test::kLess); ++round) {
    std::string regex;
    const auto size = std::uniform_int_distribution<int>(1, 6)(random);
    for (int i = 0; i < size; ++i) regex += pick(atoms);
    if (!match::Regex::fault(regex).empty()) continue;
    const match::Regex compiled(regex);
    const auto literal = mandatory_literal(regex);
    with_literal += literal ? 1 : 0;
    std::optional<match::Regex> relaxed;
    if (match::Regex::fault(without_ends(regex)).empty()) relaxed.emplace(without_ends(regex));
    for (int i = 0; i < 30; ++i) {
      std::string text;
      const auto length = std::uniform_int_distribution<int>(0, 6)(random);
      for (int j = 0; j < length; ++j) text += pick(texts);
      if (!compiled.leftmost(text)) continue;
      ++matched;
      CAPTURE(regex, text);
      if (literal && lower_of(text).find(lower_of(*literal)) == std::string::npos) FAIL(*literal);
      if (relaxed && !relaxed->leftmost(nul + text + nul)) FAIL("ends");
    }
  }
  CHECK(with_literal > 100 / test::kLess);
  CHECK(matched > 500 / test::kLess);
}
