#include "evtxhound/base/simd_target.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace evtxhound {
namespace {

#if defined(__x86_64__)

struct Registers {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
};

Registers cpuid(unsigned leaf) {
  Registers r;
  __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
  return r;
}

bool has_bits(unsigned bits, unsigned wanted) { return (bits & wanted) == wanted; }

// __builtin_cpu_supports() also asks whether the operating system keeps the wide registers; the
// other features use the same ones. Bits: Intel SDM volume 2A, CPUID.
SimdTarget detect() {
  __builtin_cpu_init();
  const Registers basic = cpuid(1);
  constexpr unsigned kPclmul = 1U << 1U;
  constexpr unsigned kAes = 1U << 25U;
  if (!__builtin_cpu_supports("sse4.2") || !has_bits(basic.ecx, kPclmul | kAes)) {
    return SimdTarget::kBaseline;
  }
  constexpr unsigned kFma = 1U << 12U;
  constexpr unsigned kF16c = 1U << 29U;
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                    __builtin_cpu_supports("bmi2") != 0;
  if (!avx2 || !has_bits(basic.ecx, kFma | kF16c)) return SimdTarget::kSse4;
  const bool avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
      __builtin_cpu_supports("avx512vl") != 0;
  // vbmi, vbmi2, gfni, vaes, vpclmulqdq, vnni, bitalg, vpopcntdq
  constexpr unsigned kDeepLearning =
      1U << 1U | 1U << 6U | 1U << 8U | 1U << 9U | 1U << 10U | 1U << 11U | 1U << 12U | 1U << 14U;
  if (!avx512 || !has_bits(cpuid(7).ecx, kDeepLearning)) return SimdTarget::kAvx2;
  return SimdTarget::kAvx3Dl;
}

#else

SimdTarget detect() { return SimdTarget::kBaseline; }

#endif

// What EVTXHOUND_SIMD allows: for tests, which run every path that the processor has.
SimdTarget highest_wanted() {
  const char* const name = std::getenv("EVTXHOUND_SIMD");
  const std::string_view wanted = name == nullptr ? "" : name;
  if (wanted == "baseline") return SimdTarget::kBaseline;
  if (wanted == "sse4") return SimdTarget::kSse4;
  if (wanted == "avx2") return SimdTarget::kAvx2;
  return SimdTarget::kAvx3Dl;
}

}  // namespace

SimdTarget simd_target() {
  static const SimdTarget target = std::min(detect(), highest_wanted());
  return target;
}

}  // namespace evtxhound
