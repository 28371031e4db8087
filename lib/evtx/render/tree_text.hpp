// Content of a resolved tree as plain text, unescaped.
#pragma once

#include <string>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {

// The text of one node of content: a value, a CDATA section, the character that a reference stands
// for. Of anything else, nothing.
std::string piece_text(const Node& piece, ValueWriter& writer);

// The text of a list of nodes, without that of elements in it.
std::string content_text(const Tree& tree, NodeIndex content, ValueWriter& writer);

}  // namespace evtxhound::evtx
