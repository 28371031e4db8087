#include "evtxhound/indicators/matcher.hpp"

#include <thread>

#include "finding.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {

bool same(const Match& match, std::size_t indicator, std::optional<std::size_t> field,
          std::size_t begin, std::size_t end) {
  return match.indicator == indicator && match.field == field && match.begin == begin &&
         match.end == end;
}

}  // namespace

TEST_CASE("matches name indicator, field and place, in order") {
  const std::vector<Pack> packs{
      pack_of({indicator(Kind::kText, "evil"), indicator(Kind::kDomain, "evil.com")})};
  const IndicatorSet set(packs);
  Matcher matcher(set);
  auto event = event_of({{"A", "x"}, {"B", "see www.evil.com, evil"}, {"C", ""}, {"D", "evil"}});
  event.computer = "pc.evil.com";
  const auto& matches = matcher.find(event);
  REQUIRE(matches.size() == 6);
  CHECK(same(matches[0], 1, std::nullopt, 0, 11));
  CHECK(same(matches[1], 0, std::nullopt, 3, 7));
  CHECK(same(matches[2], 1, 1, 4, 16));
  CHECK(same(matches[3], 0, 1, 8, 12));
  CHECK(same(matches[4], 0, 1, 18, 22));
  CHECK(same(matches[5], 0, 3, 0, 4));
}

TEST_CASE("nothing is found across two values") {
  const std::vector<Pack> packs{pack_of({indicator(Kind::kText, "evil")})};
  const IndicatorSet set(packs);
  Matcher matcher(set);
  CHECK(matcher.find(event_of({{"A", "ev"}, {"B", "il"}})).empty());
  CHECK(matcher.find(event_of({{"A", std::string("ev\0il evil\0", 11)}, {"B", "il"}})).size() == 1);
  CHECK(matcher.find(event_of({})).empty());
}

TEST_CASE("an indicator in two packs is found as each of them") {
  const std::vector<Pack> packs{pack_of({indicator(Kind::kText, "evil")}),
                                pack_of({indicator(Kind::kText, "EVIL")})};
  const IndicatorSet set(packs);
  CHECK(set.size() == 2);
  Matcher matcher(set);
  CHECK(matcher.find(event_of({{"A", "evil"}})).size() == 2);
}

TEST_CASE("no packs find nothing") {
  const IndicatorSet set(std::span<const Pack>{});
  Matcher matcher(set);
  CHECK(matcher.find(event_of({{"A", "evil"}})).empty());
}

TEST_CASE("threads share a set, each with its matcher") {
  const std::vector<Pack> packs{builtin_3cx_pack()};
  const IndicatorSet set(packs);
  std::vector<std::size_t> counts(4);
  std::vector<std::thread> threads;
  for (std::size_t& count : counts) {
    threads.emplace_back([&set, &count] {
      Matcher matcher(set);
      for (int i = 0; i < 200; ++i) {
        count += matcher.find(event_of({{"QueryName", "www.officeaddons.com"}})).size();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(counts == std::vector<std::size_t>(4, 200));
}
