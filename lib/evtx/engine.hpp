// Who reads records: the native reader, or libevtx, the independent second opinion.
#pragma once

#include <cstdint>

namespace evtxhound::evtx {

enum class Engine : std::uint8_t { kNative, kLibevtx };

}  // namespace evtxhound::evtx
