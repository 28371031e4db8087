// What Hyperscan's candidates lead to, and what confirming every indicator at every place of every
// value leads to, is the same: no candidate is missed, and none counts twice.
#include <random>
#include <set>
#include <tuple>

#include "finding.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

using Found = std::set<std::tuple<std::size_t, std::optional<std::size_t>, std::size_t>>;

std::vector<Indicator> indicators_of_all_kinds() {
  return {indicator(Kind::kDomain, "evil.com"),
          indicator(Kind::kDomain, "bücher.evil.com"),
          indicator(Kind::kUrl, "https://evil.com/a/"),
          indicator(Kind::kUrl, "evil.com/a/i.ico"),
          indicator(Kind::kUrl, "http://evil.com"),
          indicator(Kind::kMd5, "0123456789abcdef0123456789abcdef"),
          indicator(Kind::kVersion, "1.2", "App|An App"),
          indicator(Kind::kFileName, "i.ico"),
          indicator(Kind::kPath, "\\a\\i.ico"),
          indicator(Kind::kPath, "C:\\a\\"),
          indicator(Kind::kPath, "/a/evil.com"),
          indicator(Kind::kPath, "/ÄÖ/σς"),
          indicator(Kind::kEmail, "x@evil.com"),
          indicator(Kind::kText, "Straße k"),
          indicator(Kind::kText, "aaaa"),
          indicator(Kind::kText, "Ⴀ\u212Aſkıi"),
          indicator(Kind::kPath, "\\a*\\evil.c?m"),
          indicator(Kind::kPath, "\\b*cher\\a\\"),
          indicator(Kind::kFileName, "evil*.com"),
          indicator(Kind::kIp, "10.1.2.3"),
          indicator(Kind::kIp, "10.1.0.0/17"),
          indicator(Kind::kIp, "fe80::a:1"),
          indicator(Kind::kIp, "fe80:a::/32"),
          indicator(Kind::kImphash, "0123456789abcdef0123456789abcdef"),
          indicator(Kind::kRegistryKey, "HKLM\\Software\\evil.com"),
          indicator(Kind::kRegistryKey, "HKCU\\Software\\evil.com"),
          indicator(Kind::kRegistryKey, "HKCR\\evil.com"),
          indicator(Kind::kRegistryKey, "evil.com\\a"),
          indicator(Kind::kRegistryKey, "HKLM\\System\\CurrentControlSet\\Services\\evil.com"),
          indicator(Kind::kSid, "S-1-5-21-1-2-3-4"),
          indicator(Kind::kGuid, "01234567-89ab-cdef-0123-456789abcdef"),
          indicator(Kind::kRegex, "evil.com/a"),
          indicator(Kind::kRegex, "^[ea]v?.*(\\.com|App)$"),
          indicator(Kind::kRegex, "[^aeil]{4}"),
          indicator(Kind::kRegex, "(?i)b.?cher[.]ev")};
}

const std::vector<std::string> kPieces{"evil.com",
                                       "EVIL",
                                       ".com",
                                       "bücher",
                                       "bücher.evil.com",
                                       "BÜCHER",
                                       ".",
                                       "..",
                                       "/",
                                       "\\",
                                       "\\\\",
                                       "//",
                                       ":",
                                       "@",
                                       "-",
                                       "_",
                                       " ",
                                       "\"",
                                       "%2F",
                                       "%252F",
                                       "%61",
                                       "%",
                                       "www",
                                       "a",
                                       "A",
                                       "aa",
                                       "i.ico",
                                       "I.ICO",
                                       "C:",
                                       "c:\\a\\",
                                       "/a/",
                                       "https://",
                                       "0123456789abcdef0123456789abcdef",
                                       "0x",
                                       "f",
                                       "App",
                                       "an app",
                                       "1.2",
                                       "1.2.3",
                                       "v",
                                       "version",
                                       ".exe",
                                       "ÄÖ",
                                       "äö",
                                       "σς",
                                       "ΣΣ",
                                       "/äÖ\\",
                                       "x@",
                                       "Straße k",
                                       "STRAẞE K",
                                       "straße \u212A",
                                       "Ⴀ\u212Aſkıi",
                                       "ⴀ\u212AſKıI",
                                       "ⴀ\u212ASkıI",
                                       "é",
                                       "语",
                                       std::string(1, '\0'),
                                       "\xF0\x90\x90\x80",
                                       ",",
                                       ";",
                                       "UNC\\",
                                       "evil.com/a/i.ico",
                                       "HKCU\\Software\\evil.com",
                                       "10.1.2.3",
                                       "10.1.",
                                       "::ffff:",
                                       "a01:203",
                                       "fe80:",
                                       "fe80::a:1",
                                       "FE80:0:0:0:0:0:000A:0001",
                                       "fe80:a:",
                                       ":1",
                                       "1",
                                       "IMPHASH=",
                                       "HKLM\\Software\\",
                                       "HKCR\\",
                                       "HKU\\S-1-5-21-1-2-3-4",
                                       "\\REGISTRY\\MACHINE",
                                       "\\Software\\Classes\\",
                                       "_Classes\\",
                                       "HKLM\\System\\ControlSet001\\Services\\evil.com",
                                       "S-1-5-21-1-2-3-4",
                                       "{01234567-89AB-cdef-0123-456789abcdef}",
                                       "evil.com\\a",
                                       "$"};

