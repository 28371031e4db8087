// Where bytes look like the beginning of a chunk or a record: the one thing that carving does with
// every byte, and so the one that decides its speed.
#pragma once

#include <cstddef>
#include <vector>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evtx {

// So many bytes a signature takes at most, and so many are looked at from where it begins.
inline constexpr std::size_t kLongestSignature = 8;

// Appends each offset below `end` at which a chunk's or a record's signature stands, in order. A
// signature that goes over the end of `bytes` is none. Takes place for as many as there are.
// REQUIRES: end <= bytes.size(), bytes.size() < 2^32. Thread-safe.
void find_signatures(Bytes bytes, std::size_t end, std::vector<std::uint32_t>& found);

}  // namespace evtxhound::evtx
