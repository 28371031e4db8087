// Whether a file is an export of events, by its first bytes.
#pragma once

#include <optional>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evidence {

enum class ExportFormat {
  kXml,          // the <Event> elements that Windows, wevtutil and Splunk write
  kCrowdstrike,  // the JSON objects of CrowdStrike's Falcon Data Replicator
};

// Tells a text of either format, in UTF-8 or UTF-16, decompressed.
//
// XML: it begins with an Event or Events element, behind a byte order mark, a declaration and
// comments, if any, and has either Windows' namespace or a System element; or one of its lines
// begins with an Event of that namespace (a file whose beginning is torn off, or of another root).
// CrowdStrike: it begins with an object or an array, and has a member `event_simpleName`.
std::optional<ExportFormat> export_format(Bytes head);

}  // namespace evtxhound::evidence
