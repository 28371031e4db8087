// A template compiled for XML: fixed text, and what goes between.
//
// A record is one pass over the operations: copy text, write the value of a slot, go on. There is
// no tree and nothing is looked up. The text around a value is merged as far as it can be: the end
// tag of one element and the start tag of the next are one piece.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/program/literals.hpp"

namespace evtxhound::evtx {

struct XmlOperation {
  enum class Kind : std::uint8_t {
    kText,       // no value: the program's end
    kContent,    // a value in an element, escaped as text, or the elements that it holds
    kAttribute,  // a value in an attribute: with it goes the attribute, if the value is blank
    kSkip,       // goes on at `target` if the value is null
  };
  Kind kind = Kind::kText;
  // kContent: the element goes, if the value is null. Its end tag is then `tail`; else that is the
  // beginning of the next operation's text, and here for the end between an array's items.
  bool dependent = false;
  // kContent: the value is all that the element holds, so that an array repeats it. The start tag
  // is then what of `text` lies behind `always`.
  bool repeats = false;
  std::uint16_t slot = 0;
  std::uint32_t always = 0;  // how much of `text` is written whatever the value is
  std::uint32_t target = 0;  // an index into the operations
  Piece text;                // before the value
  Piece tail;
};

struct XmlProgram {
  Literals literals;
  std::vector<XmlOperation> operations;
  std::size_t slot_count = 0;  // that the operations name
};

// Compiles a definition's tree. Absent where it has a shape that programs do not do: a value used
// twice, values in an attribute beside others, templates in templates, and what is far too large.
std::optional<XmlProgram> compile_xml(const Tree& tree);

}  // namespace evtxhound::evtx
