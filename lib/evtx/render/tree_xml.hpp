// A resolved tree -> XML text on one line, as Windows writes it: no declaration, attributes in
// single quotes, no white space of its own; `<X/>` where the template closed the element empty and
// `<X></X>` where its content is. Attributes without text are left out.
#pragma once

#include "evtxhound/evtx/binxml/defect.hpp"
#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {

// Appends all roots of the tree. Fails where the text of the record, which begins at `start` of
// `out`, passes kMaxRecordText.
Outcome append_xml(const Tree& tree, ValueWriter& writer, std::size_t start, TextBuffer& out);

// Appends one piece of content that is no element: text, a reference, a CDATA section, or a
// processing instruction by its target (its data is part of that).
void append_xml_piece(const Tree& tree, const Node& node, Escape escape, ValueWriter& writer,
                      TextBuffer& out);

}  // namespace evtxhound::evtx
