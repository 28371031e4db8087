// Raw bytes made by somebody who wants carving to take long: what looks like a chunk or a record at
// as many places as there is room for, each of which asks for as much as it can.
#pragma once

#include <span>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::test {

struct CarveShape {
  std::string_view name;  // a word, for the command line
  std::string_view what;
  Buffer (*make)(std::size_t size);  // this many bytes of it
};

// All of them.
std::span<const CarveShape> carve_shapes();

}  // namespace evtxhound::test
