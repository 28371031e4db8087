// Confirmation of a version: it counts only with its product.
//
// Version numbers are no names: 18.12.416 of one program is nothing to another. The product is
// looked for where an event says whose version it is:
//   1. a version field names its subject by fields beside it (FileVersion: Product, Description,
//      OriginalFileName, the file name of ImageLoaded or else of Image), see kVersionFields;
//   2. an unnamed Data value that is only a version belongs to the Data value just before it, as in
//      MsiInstaller 1033 (product, version) and Application Error 1000 (program, version, …,
//      module, version);
//   3. anywhere, the product stands just before the version in the same value, with nothing but
//      punctuation and words such as "version" between (`3cxdesktopapp-18.12.416.msi`).
// A parent's fields never name the subject.
#pragma once

#include <cstddef>
#include <optional>

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// The version at `found` in the value of data field `field` (absent: the System field Computer).
std::optional<Range> confirm_version(const Needle& needle, const evtx::Event& event,
                                     std::optional<std::size_t> field, Range found);

}  // namespace evtxhound::indicators
