// An element of parsed XML as EventCollector takes it.
#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "evtxhound/base/text.hpp"

namespace evtxhound::evtx {

// Values are evidence: line ends and the white space of attributes are not touched, and a value
// of nothing but white space stays a value.
inline constexpr unsigned kXmlParseFlags =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;

// What made the document bounds how deep elements nest. Valid as long as the document.
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

}  // namespace evtxhound::evtx
