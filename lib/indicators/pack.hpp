// Indicator packs: the project's own CSV, Splunk's lookups, plain lists, STIX 2.1, MISP,
// OpenIOC 1.1. Which of them a file is, its content tells. docs/indicator-packs.md has the formats.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::indicators {

// A place in a pack that is wrong or doubtful. What is left out since it is not supported is
// doubtful: the rest of the pack can be used. Lines and columns count from 1; the column is that of
// the first character of the value in its line, in bytes.
struct PackNote {
  enum class Weight { kDoubtful, kWrong };
  Weight weight = Weight::kWrong;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;
};

// A pack as it was read: its good indicators in the pack's order, duplicates left out, and a note
// for each value that was refused, mended or left out.
struct Pack {
  std::string name;    // the file's name without its folder
  std::string path;    // as given; "3cx (built in)" for the pack in the program
  std::string sha256;  // of the file's bytes
  std::vector<Indicator> indicators;
  std::vector<PackNote> notes;

  // Whether any note is `kWrong`.
  [[nodiscard]] bool has_wrong() const;
};

// Reads a pack from text. Never fails: what is wrong is in the notes.
Pack parse_pack(std::string_view text, const std::string& path);

// Reads a pack file. Throws Failure (kUsage) where the file cannot be read.
Pack load_pack(const std::filesystem::path& path);

// The 3CX pack, compiled into the program: what it says, what stands for its path, and it parsed.
std::string_view builtin_3cx_text();
std::string builtin_3cx_path();
Pack builtin_3cx_pack();

// `path:line:column: error: message` (or `warning:`), one line.
std::string format_note(const Pack& pack, const PackNote& note);

}  // namespace evtxhound::indicators
