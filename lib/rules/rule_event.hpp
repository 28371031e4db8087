// An event as rules see it: names and values, wherever they come from. Nothing is copied.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::rules {

// A field and its text, both valid UTF-8. `name` is the record's own name of it, not Sigma's.
struct FieldView {
  std::string_view name;
  std::string_view value;
};

// An indicator that was found in the event.
struct IndicatorFound {
  std::string_view field;  // the record's own name of it
  indicators::Kind kind;
};

// What one event offers to rules. Views: all that they point to must outlive the evaluation.
struct RuleEvent {
  // "evtx", "xml" or "crowdstrike", as in the case file's event.source_type.
  std::string_view source_type;
  std::string_view channel;   // of System; for CrowdStrike empty
  std::string_view provider;  // of System; for CrowdStrike the event_simpleName
  std::optional<std::uint32_t> event_code;
  std::string_view time_created;      // ISO 8601 UTC
  std::span<const FieldView> system;  // the other System fields: "Computer", "Level", "UserID" …
  std::span<const FieldView> data;    // in the record's order; names can repeat
  std::span<const IndicatorFound> found;
};

}  // namespace evtxhound::rules
