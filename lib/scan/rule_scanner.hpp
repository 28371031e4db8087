// Rules on their way through a scan: which records they need, and what events fulfil them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/rules/compiled_rules.hpp"
#include "evtxhound/rules/evaluator.hpp"
#include "evtxhound/rules/event_view.hpp"
#include "evtxhound/scan/survey_kind.hpp"

namespace evtxhound::scan {

// One per thread. REQUIRES: rules and indicators outlive it.
class RuleScanner {
 public:
  RuleScanner(const rules::CompiledRules& rules, const indicators::IndicatorSet& set);

  // Whether all that can fulfil a rule is found by look() and by looking for the set's indicators;
  // else whatever a rule applies to has to be read.
  [[nodiscard]] bool looks() const { return looker_.has_value(); }
  // Like Matcher::look(). What it cannot see, look_blind_spots() says. REQUIRES: looks()
  void look(const match::StrippedText& block,
            const std::function<void(std::size_t end)>& on_candidate) {
    looker_->look(block, on_candidate);
  }
  [[nodiscard]] const indicators::BlindSpots& look_blind_spots() const {
    return look_->blind_spots();
  }

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
  const indicators::IndicatorSet* look_;
  std::optional<indicators::Matcher> looker_;
  const indicators::IndicatorSet* set_;
  rules::Evaluator evaluator_;
  rules::EventView view_;
  std::vector<rules::IndicatorFound> found_;
  std::array<std::unique_ptr<Answer>, kSlots> answers_;  // by hash_of()
};

}  // namespace evtxhound::scan
