// What the rules' tests share: one indicator against one value or event.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/indicators/confirm.hpp"
#include "evtxhound/indicators/matcher.hpp"

namespace evtxhound::indicators::testing {

inline Indicator indicator(Kind kind, std::string value, std::string product = "") {
  Indicator made;
  made.kind = kind;
  made.value = std::move(value);
  made.product = std::move(product);
  return made;
}

inline Pack pack_of(std::vector<Indicator> indicators) {
  Pack pack;
  pack.name = "test.csv";
  pack.indicators = std::move(indicators);
  return pack;
}

inline evtx::Event event_of(std::vector<evtx::Field> data) {
  evtx::Event event;
  event.data = std::move(data);
  return event;
}

// The matched texts of one indicator in an event.
inline std::vector<std::string> found_in(const Indicator& wanted, const evtx::Event& event) {
  const std::vector<Pack> packs{pack_of({wanted})};
  const IndicatorSet set(packs);
  Matcher matcher(set);
  std::vector<std::string> texts;
  for (const Match& match : matcher.find(event)) {
    texts.emplace_back(value_of(event, match.field).substr(match.begin, match.end - match.begin));
  }
  return texts;
}

inline std::vector<std::string> found_in(const Indicator& wanted, std::string value) {
  return found_in(wanted, event_of({{"Field", std::move(value)}}));
}

// A value and the text that is the hit in it; none for a near miss.
struct Row {
  std::string value;
  std::optional<std::string> hit;
};

inline void check_rows(const Indicator& wanted, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(wanted.value, row.value);
    std::vector<std::string> expected;
    if (row.hit) expected.push_back(*row.hit);
    CHECK(found_in(wanted, row.value) == expected);
  }
}

}  // namespace evtxhound::indicators::testing
