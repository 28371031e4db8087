#include "evtxhound/evtx/xml_event.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>

#include "evtxhound/evtx/event_collector.hpp"
#include "evtxhound/evtx/xml_element.hpp"

namespace evtxhound::evtx {

Result<Event> event_from_xml(std::string xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer_inplace(xml.data(), xml.size(), kXmlParseFlags, pugi::encoding_utf8);
  pugi::xml_node root;
  for (const pugi::xml_node& node : document.children()) {
    if (local_name(node.name()) == "Event") root = node;
  }
  if (!parsed || !root) {
    return Problem{
        ProblemKind::kRecordUnread, std::nullopt,
        parsed ? std::string("no Event element")
               : fmt::format("{} at byte {} of its XML", parsed.description(), parsed.offset)};
  }
  Event event;
  EventCollector<XmlElement>(event).collect(XmlElement(root));
  return event;
}

}  // namespace evtxhound::evtx
