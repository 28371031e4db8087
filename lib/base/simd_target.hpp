// Which of the SIMD targets that code was compiled for is the best one for this processor.
//
// Highway compiles the code; its own choice at run time lives in a library that, as packaged, takes
// four milliseconds to load, which is most of the time that a small log takes.
#pragma once

#include <cstdint>

namespace evtxhound {

// In the order of preference. What is required of each is what Highway's target of that name may
// use.
enum class SimdTarget : std::uint8_t { kBaseline, kSse4, kAvx2, kAvx3Dl };

// Asks the processor once, and the environment: EVTXHOUND_SIMD=baseline|sse4|avx2 keeps to lesser
// targets. Thread-safe.
SimdTarget simd_target();

}  // namespace evtxhound
