// The files that one disk image is split into, found beside its first one.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evidence {

// Paths are absolute.
//
// One place for each segment, in order; empty where the segment is missing (a later one is there).
using Segments = std::vector<std::optional<std::filesystem::path>>;

// Of a raw image: `.001`, `.002` … (also from 0, and of any number of digits), or `.aa`, `.ab` …;
// only the first itself where its name is no such beginning.
Segments raw_segments(const std::filesystem::path& first);

// Of an image of the Expert Witness format: files of the same stem (`.E01`, `.E02` … `.EAA`) that
// are such segments, placed by the segment number in their headers.
Segments ewf_segments(const std::filesystem::path& first);

// The segment number of such a file, or none where `head` does not begin as one.
std::optional<std::uint16_t> ewf_segment_number(Bytes head);

// Whether it is a later segment of a raw image whose first one lies beside it (`x.002` of `x.001`).
bool is_later_raw_segment(const std::filesystem::path& path);

}  // namespace evtxhound::evidence
