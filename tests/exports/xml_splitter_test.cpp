#include "evtxhound/exports/xml_splitter.hpp"

#include <catch2/catch.hpp>

#include "tests/exports/pieces.hpp"

using namespace evtxhound::exports;
using evtxhound::test::pieces_of;

namespace {

std::string split(std::string_view text, bool complete = true) {
  XmlSplitter splitter;
  return pieces_of(splitter, text, complete);
}

}  // namespace

TEST_CASE("events in each layout of XML") {
  CHECK(split("<Event a='1'><b>x</b></Event>\n<Event/>\r\n") ==
        "E[<Event a='1'><b>x</b></Event>]F[\n]E[<Event/>]F[\r\n]");
  CHECK(split("<Event></Event><Event></Event>") == "E[<Event></Event>]E[<Event></Event>]");
  CHECK(
      split("\xEF\xBB\xBF<?xml version='1.0'?><Events x=''> <Event></Event></Events>") ==
      "F[\xEF\xBB\xBF]F[<?xml version='1.0'?>]F[<Events x=''>]F[ ]E[<Event></Event>]F[</Events>]");
  CHECK(split("<!-- recovered --><Event></Event>") == "F[<!-- recovered -->]E[<Event></Event>]");
}

TEST_CASE("what looks like the end of an event, or like another one, is what it is") {
  for (const char* inner : {"<![CDATA[</Event><Event>]]>", "<!-- </Event> <Event> -->",
                            "<a b='</Event >'/>", "<?x </Event> ?>", "<Event></Event>", "<Event/>",
                            "<EventData></EventData>", "<a b=\"/>\">x</a>", "<a b='>'>x</a>"}) {
    const std::string text = std::string("<Event><d>") + inner + "</d></Event>";
    CAPTURE(text);
    if (std::string_view(inner).find("b='<") == std::string_view::npos) {
      const std::string told = split(text);
      CHECK(told.substr(1) == "[" + text + "]");
      CHECK((told[0] == 'e' || told[0] == 'E'));
    } else {
      CHECK(split(text)[0] == 'D');  // no attribute of XML has such a character
    }
  }
}

TEST_CASE("an event whose text does not stand in it in one piece is not plain") {
  for (const char* inner :
       {"a&amp;b", "<![CDATA[x]]>", "a<!-- -->b", "a<b/>c", "\xC3\xA9", "a<?x?>b"}) {
    CAPTURE(inner);
    CHECK(split(std::string("<Event><d>") + inner + "</d></Event>")[0] == 'e');
  }
  CHECK(split("<Event>\n  <d>x</d>\n</Event>")[0] == 'E');
}

TEST_CASE("a torn event costs nothing but itself") {
  const std::string good = "<Event><System>x</System></Event>";
  for (const char* torn :
       {"<Event><System>x</Sys", "<Event><System>x", "<Event><System", "<Event a='", "<Event>x</e>",
        "<Event><!-- ", "<Event><![CDATA[ ", "<Event><a></b></Event>", "<Event", "<Event><>",
        "<Event></Event x>", "<Event><!DOCTYPE x></Event>"}) {
    CAPTURE(torn);
    const std::string told = split(torn + ("\n" + good) + "\n" + good);
    CHECK(told.starts_with("D["));
    CHECK(told.ends_with("E[" + good + "]F[\n]E[" + good + "]"));
  }
}

TEST_CASE("what is no event is damage up to where one begins") {
  CHECK(split("</Data></Event>\n<Event></Event>") == "D[</Data></Event>\n]E[<Event></Event>]");
  CHECK(split("<Event></Event>junk <b/><Event></Event>") ==
        "E[<Event></Event>]D[junk <b/>]E[<Event></Event>]");
  CHECK(split("<!DOCTYPE x [<!ENTITY e 'x'>]><Event></Event>") ==
        "D[<!DOCTYPE x [<!ENTITY e 'x'>]>]E[<Event></Event>]");
  CHECK(split("<!-- <Event></Event> --><Event></Event>") ==
        "D[<!-- <Event></Event> -->]E[<Event></Event>]");
  CHECK(split("<Eventual></Eventual>") == "D[<Eventual></Eventual>]");
}

TEST_CASE("the end of a file within an event is told") {
  CHECK(split("<Event></Event><Event><System>") == "E[<Event></Event>]C[<Event><System>]");
  CHECK(split("<Eve") == "D[<Eve]");
  CHECK(split("<!-- ") == "C[<!-- ]");
}

TEST_CASE("where the text goes on, what is not whole waits") {
  const std::string text = "<?xml v?><Event a='1'><b><![CDATA[]]></b></Event>";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string told = split(text.substr(0, size), false);
    CAPTURE(size, told);
    CHECK(told.find_first_of("DCEe") == std::string::npos);
  }
}

TEST_CASE("bounds: depth, names, attributes, size") {
  std::string deep = "<Event>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CHECK(split(deep)[0] == 'D');
  CHECK(split("<Event><" + std::string(2000, 'a') + "></Event>")[0] == 'D');
  std::string wide = "<Event><" + std::string(1000, 'a');
  for (int i = 0; i < 100'000; ++i) wide += " b=''";
  CHECK(split(wide + "/></Event>")[0] == 'D');
  const std::string long_text = "<Event>" + std::string(kMostEventSize, 'a') + "</Event>";
  CHECK(split(long_text)[0] == 'D');
  CHECK(split(long_text.substr(0, long_text.size() - 8), false)[0] != 'M');
}

TEST_CASE("many events without an end are done with quickly") {
  for (const char* torn :
       {"<Event><![CDATA[", "<Event><!--", "<Event>", "<Event a=\"", "<Event><?x "}) {
    std::string text;
    while (text.size() < 2'000'000) text += torn;
    CHECK_FALSE(split(text).empty());
  }
}
