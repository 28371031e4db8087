// A template compiled for JSON: fixed text, and what goes between. See xml_program.hpp; the shape
// is that of render/tree_json.hpp.
//
// A member's text begins with its comma; the first one of an object has the brace instead. Which
// one that is depends on which members before it had values, so the runner keeps the character to
// write: an object's opening sets it to `{`, each member to `,`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/program/literals.hpp"

namespace evtxhound::evtx {

struct JsonOperation {
  enum class Kind : std::uint8_t {
    kText,        // a member that is fixed text, key and value
    kOpen,        // the key of an object that is to be opened
    kClose,       // the end of an object; null in its stead, if nothing was in it
    kMember,      // a key and the value of a slot
    kDataMember,  // likewise of a named Data: an array's items are an array, nothing is `""`
    kUnnamed,  // the unnamed Data of a container: key, and the slots of `count` operations behind
    kUnnamedItem,
    kElement,    // an element with attributes: key, `count` operations for those, then one for text
    kAttribute,  // name and slot; left out if the value is blank
    kAttributeText,  // a fixed attribute, whole
    kContent,        // the element's text: a slot, or fixed text, or nothing
    kNested,         // a slot that holds a template instance, whose element is a member here
    kSkip,           // goes on at `target` if the value is null
  };
  Kind kind = Kind::kText;
  bool has_slot = false;  // kContent
  bool dependent =
      false;  // kMember, kDataMember, kUnnamedItem: nothing at all, if the value is null
  std::uint16_t slot = 0;
  std::uint32_t count = 0;
  std::uint32_t target = 0;  // an index into the operations
  Piece text;                // before the value; a key comes with comma and colon
};

struct JsonProgram {
  Literals literals;
  std::vector<JsonOperation> operations;
  std::size_t slot_count = 0;         // that the operations name
  std::string root_name;              // of the only root
  std::vector<std::string> siblings;  // of a kNested: the keys that stand beside it
};

// Compiles a definition's tree; absent as compile_xml() has it, and where keys could repeat.
std::optional<JsonProgram> compile_json(const Tree& tree);

}  // namespace evtxhound::evtx
