// Rules on their way through a scan: which records they need, and what events fulfil them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/rules/compiled_rules.hpp"
#include "evtxhound/rules/evaluator.hpp"
#include "evtxhound/rules/event_view.hpp"
#include "evtxhound/scan/survey_kind.hpp"

namespace evtxhound::scan {

// One per thread. REQUIRES: rules and indicators outlive it.
class RuleScanner {
 public:
  RuleScanner(const rules::CompiledRules& rules, const indicators::IndicatorSet& set)
      : rules_(&rules), set_(&set), evaluator_(rules.program) {}

  // Whether a record of such a survey has to be read for the sake of rules, whatever a look finds
  // in it.
  bool must_read(const evtx::Survey& survey);
  // The same of an event whose channel, provider and event code are known.
  [[nodiscard]] bool must_read(const evtx::Event& event, casefile::SourceType source) const;

  // What an event amounts to.
  struct Fulfilled {
    std::vector<std::uint32_t> rules;            // those that give detections, in order, each once
    std::vector<rules::Occurrence> occurrences;  // of those that correlations ask for

    [[nodiscard]] bool empty() const { return rules.empty() && occurrences.empty(); }
  };

  // `hits` are the indicators that were found in the event; HitRow::indicator is an index into the
  // set. Rules that could not be decided are appended to `problems`, at the event's offset.
  Fulfilled evaluate(const evtx::Event& event, casefile::SourceType source,
                     const std::vector<casefile::HitRow>& hits, std::vector<Problem>& problems);

 private:
  // What was asked before.
  struct Answer {
    SurveyKind kind;
    bool must_read = false;
  };
  static constexpr std::size_t kSlots = 256;

  [[nodiscard]] bool must_read(std::optional<std::uint32_t> event_class) const;
  [[nodiscard]] rules::Occurrence occurrence(std::uint32_t rule, const evtx::Event& event,
                                             const rules::RuleEvent& view) const;

  const rules::CompiledRules* rules_;
  const indicators::IndicatorSet* set_;
  rules::Evaluator evaluator_;
  rules::EventView view_;
  std::vector<rules::IndicatorFound> found_;
  std::array<std::unique_ptr<Answer>, kSlots> answers_;  // by hash_of()
};

}  // namespace evtxhound::scan
