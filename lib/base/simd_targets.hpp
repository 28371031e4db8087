// Which processors SIMD code is compiled for. To be included before anything of Highway's.
//
// Each target multiplies the time to compile, so those between are left out: what has SSSE3 but not
// SSE4.1, or AVX-512 without VBMI2, is rare.
#pragma once

#define HWY_WANT_AVX3_DL
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3)
