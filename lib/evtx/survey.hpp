// What a record's frame, template and descriptors say of it: which event it is, and of which types
// its values are. A fiftieth of what reading it as an event costs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "evtxhound/base/time.hpp"
#include "evtxhound/evtx/type_set.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

// What a survey comes to.
enum class Surveyed : std::uint8_t {
  kClear,       // it tells what the record says
  kUnclear,     // it does not: the record has to be read as an event
  kUnreadable,  // the record's template is gone, so that it cannot be read as an event either
};

// Views of the chunk, and of definitions that live as long as their reader has it open.
struct Survey {
  static constexpr std::size_t kMostDefinitions = 4;

  // The same as of the event, if its texts are made of UTF-16.
  std::optional<std::uint32_t> event_code;
  Value provider;  // a string or null
  Value channel;   // likewise
  Filetime time_created = 0;

  // Of the values that indicators are looked for in, those of templates within values too.
  TypeSet types;
  // Where its content ends, behind the last value, from the chunk's start.
  std::size_t end = 0;
  // Where the definitions are that it is made from, from the chunk's start.
  std::array<std::uint32_t, kMostDefinitions> definitions{};
  std::size_t definition_count = 0;
};

// A part of a chunk, from its start.
struct Area {
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace evtxhound::evtx
