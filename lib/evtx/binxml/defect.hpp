// Why something cannot be read, before anybody knows whether that is worth a Problem.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace evtxhound::evtx {

struct Defect {
  std::size_t offset = 0;    // from the chunk's start
  std::string_view message;  // a literal
};

// What functions return that either succeed or say why not.
using Outcome = std::optional<Defect>;

}  // namespace evtxhound::evtx
