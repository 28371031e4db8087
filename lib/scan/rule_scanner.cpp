#include "evtxhound/scan/rule_scanner.hpp"

namespace evtxhound::scan {

bool RuleScanner::applies_to(const evtx::Survey& survey) {
  std::unique_ptr<Answer>& known = answers_[hash_of(survey) % kSlots];
  if (known == nullptr || !known->kind.is_of(survey)) {
    const SurveyKind kind(survey);
    known = std::make_unique<Answer>(Answer{
        kind,
        program_->applies_to("evtx", kind.channel_text(), kind.provider_text(), kind.event_code)});
  }
  return known->applies;
}

bool RuleScanner::applies_to(const evtx::Event& event, casefile::SourceType source) const {
  return program_->applies_to(to_string(source), event.channel, event.provider, event.event_code);
}

const std::vector<std::uint32_t>& RuleScanner::evaluate(const evtx::Event& event,
                                                        casefile::SourceType source,
                                                        const std::vector<casefile::HitRow>& hits) {
  found_.clear();
  for (const casefile::HitRow& hit : hits) {
    found_.push_back({hit.field, set_->indicator(static_cast<std::size_t>(hit.indicator)).kind});
  }
  return evaluator_.evaluate(view_.view(event, to_string(source), found_));
}

}  // namespace evtxhound::scan
