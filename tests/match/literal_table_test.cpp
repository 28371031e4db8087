#include "evtxhound/match/literal_table.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <random>
#include <string>
#include <tuple>

#include "evtxhound/match/stripped_text.hpp"
#include "evtxhound/match/window.hpp"

using namespace evtxhound;
using match::LiteralTable;
using match::NumberedLiteral;
using Anchor = LiteralTable::Anchor;

namespace {

using Ends = std::vector<std::pair<match::PatternNumber, std::size_t>>;

// A text with the padding that scan() asks for, which is full of what could mislead it.
class Padded {
 public:
  explicit Padded(const std::string& text)
      : buffer_(std::string(StrippedText::kPadding, 'a') + text +
                std::string(StrippedText::kPadding, '.')),
        size_(text.size()) {}
  [[nodiscard]] std::string_view text() const {
    return std::string_view(buffer_).substr(StrippedText::kPadding, size_);
  }

 private:
  using StrippedText = match::StrippedText;
  std::string buffer_;
  std::size_t size_;
};

Ends scan(const LiteralTable& table, const std::string& text) {
  const Padded padded(text);
  LiteralTable::Scratch scratch;
  Ends ends;
  table.scan(padded.text(), scratch,
             [&](match::PatternNumber number, std::size_t end) { ends.emplace_back(number, end); });
  std::ranges::sort(ends);
  return ends;
}

Ends brute_force(const std::vector<NumberedLiteral>& literals, const std::string& text) {
  Ends ends;
  for (const NumberedLiteral& literal : literals) {
    for (auto at = text.find(literal.text); at != std::string::npos;
         at = text.find(literal.text, at + 1)) {
      ends.emplace_back(literal.number, at + literal.text.size());
    }
  }
  std::ranges::sort(ends);
  return ends;
}

// Texts of few different characters, so that literals share windows, overlap and nearly match.
std::string random_text(std::mt19937& random, std::size_t size, std::string_view characters) {
  std::string text;
  while (text.size() < size) text += characters[random() % characters.size()];
  return text;
}

struct Literals {
  std::deque<std::string> texts;
  std::vector<NumberedLiteral> all;

  void add(std::string text) {
    if (LiteralTable::anchor_of(text) == Anchor::kNone) return;
    const auto number = static_cast<match::PatternNumber>(all.size());
    all.push_back({texts.emplace_back(std::move(text)), number});
  }
};

}  // namespace

TEST_CASE("a literal's anchor") {
  CHECK(LiteralTable::anchor_of("officeaddons.com") == Anchor::kDot);
  CHECK(LiteralTable::anchor_of("abc.io") == Anchor::kDot);
  CHECK(LiteralTable::anchor_of("10.1.2.3") == Anchor::kDot);
  CHECK(LiteralTable::anchor_of("ab.io") == Anchor::kNone);
  CHECK(LiteralTable::anchor_of("mimikatz") == Anchor::kWord);
  CHECK(LiteralTable::anchor_of("longword.x") == Anchor::kWord);
  CHECK(LiteralTable::anchor_of("mimikat") == Anchor::kNone);
  CHECK(LiteralTable::anchor_of(std::string(32, 'a')) == Anchor::kDigits);
  CHECK(LiteralTable::anchor_of(std::string(31, 'a')) == Anchor::kWord);
  CHECK(LiteralTable::anchor_of(std::string(40, 'g')) == Anchor::kWord);
  CHECK(LiteralTable::anchor_of(std::string(5000, 'a')) == Anchor::kNone);
}

TEST_CASE("an empty table finds nothing") { CHECK(scan(LiteralTable(), "a.b").empty()); }

TEST_CASE("literals at the ends of a text, overlapping, and twice the same") {
  const std::vector<NumberedLiteral> literals = {
      {"evil.com", 1}, {"evil.com", 2}, {"evil.com.evil.com", 3}, {"il.com.ev", 4}};
  const LiteralTable table(literals);
  const std::string text = "evil.com.evil.com";
  CHECK(scan(table, text) == brute_force(literals, text));
  CHECK(scan(table, text).size() == 6);
  CHECK(scan(table, "vil.comevil.co").empty());
}

TEST_CASE("the table finds what looking for each literal at each place finds") {
  std::mt19937 random(20230329);
  std::size_t found = 0;
  for (int round = 0; round < 400; ++round) {
    Literals literals;
    const std::string_view letters = round % 2 == 0 ? "ab." : "abcd.-";
    for (int i = 0; i < 60; ++i) {
      literals.add(random_text(random, 1 + random() % 20, letters));
      literals.add(random_text(random, 30 + random() % 40, "0a"));
      literals.add(random_text(random, 8 + random() % 4, "xy"));
    }
    const LiteralTable table(literals.all);
    for (int i = 0; i < 6; ++i) {
      std::string text;
      while (text.size() < 500 + random() % 400) {
        if (random() % 3 == 0) text += literals.texts[random() % literals.texts.size()];
        text += random_text(random, random() % 90, random() % 2 == 0 ? letters : "0axy.");
      }
      const Ends ends = scan(table, text);
      found += ends.size();
      if (ends != brute_force(literals.all, text)) FAIL("the two differ in round " << round);
    }
  }
  CHECK(found > 10'000);
}

TEST_CASE("runs of digits are found wherever they begin and end") {
  std::mt19937 random(5);
  Literals literals;
  for (const std::size_t size : {32U, 40U, 64U}) {
    for (int i = 0; i < 50; ++i) literals.add(random_text(random, size, "0123456789abcdef"));
  }
  const LiteralTable table(literals.all);
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string& hash = literals.texts[before % literals.texts.size()];
    for (const char border : {'f', 'g'}) {
      const std::string text = std::string(before, border) + hash + border;
      CHECK(scan(table, text) == brute_force(literals.all, text));
    }
  }
}

TEST_CASE("literals that all share their windows do not make a place cost much") {
  // Each dot of the text has the window of all literals: looked at one by one, these would be
  // 20,000,000 comparisons for each dot.
  Literals literals;
  for (int i = 0; i < 20'000; ++i) literals.add("n" + std::to_string(i) + ".same-name.example");
  const LiteralTable table(literals.all);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "m" + std::to_string(i) + ".same-name.example ";
  CHECK(scan(table, text).empty());
  CHECK(scan(table, "n19999.same-name.example").size() == 1);
}

TEST_CASE("a table comes back from its bytes, and damaged bytes do no harm") {
  Literals literals;
  for (int i = 0; i < 100; ++i) literals.add("host" + std::to_string(i) + ".example");
  const LiteralTable table(literals.all);
  Buffer bytes;
  table.pack(bytes);
  LiteralTable again;
  Bytes left = bytes;
  REQUIRE(again.unpack(left));
  CHECK(left.empty());
  CHECK(again.memory() == table.memory());
  CHECK(scan(again, "host7.example") == scan(table, "host7.example"));
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    Bytes cut = Bytes(bytes).first(size);
    CHECK_FALSE(again.unpack(cut));
  }
  Buffer none;
  LiteralTable().pack(none);
  Bytes nothing = none;
  CHECK(again.unpack(nothing));
  CHECK(again.empty());
}
