// Evaluates the rules of a Program on events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "evtxhound/rules/program.hpp"
#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

// One per thread: it holds the memory of an evaluation, and takes no more of it once it has seen
// the largest event.
class Evaluator {
 public:
  // REQUIRES: the program outlives it
  explicit Evaluator(const Program& program);
  ~Evaluator();
  Evaluator(Evaluator&& other) noexcept;
  Evaluator& operator=(Evaluator&& other) noexcept;

  // The rules that the event fulfils, as indices into what was compiled, in order and each once.
  // Valid until the next call. REQUIRES: the event's texts are valid UTF-8, together below 4 GiB
  //
  // An atom is true if a value of its field fulfils it; where the event has no such field, it is
  // false, but for kNull, which is true where no value of the field is anything but empty. Keywords
  // look at all values of the event: its data, channel, provider and the other System fields that
  // it has as text.
  const std::vector<std::uint32_t>& evaluate(const RuleEvent& event);

  // The rules of the last event that asked for an expression which had to be stopped (hostile text,
  // see match::RegexTest): it counted as not matching, which may be wrong. In order, each once.
  [[nodiscard]] const std::vector<std::uint32_t>& undecided() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evtxhound::rules
