// Packs of every format, cut short, changed, nested and large.
#include <catch2/catch.hpp>
#include <random>

#include "evtxhound/indicators/pack_formats.hpp"
#include "pack_samples.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

const std::vector<std::string> kSamples{kCsvSample,  kSplunkSample, kTextSample,
                                        kStixSample, kMispSample,   kOpenIocSample};

std::string nested(const std::string& open, const std::string& close, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += open;
  for (std::size_t i = 0; i < times; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("a format is told by content, with a byte order mark and white space before it") {
  const std::vector<PackFormat> formats{PackFormat::kCsv,  PackFormat::kSplunk,
                                        PackFormat::kText, PackFormat::kStix,
                                        PackFormat::kMisp, PackFormat::kOpenIoc};
  for (std::size_t i = 0; i < kSamples.size(); ++i) {
    CAPTURE(i);
    CHECK(pack_format(kSamples[i]) == formats[i]);
    CHECK(pack_format("\xEF\xBB\xBF" + kSamples[i]) == formats[i]);
    CHECK(pack_format("\xEF\xBB\xBF\n" + kSamples[i]) == formats[i]);
    const auto plain = parse_pack(kSamples[i], "p");
    CHECK(values_of(parse_pack("\xEF\xBB\xBF" + kSamples[i], "p")) == values_of(plain));
    CHECK(notes_of(parse_pack("\xEF\xBB\xBF" + kSamples[i], "p")).size() == plain.notes.size());
  }
  CHECK(pack_format("{\"a\":1}") == PackFormat::kUnknownJson);
  CHECK(pack_format("[{\"a\":1}]") == PackFormat::kUnknownJson);
  CHECK(pack_format("<html/>") == PackFormat::kUnknownXml);
  CHECK(pack_format("[2001:db8::1]\n") == PackFormat::kText);
  CHECK(pack_format("kind-of-evil.com\n") == PackFormat::kText);
  for (const auto* text : {"{\"a\":1}", "<html/>", "{", "<"}) {
    CAPTURE(text);
    CHECK(parse_pack(text, "p").has_wrong());
  }
}

TEST_CASE("packs cut short at every byte are read without harm") {
  for (const auto& sample : kSamples) {
    const auto whole = values_of(parse_pack(sample, "p"));
    for (std::size_t size = 0; size < sample.size(); ++size) {
      const Pack pack = parse_pack(sample.substr(0, size), "p");
      if (pack.indicators.size() > whole.size() + 1) FAIL("more than there are, at " << size);
      if (pack.indicators.empty() && pack.notes.empty() && size > 60) FAIL("silent at " << size);
    }
  }
}

TEST_CASE("packs with changed bytes are read without harm") {
  std::mt19937 random(5);
  for (const auto& sample : kSamples) {
    for (int round = 0; round < 2'000; ++round) {
      std::string changed = sample;
      for (int i = 0; i < 3; ++i) {
        const auto at = std::uniform_int_distribution<std::size_t>(0, sample.size() - 1)(random);
        const std::string signs = "\"'\\{}[]<>|*?(),:%\n\xFF";
        changed[at] = std::uniform_int_distribution<int>(0, 1)(random) != 0
                          ? signs[static_cast<std::size_t>(random()) % signs.size()]
                          : static_cast<char>(random());
      }
      const Pack pack = parse_pack(changed, "p");
      for (const auto& each : pack.indicators) CHECK_FALSE(each.value.empty());
    }
  }
}

TEST_CASE("JSON and XML nested without end are refused") {
  constexpr std::size_t kMany = 200'000;
  const Pack json = parse_pack("{\"objects\":" + nested("[", "]", kMany) + "}", "p");
  REQUIRE(json.notes.size() == 1);
  CHECK(json.has_wrong());
  CHECK_THAT(json.notes[0].message, Catch::Contains("nested deeper than 64"));
  CHECK(parse_pack(nested("{\"a\":", "}", kMany), "p").has_wrong());
  CHECK(parse_pack("{\"x\":" + nested("[", "]", kMany), "p").has_wrong());
  const Pack xml = parse_pack("<OpenIOC><criteria>" +
                                  nested("<Indicator operator=\"OR\">", "</Indicator>", kMany) +
                                  "</criteria></OpenIOC>",
                              "p");
  CHECK(xml.has_wrong());
  CHECK(parse_pack("<OpenIOC>" + nested("<a>", "</a>", kMany) + "</OpenIOC>", "p").has_wrong());
}

TEST_CASE("JSON faults have their place") {
  const Pack pack = parse_pack("{\"Event\":{\n  \"Attribute\": [\n {x}]}}", "p");
  REQUIRE(pack.notes.size() == 1);
  CHECK(pack.notes[0].line == 3);
  CHECK(pack.notes[0].column == 3);
  CHECK_THAT(pack.notes[0].message, Catch::StartsWith("no valid JSON: "));
}

TEST_CASE("packs of a hundred thousand indicators in each format are read whole") {
  constexpr int kMany = 100'000;
  std::string csv = "kind,value\n";
  std::string list;
  std::string misp = "{\"Event\":{\"Attribute\":[";
  std::string stix = "{\"type\":\"bundle\",\"objects\":[";
  std::string ioc = "<OpenIOC><criteria><Indicator operator=\"OR\">\n";
  for (int i = 0; i < kMany; ++i) {
    const std::string domain = "d" + std::to_string(i) + ".example.com";
    const std::string comma = i == 0 ? "" : ",\n";
    csv += "domain," + domain + "\n";
    list += domain + "\n";
    misp += comma + "{\"type\":\"domain\",\"to_ids\":true,\"value\":\"" + domain + "\"}";
    stix +=
        comma + "{\"type\":\"indicator\",\"pattern\":\"[domain-name:value = '" + domain + "']\"}";
    ioc += "<IndicatorItem condition=\"is\"><Context search=\"Network/DNS\"/><Content>" + domain +
           "</Content></IndicatorItem>\n";
  }
  misp += "]}}";
  stix += "]}";
  ioc += "</Indicator></criteria></OpenIOC>";
  for (const auto& text : {csv, list, misp, stix, ioc}) {
    CAPTURE(text.substr(0, 40));
    const Pack pack = parse_pack(text, "p");
    CHECK(pack.indicators.size() == kMany);
    CHECK(pack.notes.empty());
  }
}
