#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {

std::string time_in(const TimeZone& zone, const StoredEvent& event) {
  return event.time ? zone.iso8601(*event.time) : event.time_created;
}

}  // namespace evtxhound::casefile
