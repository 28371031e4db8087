// Text that is written into JSON, against a JSON parser.
#include "evtxhound/evtx/render/value_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

using namespace evtxhound;
using namespace evtxhound::evtx;

namespace {

std::string as_json(std::string_view text) {
  TextBuffer out;
  append_utf8(text, Escape::kJson, out);
  return '"' + std::string(out.view()) + '"';
}

}  // namespace

TEST_CASE("what JSON must escape is escaped at every place of a text of any length") {
  for (const std::string special :
       {"\"", "\\", "\n", "\t", "\x1F", "\x7F", "\u00E9", "\uFFFF", "\U0001F600", "\\\"\\\n"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      for (const std::size_t after : {0, 1, 7, 15, 16, 17, 40}) {
        const std::string text = std::string(before, 'a') + special + std::string(after, 'z');
        REQUIRE(nlohmann::json::parse(as_json(text)) == text);
      }
    }
  }
}

TEST_CASE("random UTF-8 text reads back from JSON as it was") {
  std::mt19937 random(1);
  const std::vector<std::string> characters = {"a",  "\\", "\"",         "\x01",   " ",
                                               "/",  "\r", "\u00FC",     "\u4E2D", "z",
                                               "\\", "0",  "\U00010348", "}",      ":"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto size = random() % 100;
    while (text.size() < size) text += characters[random() % characters.size()];
    REQUIRE(nlohmann::json::parse(as_json(text)) == text);
  }
}
