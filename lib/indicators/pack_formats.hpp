// The formats that packs come in, told by what is in a file, never by its name.
// docs/indicator-packs.md says what of each is understood.
#pragma once

#include <string_view>

#include "evtxhound/indicators/pack_builder.hpp"

namespace evtxhound::indicators {

enum class PackFormat { kCsv, kSplunk, kText, kStix, kMisp, kOpenIoc, kUnknownJson, kUnknownXml };

// What the text looks like from its start; a text that is nothing else is a list, one indicator a
// line. Never fails.
PackFormat pack_format(std::string_view text);

// Each reads a pack of its format into the builder. None fails: what is wrong is in the notes.
void read_csv_pack(std::string_view text, PackBuilder& builder);      // pack_csv.cpp
void read_splunk_pack(std::string_view text, PackBuilder& builder);   // pack_splunk.cpp
void read_text_pack(std::string_view text, PackBuilder& builder);     // pack_text.cpp
void read_stix_pack(std::string_view text, PackBuilder& builder);     // pack_stix.cpp
void read_misp_pack(std::string_view text, PackBuilder& builder);     // pack_misp.cpp
void read_openioc_pack(std::string_view text, PackBuilder& builder);  // pack_openioc.cpp

}  // namespace evtxhound::indicators
