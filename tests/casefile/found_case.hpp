// The sample case with detections, odd times, and text that a hostile machine could have put into
// its logs.
#pragma once

#include <filesystem>
#include <string>

#include "evtxhound/casefile/event_stream.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"
#include "tests/casefile/sample_case.hpp"

namespace evtxhound::casefile::testing {

// Quotes, line ends, NUL, control characters, a formula, a separator of every format, what turns
// the direction of writing, and half a surrogate pair in UTF-8.
extern const std::string kHostile;
// The same as the case file's readers give it out: what is no UTF-8 is U+FFFD.
extern const std::string kHostileRead;

// The sample with two detections, an event full of hostile text, one without a time, one of
// before 1970, and one whose data is no JSON. Closed.
std::filesystem::path make_found(const TemporaryFolder& folder);

// All that a writer makes of the events of a case file.
std::string exported(const std::filesystem::path& path, EventWriter& writer,
                     const EventFilter& filter);

}  // namespace evtxhound::casefile::testing
