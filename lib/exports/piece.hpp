// An export in pieces: where its events are, and what lies between them.
#pragma once

#include <cstddef>
#include <string_view>

namespace evtxhound::exports {

// An event may take so many code units of the file. Windows' own end at 64 KiB, CrowdStrike's at
// some more.
inline constexpr std::size_t kMostEventSize = std::size_t{16} << 20U;

// An element or object may lie in so many others.
inline constexpr std::size_t kDeepest = 64;

// What stands at a place of an export.
struct Piece {
  enum class Kind {
    kEvent,   // one event
    kFrame,   // white space, a declaration, the tags of the root, the commas of an array
    kDamage,  // none of these
    kCut,     // the same, since the text ends within it
    kMore     // not known without what follows the text
  };
  Kind kind = Kind::kMore;
  std::size_t end = 0;  // behind it, from the text's start
  // kEvent: whether each of its values stands in it in one piece, as it is and in ASCII, so that
  // what is in no part of its text is in none of its values.
  bool plain = false;
  const char* why = "";  // kDamage and kCut
};

// Finds the pieces of a text one after the other. Every code unit belongs to one. The text has one
// byte for each code unit: UTF-8 itself, or ascii_of_utf16().
class Splitter {
 public:
  virtual ~Splitter() = default;

  // Takes a text, which must stay valid. `complete`: nothing follows it.
  virtual void open(std::string_view text, bool complete) = 0;

  // What stands at `at`. Never kMore where the text is complete, or twice kMostEventSize follow.
  // REQUIRES: at < text.size()
  virtual Piece next(std::size_t at) = 0;
};

}  // namespace evtxhound::exports
