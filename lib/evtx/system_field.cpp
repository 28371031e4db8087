#include "evtxhound/evtx/system_field.hpp"

#include "evtxhound/evtx/event_collector.hpp"

namespace evtxhound::evtx {

void set_system_field(SystemField field, std::string_view text, Event& event) {
  switch (field) {
    case SystemField::kProvider:
      event.provider = text;
      break;
    case SystemField::kEventId:
      event.event_code = parse_number(text);
      break;
    case SystemField::kVersion:
      event.version = parse_number(text);
      break;
    case SystemField::kLevel:
      event.level = parse_number(text);
      break;
    case SystemField::kTask:
      event.task = parse_number(text);
      break;
    case SystemField::kOpcode:
      event.opcode = parse_number(text);
      break;
    case SystemField::kKeywords:
      event.keywords = text;
      break;
    case SystemField::kTimeCreated:
      if (const auto created = parse_iso8601(text)) event.time_created = to_iso8601(*created);
      break;
    case SystemField::kActivityId:
      event.activity_id = text;
      break;
    case SystemField::kProcessId:
      event.process_id = parse_number(text);
      break;
    case SystemField::kThreadId:
      event.thread_id = parse_number(text);
      break;
    case SystemField::kChannel:
      event.channel = text;
      break;
    case SystemField::kComputer:
      event.computer = text;
      break;
    case SystemField::kUserId:
      event.user_sid = text;
      break;
  }
}

}  // namespace evtxhound::evtx
