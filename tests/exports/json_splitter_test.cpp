#include "evtxhound/exports/json_splitter.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/exports/pieces.hpp"

using namespace evtxhound::exports;
using evtxhound::test::pieces_of;

namespace {

std::string split(std::string_view text, bool complete = true) {
  JsonSplitter splitter;
  return pieces_of(splitter, text, complete);
}

}  // namespace

TEST_CASE("objects in each layout of JSON") {
  CHECK(split("{\"a\":\"1\"}\n{\"b\":2}\n") == "E[{\"a\":\"1\"}]F[\n]E[{\"b\":2}]F[\n]");
  CHECK(split("[{\"a\":1},\n {\"b\":2}]") == "F[[]E[{\"a\":1}]F[,\n ]E[{\"b\":2}]F[]]");
  CHECK(split("{\n \"a\": 1\n}\n{\n}") == "E[{\n \"a\": 1\n}]F[\n]E[{\n}]");
  CHECK(split("{\"a\":1}{\"b\":2}") == "E[{\"a\":1}]E[{\"b\":2}]");
}

TEST_CASE("brackets in strings are none, and escapes end no string") {
  CHECK(split(R"({"a":"}{\"\\"}{"b":"]"})") == R"(e[{"a":"}{\"\\"}]E[{"b":"]"}])");
}

TEST_CASE("objects with escapes, other characters or nested values are not plain") {
  for (const char* text :
       {R"({"a":"\n"})", "{\"a\":\"\xC3\xA9\"}", R"({"a":{"b":1}})", R"({"a":[1]})"}) {
    CHECK(split(text)[0] == 'e');
  }
}

TEST_CASE("a torn object costs nothing but itself") {
  const std::string good = R"({"a":"b","c":1})";
  for (const char* torn : {R"({"a":"b)", R"({"a":)", R"({"a")", R"({"a":1,)", "{", R"({"a":[1,2)",
                           R"({"a":{"b":)", R"({"a":1]})", R"({"a":"\)", R"({"a":tru)"}) {
    CAPTURE(torn);
    const std::string told = split(torn + ("\n" + good) + "\n" + good);
    CHECK(told.starts_with("D["));
    CHECK(told.ends_with("E[" + good + "]"));
    CHECK(std::count(told.begin(), told.end(), 'E') == 2);
  }
}

TEST_CASE("what is no object is damage up to a line that begins with one") {
  CHECK(split("x {\"a\":1}\n{\"b\":2}") == "D[x {\"a\":1}\n]E[{\"b\":2}]");
  CHECK(split("\"b\":\"{\"}\n  {\"b\":2}") == "D[\"b\":\"{\"}\n  ]E[{\"b\":2}]");
}

TEST_CASE("the end of a file within an object is told") {
  CHECK(split("{\"a\":1}\n{\"b\":") == "E[{\"a\":1}]F[\n]C[{\"b\":]");
  const std::string text = R"({"a":"\"b","c":[1,{"d":null}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string told = split(text.substr(0, size), false);
    CAPTURE(size, told);
    CHECK(told.find_first_of("DCEe") == std::string::npos);
  }
}

TEST_CASE("depth and size are bounded, and many objects without an end are done with quickly") {
  CHECK(split("{\"a\":" + std::string(1000, '['))[0] == 'D');
  CHECK(split("{\"a\":\"" + std::string(kMostEventSize, 'a') + "\"}")[0] == 'D');
  for (const char* torn : {"{\"a\":[\n", "{\"a\":\"", "{\"a\":[1,\n"}) {
    std::string text;
    while (text.size() < 2'000'000) text += torn;
    CHECK_FALSE(split(text).empty());
  }
}
