#include "evtxhound/evtx/xml_event.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/event_collector.hpp"

namespace evtxhound::evtx {
namespace {

// Values are evidence: line ends and the white space of attributes are not touched, and a value
// of nothing but white space stays a value.
constexpr unsigned kParseFlags =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;

// An element for EventCollector. The reader bounds how deep they nest: EVTX elements a few levels,
// and pugixml has taken the document already.
class XmlElement {
 public:
  explicit XmlElement(pugi::xml_node node) : node_(node) {}

  [[nodiscard]] std::string_view name() const { return node_.name(); }

  template <class Take>
  void for_each_attribute(Take take) const {
    for (const pugi::xml_attribute& attribute : node_.attributes()) {
      take(std::string_view(attribute.name()), valid_utf8(attribute.value()));
    }
  }

  template <class TakeElement, class TakeText>
  void for_each_child(TakeElement take_element, TakeText take_text) const {
    for (const pugi::xml_node& child : node_.children()) {
      if (child.type() == pugi::node_element) {
        take_element(XmlElement(child));
      } else {
        take_text(valid_utf8(child.value()));
      }
    }
  }

 private:
  pugi::xml_node node_;
};

}  // namespace

Result<Event> event_from_xml(std::string xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer_inplace(xml.data(), xml.size(), kParseFlags, pugi::encoding_utf8);
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
