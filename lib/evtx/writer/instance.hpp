// Templates and their instances: what a record's BinXML is written from.
//
// A record holds no XML of its own. It names a template (the XML with numbered holes, stored once
// in a chunk) and gives the values for the holes. The payload of an event is one of these values:
// BinXML again, with a template and values of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/writer/value.hpp"

namespace evtxhound::evtx::writer {

// A hole in a template: the value's number, the type it will have, and whether what holds it
// (attribute or text) is left out where the value is null.
struct Substitution {
  std::uint16_t index = 0;
  ValueType type = ValueType::kString;
  bool optional = false;
};

struct Attribute {
  std::string name;  // UTF-8, as all texts here
  std::variant<std::string, Substitution> value;
};

struct Node;

// An element of a template. With a dependency (a value's number), the whole element is left out
// where that value is null.
struct Element {
  std::string name;
  std::uint16_t dependency = kNoDependency;
  std::vector<Attribute> attributes;
  std::vector<Node> content;  // without any, the element is written as empty, `<X/>`
  bool always_open = false;   // without content `<X></X>`, as Windows writes an empty EventData
};

// What stands between a start and an end tag.
struct Node {
  std::variant<std::string, Substitution, Element> item;
};

// A template: its one element and the GUID it goes by. The GUID is derived from the content, so
// equal templates are one template, and the same spec gives the same bytes.
class Template {
 public:
  explicit Template(Element root);

  [[nodiscard]] const Element& root() const { return root_; }
  [[nodiscard]] const Guid& guid() const { return guid_; }

 private:
  Element root_;
  Guid guid_;
};

// A template and the values for its substitutions, in the order of their numbers.
struct Instance {
  std::shared_ptr<const Template> definition;
  std::vector<Value> values;
};

}  // namespace evtxhound::evtx::writer