std::string random_text(std::mt19937& random) {
  std::string text;
  const auto pieces = std::uniform_int_distribution<int>(0, 9)(random);
  std::uniform_int_distribution<std::size_t> pick(0, kPieces.size() - 1);
  for (int i = 0; i < pieces; ++i) text += kPieces[pick(random)];
  return text;
}

evtx::Event random_event(std::mt19937& random) {
  const std::vector<std::string> names{"Data", "FileVersion", "Product", "Image", "Other"};
  evtx::Event event;
  event.computer = random_text(random);
  const auto fields = std::uniform_int_distribution<int>(0, 5)(random);
  std::uniform_int_distribution<std::size_t> pick(0, names.size() - 1);
  for (int i = 0; i < fields; ++i) event.data.push_back({names[pick(random)], random_text(random)});
  return event;
}

Found brute_force(const std::vector<Needle>& needles, const evtx::Event& event) {
  Found found;
  for (std::size_t place = 0; place <= event.data.size(); ++place) {
    const auto field = place == 0 ? std::nullopt : std::optional(place - 1);
    const auto value = value_of(event, field);
    for (std::size_t end = 0; end < value.size();) {
      end += code_point_at(value, end).size;
      for (std::size_t i = 0; i < needles.size(); ++i) {
        // A regex without a text is found from every place alike.
        if (needles[i].regex && needles[i].text.empty() && end < value.size()) continue;
        if (const auto range = confirm(needles[i], event, field, end)) {
          found.emplace(i, field, range->begin);
        }
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("the matcher finds what confirming at every place finds") {
  const auto wanted = indicators_of_all_kinds();
  std::vector<Needle> needles;
  for (const auto& each : wanted) needles.push_back(make_needle(each));
  const std::vector<Pack> packs{pack_of(wanted)};
  const IndicatorSet set(packs);
  Matcher matcher(set);

  std::mt19937 random(20230329);
  std::vector<std::size_t> hits(wanted.size());
  for (int round = 0; round < 20'000; ++round) {
    const auto event = random_event(random);
    Found found;
    for (const Match& match : matcher.find(event)) {
      ++hits[match.indicator];
      if (!found.emplace(match.indicator, match.field, match.begin).second) FAIL("found twice");
    }
    const Found expected = brute_force(needles, event);
    if (found != expected) {
      std::string differing;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto of_this = [i](const auto& hit) { return std::get<0>(hit) == i; };
        if (std::count_if(found.begin(), found.end(), of_this) !=
            std::count_if(expected.begin(), expected.end(), of_this)) {
          differing += wanted[i].value + ' ';
        }
      }
      CAPTURE(round, differing, evtx::data_json(event), event.computer);
      FAIL("the two differ");
    }
  }
  // The texts are such that every indicator is found again and again.
  for (std::size_t i = 0; i < hits.size(); ++i) {
    CAPTURE(wanted[i].value, hits[i]);
    CHECK(hits[i] > 0);
  }
}
