// What a template says of all its records at once, for who looks at a record's values without
// making an event of it.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/program/field_table.hpp"
#include "evtxhound/evtx/program/slot.hpp"
#include "evtxhound/evtx/usual_sizes.hpp"

namespace evtxhound::evtx {

// Made from a definition's tree and its fields, and living as long as these. Immutable,
// thread-safe.
struct Outline {
  Outline() = default;
  Outline(const Tree& tree, const FieldTable& fields);

  // Whether it is a whole event: one element, Event.
  bool is_event = false;
  // Whether some text does not stand in one piece in a value of an instance, nor in the definition:
  // put together of several values, of a value and fixed text, of characters and references;
  // rendered from a literal that is no string; or of BinXML that is no value, whose parts can be
  // anywhere.
  bool hides_text = false;
  // Whether the System fields below are all there is to say of them: each stands once, in the one
  // System element, as an event takes them.
  bool is_plain_system = false;
  // Where the System fields are; null where the template has none.
  const FieldPlace* event_id = nullptr;
  const FieldPlace* provider = nullptr;
  const FieldPlace* channel = nullptr;
  const FieldPlace* time_created = nullptr;
  // Whether a slot's value can become text of an event's data fields, or of Computer: what
  // indicators are looked for in.
  [[nodiscard]] bool is_searched(std::size_t slot) const { return searched[slot]; }
  std::bitset<kMaxSlots> searched;
  std::bitset<kMaxSlots> in_attributes;  // slots whose value stands in one

  // What nearly all records' descriptors are: those of the types that the template names, of the
  // size that these have; or null, which is all zeros.
  struct Expected {
    std::uint32_t mask = 0;  // of the bits that count
    std::uint32_t bits = 0;
    [[nodiscard]] bool fits(std::uint32_t descriptor) const {
      return ((descriptor & mask) == bits) | (descriptor == 0);
    }
  };
  std::vector<Expected> expected;  // by slot; anything goes where the template names none
  TypeSet types;                   // of searched slots, where these are as expected
  bool expects_binxml = false;     // of any slot, searched or not
  // Slots that Event, System and these fields depend on, but for those that hold a field's value:
  // where one of them is null, there is no such element.
  std::vector<std::uint16_t> needed;

 private:
  void outline_system(const Tree& tree, const Node& event);
  void add_searched(const Tree& tree, NodeIndex first);
  void expect(const Tree& tree);
};

}  // namespace evtxhound::evtx
