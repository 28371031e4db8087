// Events that tell of what was done to logs: which they are, and what they say.
#pragma once

#include <cstdint>
#include <optional>

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/scan/finding.hpp"

namespace evtxhound::scan {

// Whether an event of this kind is a finding.
bool is_notable_event(const evtx::Survey& survey);

// What the event is a sign of; absent where of nothing. The finding's offset is the event's
// byte_offset.
std::optional<Finding> finding_of(const evtx::Event& event);

}  // namespace evtxhound::scan
