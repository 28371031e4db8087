// The fields of an event's System element: where each stands, and how its text becomes one of
// Event.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "evtxhound/evtx/event.hpp"

namespace evtxhound::evtx {

enum class SystemField : std::uint8_t {
  kProvider,
  kEventId,
  kVersion,
  kLevel,
  kTask,
  kOpcode,
  kKeywords,
  kTimeCreated,
  kActivityId,
  kProcessId,
  kThreadId,
  kChannel,
  kComputer,
  kUserId,
};

struct SystemPlace {
  SystemField field;
  std::string_view element;    // below System, without its prefix
  std::string_view attribute;  // of it; empty where the field is the element's text
};

inline constexpr std::array<SystemPlace, 14> kSystemPlaces = {{
    {SystemField::kProvider, "Provider", "Name"},
    {SystemField::kEventId, "EventID", ""},
    {SystemField::kVersion, "Version", ""},
    {SystemField::kLevel, "Level", ""},
    {SystemField::kTask, "Task", ""},
    {SystemField::kOpcode, "Opcode", ""},
    {SystemField::kKeywords, "Keywords", ""},
    {SystemField::kTimeCreated, "TimeCreated", "SystemTime"},
    {SystemField::kActivityId, "Correlation", "ActivityID"},
    {SystemField::kProcessId, "Execution", "ProcessID"},
    {SystemField::kThreadId, "Execution", "ThreadID"},
    {SystemField::kChannel, "Channel", ""},
    {SystemField::kComputer, "Computer", ""},
    {SystemField::kUserId, "Security", "UserID"},
}};

// Sets the field. A text that is no number or no time, where one should be, leaves the field
// without one; of a time, what was there before.
void set_system_field(SystemField field, std::string_view text, Event& event);

}  // namespace evtxhound::evtx
