// A resolved tree -> one JSON object on one line, in the shape that users of evtx_dump know:
//
//   {"Event":{"#attributes":{"xmlns":"…"},"System":{…},"EventData":{"SubjectUserSid":"S-1-5-18"}}}
//
// - An element is a member of the one around it. Its value is its text; an object, where it has
//   attributes (`#attributes`) or elements, its text then under `#text`; null, where it has
//   nothing.
// - Integers and bools are JSON literals, everything else is a string.
// - In EventData and UserData, `<Data Name="X">` is the member X; consecutive ones of one name are
// one
//   member, an array. Unnamed ones are the member `Data`, as {"#text": value or array of values}.
// - A key that is taken gets `_1`, `_2` and so on.
#pragma once

#include "evtxhound/evtx/binxml/defect.hpp"
#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {

// Appends the tree. Fails where the text of the record, which begins at `start` of `out`, passes
// kMaxRecordText.
Outcome append_json(const Tree& tree, ValueWriter& writer, std::size_t start, TextBuffer& out);

// Appends the text of a list of content nodes as a JSON value, or `nothing` where it is blank.
void append_json_text(const Tree& tree, NodeIndex content, std::string_view nothing,
                      ValueWriter& writer, TextBuffer& out);

// Whether an element's `Data` children are members by their names.
bool is_data_container(std::string_view element);

}  // namespace evtxhound::evtx
