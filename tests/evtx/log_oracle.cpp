#include "log_oracle.hpp"

#include <iostream>
#include <pugixml.hpp>
#include <stdexcept>

#include "tests/support/run.hpp"

namespace evtxhound::test {
namespace {

bool has_child_elements(const pugi::xml_node& element) {
  return !element.find_child([](const pugi::xml_node& n) { return n.type() == pugi::node_element; })
              .empty();
}

void collect_leaves(const pugi::xml_node& element, RenderedEvent& event) {
  for (const pugi::xml_node child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    if (has_child_elements(child)) {
      collect_leaves(child, event);
    } else {
      const pugi::xml_attribute name = child.attribute("Name");
      event.payload.emplace_back(name.empty() ? child.name() : name.value(), child.text().get());
    }
  }
}

RenderedEvent read_event(const pugi::xml_node& root) {
  RenderedEvent event;
  for (const pugi::xml_node element : root.child("System").children()) {
    event.system.emplace_back(element.name(), element.text().get());
    for (const pugi::xml_attribute attribute : element.attributes()) {
      event.system.emplace_back(std::string(element.name()) + "/" + attribute.name(),
                                attribute.value());
    }
  }
  collect_leaves(root.child("EventData"), event);
  collect_leaves(root.child("UserData"), event);
  return event;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  const Ran found = shell("PATH=\"$PATH:$HOME/.cargo/bin\" command -v " + quoted(name));
  if (found.status != 0) {
    std::cout << "SKIPPED: " << name << " is not installed\n";
    return std::nullopt;
  }
  return found.out.substr(0, found.out.find('\n'));
}

std::optional<std::string> find_evtx_dump() {
  const auto found = find_program("evtx_dump");
  if (!found) return std::nullopt;
  if (shell(quoted(*found) + " --version").out.find("0.15.1") != std::string::npos) return found;
  std::cout << "SKIPPED: evtx_dump is not 0.15.1\n";
  return std::nullopt;
}

std::string RenderedEvent::field(const std::string& name) const {
  for (const auto& [key, value] : system) {
    if (key == name) return value;
  }
  return {};
}

std::vector<RenderedEvent> parse_events(const std::string& output) {
  // Texts are compared as they are: no line end changes, white space alone is kept.
  constexpr unsigned kFlags =
      (pugi::parse_default & ~pugi::parse_eol) | pugi::parse_ws_pcdata_single;
  constexpr std::string_view kEnd = "</Event>";
  std::vector<RenderedEvent> events;
  for (std::size_t at = output.find("<Event "); at != std::string::npos;
       at = output.find("<Event ", at)) {
    const std::size_t end = output.find(kEnd, at);
    if (end == std::string::npos) throw std::runtime_error("an event does not end");
    const std::size_t size = end + kEnd.size() - at;
    pugi::xml_document document;
    const auto result = document.load_buffer(output.data() + at, size, kFlags);
    if (!result) throw std::runtime_error(result.description());
    events.push_back(read_event(document.child("Event")));
    at += size;
  }
  return events;
}

}  // namespace evtxhound::test
