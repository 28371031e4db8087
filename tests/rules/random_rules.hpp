// Rules and events made at random of few words, so that they often meet.
#pragma once

#include <random>

#include "tests/rules/build_event.hpp"
#include "tests/rules/build_rule.hpp"

namespace evtxhound::rules {

class RandomRules {
 public:
  explicit RandomRules(std::uint32_t seed) : random_(seed) {}
  Rule rule();
  TestEvent event();

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string text(std::size_t most_words);
  std::vector<Piece> pieces();
  std::string field();
  Atom atom();
  std::uint32_t node(RuleBuilder& builder, std::size_t depth);

  std::mt19937 random_;
};

}  // namespace evtxhound::rules
