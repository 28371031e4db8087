// Exports damaged at random: nothing crashes or hangs, and each byte is accounted for.

#include <catch2/catch.hpp>
#include <chrono>

#include "tests/support/cost.hpp"
#include "tests/support/exports.hpp"
#include "tests/support/mutation.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evidence::Kind;

namespace {

std::string xml_export(TextEncoding encoding, bool rooted) {
  std::string text = rooted ? "<?xml version='1.0'?><Events>" : "";
  for (int i = 0; i < 12; ++i) {
    text +=
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
        "Name='P'/><EventID>7</EventID><!-- c --></System><EventData><Data Name=\"A\">x &amp; "
        "caf\xC3\xA9 &#65;</Data><Data><![CDATA[</Event>]]></Data></EventData></Event>";
    if (!rooted) text += '\n';
  }
  if (rooted) text += "</Events>";
  return encode(text, encoding);
}

std::string json_export(bool array) {
  std::string text = array ? "[" : "";
  for (int i = 0; i < 12; ++i) {
    if (i > 0) text += array ? ",\n" : "\n";
    text +=
        R"({"event_simpleName":"DnsRequest","timestamp":"1680102246418","DomainName":"a.\u0062",)"
        R"("o":{"p":[1,2.5,null]},"q":"\\\"}"})";
  }
  if (array) text += "]";
  return text;
}

std::string mutate(std::string text, Random& random) {
  for (std::size_t times = 1 + random.below(4); times > 0 && !text.empty(); --times) {
    const std::size_t at = random.below(text.size());
    switch (random.below(5)) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
        break;
      case 1:
        text.resize(at);
        break;
      case 2:
        text.erase(0, at);
        break;
      case 3:
        text.erase(at, 1 + random.below(40));
        break;
      default:
        text.insert(at, std::string(1 + random.below(5), "<>&\"'{}[]\\,:\n-!\0"[random.below(16)]));
    }
  }
  return text;
}

// Whether each byte is part of an event, of a problem, or of what holds events together. A
// problem's message begins with its size.
void check_account(const std::string& bytes, const ReadExport& all) {
  std::vector<char> accounted(bytes.size(), 0);
  const auto mark = [&](std::uint64_t begin, std::uint64_t size) {
    REQUIRE(begin + size <= bytes.size());
    for (std::uint64_t i = begin; i < begin + size; ++i) accounted[i] = 1;
  };
  std::uint64_t end = 0;
  for (const exports::Block& block : all.blocks) {
    REQUIRE(block.offset == end);
    end += block.bytes.size();
    for (const exports::Span& span : block.events) mark(block.offset + span.begin, span.size);
    for (const Problem& problem : block.problems) {
      std::string digits = problem.message.substr(0, problem.message.find(" byte"));
      std::erase(digits, ',');
      mark(problem.offset.value(), std::stoull(digits));
    }
  }
  REQUIRE(end == bytes.size());
  std::string rest;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (accounted[i] == 0) rest += bytes[i];
  }
  std::erase_if(rest, [](char c) {
    return std::string_view(" \t\r\n\0[],\xFE\xFF", 9).find(c) != std::string_view::npos;
  });
  // What is left are comments and tags of the root.
  for (std::size_t at = 0; at < rest.size(); at = rest.find('>', at) + 1) {
    const std::string_view tag = std::string_view(rest).substr(at);
    const bool frame = tag.starts_with("<?") || tag.starts_with("<!--") ||
                       tag.starts_with("<Events") || tag.starts_with("</Events");
    CAPTURE(rest);
    REQUIRE(frame);
    if (rest.find('>', at) == std::string::npos) break;
  }
}

}  // namespace

TEST_CASE("exports that are damaged at random are read as far as they are sound") {
  Random random(20230329);
  const auto begun = std::chrono::steady_clock::now();
  std::size_t events = 0;
  for (int i = 0; i < 3000 / static_cast<int>(kLess); ++i) {
    const bool json = i % 3 == 0;
    const std::string whole =
        json ? json_export(i % 2 == 0) : xml_export(kEncodings[random.below(3)], i % 2 == 0);
    const std::string bytes = mutate(whole, random);
    CAPTURE(i);
    const Kind kind = json ? Kind::kCrowdstrike : Kind::kXml;
    const ReadExport large = read_export_text(bytes, kind);
    check_account(bytes, large);
    events += large.events.size();
  }
  CHECK(events > 10'000 / kLess);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::minutes(2));
}

TEST_CASE("gzip that is damaged at random is read to some place") {
  Random random(7);
  const std::string whole = gzip(json_export(false) + "\n" + json_export(false));
  std::size_t events = 0;
  for (int i = 0; i < 1000; ++i) {
    events += read_export_text(mutate(whole, random), Kind::kCrowdstrikeGzip).events.size();
  }
  CHECK(events > 100);
}
