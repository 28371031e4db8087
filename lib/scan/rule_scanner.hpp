// Rules on their way through a scan: which records they need, and what events fulfil them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

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
      : program_(&rules.program), set_(&set), evaluator_(rules.program) {}

  // Whether a rule applies to records of such a survey.
  bool applies_to(const evtx::Survey& survey);
  // The same of an event whose channel, provider and event code are known.
  [[nodiscard]] bool applies_to(const evtx::Event& event, casefile::SourceType source) const;

  // The rules that the event fulfils, in their order, each once. `hits` are the indicators that
  // were found in it; HitRow::indicator is an index into the set. Valid until the next call.
  const std::vector<std::uint32_t>& evaluate(const evtx::Event& event, casefile::SourceType source,
                                             const std::vector<casefile::HitRow>& hits);

 private:
  // What was asked before.
  struct Answer {
    SurveyKind kind;
    bool applies = false;
  };
  static constexpr std::size_t kSlots = 256;

  const rules::Program* program_;
  const indicators::IndicatorSet* set_;
  rules::Evaluator evaluator_;
  rules::EventView view_;
  std::vector<rules::IndicatorFound> found_;
  std::array<std::unique_ptr<Answer>, kSlots> answers_;  // by hash_of()
};

}  // namespace evtxhound::scan
