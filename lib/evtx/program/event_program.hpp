// A template compiled for events: which values are which fields. What EventCollector makes of a
// tree, without the tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/system_field.hpp"

namespace evtxhound::evtx {

struct EventOperation {
  enum class Kind : std::uint8_t {
    kSystem,  // a field of the System element
    kData,    // a data field
    kPart,    // a slot with a template instance whose element is a part of Event, or nothing
    kInner,   // a slot with one whose element is a data field, or nothing
    kSkip,    // goes on at `target` if the value is null
  };
  Kind kind = Kind::kData;
  SystemField system = SystemField::kProvider;
  bool has_slot = false;      // else the value is the fixed `text`
  bool unless_empty = false;  // kData: no field where there is no text, as with attributes
  bool repeats = false;       // kData: an array's items are one field each
  std::uint16_t slot = 0;
  std::uint32_t target = 0;  // an index into the operations
  std::string name;          // kData
  std::string text;
};

// One way to take a template's only element.
struct EventFields {
  std::vector<EventOperation> operations;
  // Slots of which no field is made, but which make several elements where they hold an array, or
  // others where they hold BinXML.
  std::vector<std::uint16_t> others;
  std::optional<std::uint16_t> depends_on;  // the slot without whose value there is no element
};

struct EventProgram {
  // Where the element is Event, its fields; where it is another, those that it has as a part of
  // Event, such as EventData.
  bool is_event = false;
  std::optional<EventFields> root;
  // Those that it has within a part, such as UserData.
  std::optional<EventFields> inner;
  std::size_t slot_count = 0;  // that are referred to
};

// Compiles a definition's tree. Absent where fields cannot be told without a tree: names that are
// values, text among elements, templates in templates, a slot used twice.
std::optional<EventProgram> compile_event(const Tree& tree);

}  // namespace evtxhound::evtx
