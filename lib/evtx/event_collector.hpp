// An `<Event>` element -> an event, whatever the element is a node of.
//
// Every text below EventData, UserData and whatever else stands beside System becomes a data field:
// `<Data Name="X">` under the name X, other elements under their own name, attributes as
// `Element.Attribute`, the texts of a forwarded event's rendering as `RenderingInfo.Message` and so
// on. Line ends and white space inside values stay as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/evtx/element_name.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/system_field.hpp"

namespace evtxhound::evtx {

// A decimal or 0x-number that is the whole of a text but for white space around it.
std::optional<std::uint32_t> parse_number(std::string_view text);

// `Element` is a cheap handle of an element, with
//   std::string_view name() const                    with its prefix
//   void for_each_attribute(f) const                 f(std::string_view name, std::string text)
//   void for_each_child(on_element, on_text) const   on_element(Element), on_text(std::string)
// All texts are valid UTF-8.
template <class Element>
class EventCollector {
 public:
  explicit EventCollector(Event& event) : event_(&event) {}

  void collect(const Element& root) {
    root.for_each_child(
        [this](const Element& part) {
          const std::string_view name = local_name(part.name());
          if (name == "System") {
            part.for_each_child([this](const Element& field) { system_field(field); },
                                [](const std::string&) {});
          } else {
            container(part, name == "RenderingInfo" ? "RenderingInfo." : "");
          }
        },
        [](const std::string&) {});
  }

 private:
  static std::string text_of(const Element& element) {
    std::string text;
    element.for_each_child([](const Element&) {},
                           [&text](const std::string& piece) { text += piece; });
    return text;
  }

  static std::string attribute_of(const Element& element, std::string_view wanted) {
    std::string value;
    element.for_each_attribute([&](std::string_view name, std::string text) {
      if (name == wanted) value = std::move(text);
    });
    return value;
  }

  void system_field(const Element& field) {
    const std::string_view name = local_name(field.name());
    for (const SystemPlace& place : kSystemPlaces) {
      if (place.element != name) continue;
      set_system_field(
          place.field,
          place.attribute.empty() ? text_of(field) : attribute_of(field, place.attribute), *event_);
    }
  }

  // An element such as EventData, whose own name says nothing.
  void container(const Element& element, const std::string& prefix) {
    const std::string name(local_name(element.name()));
    element.for_each_attribute([&](std::string_view attribute, std::string text) {
      if (!is_namespace(attribute)) add(name + "." + std::string(attribute), std::move(text));
    });
    element.for_each_child([&](const Element& child) { data_field(child, prefix); },
                           [&](std::string text) {
                             if (!trim(text).empty()) add(name, std::move(text));
                           });
  }

  // Recursion is bounded by what made the elements.
  void data_field(const Element& element, const std::string& prefix) {
    const std::string name = prefix + std::string(local_name(element.name()));
    std::string given;
    element.for_each_attribute([&](std::string_view attribute, std::string text) {
      if (names_its_value(element.name(), attribute) && !text.empty()) {
        given = std::move(text);
      } else if (!is_namespace(attribute)) {
        add(name + "." + std::string(local_name(attribute)), std::move(text));
      }
    });
    bool has_elements = false;
    std::string text;
    element.for_each_child(
        [&](const Element& child) {
          has_elements = true;
          data_field(child, prefix);
        },
        [&](const std::string& piece) { text += piece; });
    if (has_elements && trim(text).empty()) return;
    add(given.empty() ? name : prefix + given, std::move(text));
  }

  void add(std::string name, std::string value) {
    event_->data.push_back({std::move(name), std::move(value)});
  }

  Event* event_;
};

}  // namespace evtxhound::evtx
