// BinXML bytes -> nodes.
//
// Source: MS-EVEN6 2.2.12, libevtx's format documentation "Binary XML".
#pragma once

#include <cstddef>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/defect.hpp"
#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/binxml/tree.hpp"

namespace evtxhound::evtx {

// Where BinXML stands. Names are offsets from the chunk's start, so the chunk is always at hand.
struct Fragment {
  Bytes chunk;
  std::size_t begin = 0;
  std::size_t end = 0;  // at most chunk.size()
};

// Parses elements and template instances into `tree`, and sets its root to the first of them. What
// follows an end token, or stands beside elements at the top, is left out.
//
// Elements carry a dependency identifier inside template definitions and nowhere else, but some
// forwarded and NetApp logs leave it out even there; so where the bytes do not parse the one way
// (`in_definition` says which comes first), they are taken the other way.
//
// Fails where neither works; `tree` then holds nodes that nobody should use.
Outcome parse_fragment(const Fragment& fragment, bool in_definition, NodeBudget& budget,
                       Tree& tree);

// A place where a definition's bytes depend on where in a chunk it stands: the offset of a name.
struct NameReference {
  std::size_t at = 0;      // of the u32 that holds the offset
  bool is_inline = false;  // the name's entry follows it
};

// The names that the bytes refer to, in their order, found while parsing them. Fails like
// parse_fragment(). Also says whether the bytes hold template instances or BinXML values.
struct References {
  std::vector<NameReference> names;
  bool nests = false;
};
Outcome parse_definition_body(const Fragment& fragment, NodeBudget& budget, Tree& tree,
                              References& references);

}  // namespace evtxhound::evtx
