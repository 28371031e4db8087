#include "evtxhound/evtx/xml_event.hpp"

#include <fmt/format.h>

#include <charconv>
#include <pugixml.hpp>
#include <string_view>

#include "evtxhound/base/text.hpp"

namespace evtxhound::evtx {
namespace {

// Values are evidence: line ends and the white space of attributes are not touched, and a value
// of nothing but white space stays a value.
constexpr unsigned kParseFlags =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;

std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node& node : parent.children()) {
    if (local_name(node.name()) == name) return node;
  }
  return {};
}

std::string text_of(const pugi::xml_node& node) { return valid_utf8(node.text().get()); }

std::optional<std::uint32_t> number(std::string_view text) {
  text = trim(text);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void read_system(const pugi::xml_node& system, Event& event) {
  const pugi::xml_node execution = child(system, "Execution");
  event.provider = valid_utf8(child(system, "Provider").attribute("Name").value());
  event.event_code = number(child(system, "EventID").text().get());
  event.version = number(child(system, "Version").text().get());
  event.level = number(child(system, "Level").text().get());
  event.task = number(child(system, "Task").text().get());
  event.opcode = number(child(system, "Opcode").text().get());
  event.keywords = text_of(child(system, "Keywords"));
  event.activity_id = valid_utf8(child(system, "Correlation").attribute("ActivityID").value());
  event.process_id = number(execution.attribute("ProcessID").value());
  event.thread_id = number(execution.attribute("ThreadID").value());
  event.channel = text_of(child(system, "Channel"));
  event.computer = text_of(child(system, "Computer"));
  event.user_sid = valid_utf8(child(system, "Security").attribute("UserID").value());
  const auto created = parse_iso8601(child(system, "TimeCreated").attribute("SystemTime").value());
  if (created) event.time_created = to_iso8601(*created);
}

bool is_namespace(std::string_view attribute) { return attribute.starts_with("xmlns"); }

// Collects the data fields below an element. Recursion is bounded by the reader: EVTX elements
// nest a few levels, and pugixml has taken the document already.
class Collector {
 public:
  explicit Collector(Event& event) : event_(&event) {}

  void collect(const pugi::xml_node& node, const std::string& prefix) {
    const std::string element = prefix + std::string(local_name(node.name()));
    const std::string_view given = node.attribute("Name").value();
    const bool names_its_value = !given.empty() && (local_name(node.name()) == "Data" ||
                                                    local_name(node.name()) == "ComplexData");
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      const std::string_view name = attribute.name();
      if (is_namespace(name) || (names_its_value && name == "Name")) continue;
      add(element + "." + std::string(local_name(name)), attribute.value());
    }
    bool has_elements = false;
    std::string text;
    for (const pugi::xml_node& inner : node.children()) {
      if (inner.type() == pugi::node_element) {
        has_elements = true;
        collect(inner, prefix);
      } else {
        text += inner.value();
      }
    }
    if (has_elements && trim(text).empty()) return;
    add(names_its_value ? prefix + std::string(given) : element, text);
  }

  // The children of a container such as EventData, whose own name says nothing.
  void collect_children(const pugi::xml_node& container, const std::string& prefix) {
    for (const pugi::xml_attribute& attribute : container.attributes()) {
      if (is_namespace(attribute.name())) continue;
      add(std::string(local_name(container.name())) + "." + attribute.name(), attribute.value());
    }
    for (const pugi::xml_node& node : container.children()) {
      if (node.type() == pugi::node_element) {
        collect(node, prefix);
      } else if (!trim(node.value()).empty()) {
        add(std::string(local_name(container.name())), node.value());
      }
    }
  }

 private:
  void add(std::string_view name, std::string_view value) {
    event_->data.push_back({valid_utf8(name), valid_utf8(value)});
  }

  Event* event_;
};

}  // namespace

Result<Event> event_from_xml(std::string xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer_inplace(xml.data(), xml.size(), kParseFlags, pugi::encoding_utf8);
  const pugi::xml_node root = child(document, "Event");
  if (!parsed || !root) {
    return Problem{
        ProblemKind::kRecordUnread, std::nullopt,
        parsed ? std::string("no Event element")
               : fmt::format("{} at byte {} of its XML", parsed.description(), parsed.offset)};
  }
  Event event;
  read_system(child(root, "System"), event);
  Collector collector(event);
  for (const pugi::xml_node& node : root.children()) {
    const std::string_view name = local_name(node.name());
    if (node.type() != pugi::node_element || name == "System") continue;
    collector.collect_children(node, name == "RenderingInfo" ? "RenderingInfo." : "");
  }
  return event;
}

}  // namespace evtxhound::evtx
