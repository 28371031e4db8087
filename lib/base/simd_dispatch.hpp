// EVTXHOUND_DISPATCH(function): that function of the namespace, among those that Highway compiled
// it for, that suits the processor best. To be used where HWY_ONCE holds, in the namespace around
// HWY_NAMESPACE.
#pragma once

#include "evtxhound/base/simd_target.hpp"
#include "hwy/highway.h"

#if HWY_TARGETS & HWY_AVX3_DL
#define EVTXHOUND_TRY_AVX3_DL(function) \
  ::evtxhound::simd_target() >= ::evtxhound::SimdTarget::kAvx3Dl ? &N_AVX3_DL::function:
#else
#define EVTXHOUND_TRY_AVX3_DL(function)
#endif
#if HWY_TARGETS & HWY_AVX2
#define EVTXHOUND_TRY_AVX2(function) \
  ::evtxhound::simd_target() >= ::evtxhound::SimdTarget::kAvx2 ? &N_AVX2::function:
#else
#define EVTXHOUND_TRY_AVX2(function)
#endif
#if HWY_TARGETS & HWY_SSE4
#define EVTXHOUND_TRY_SSE4(function) \
  ::evtxhound::simd_target() >= ::evtxhound::SimdTarget::kSse4 ? &N_SSE4::function:
#else
#define EVTXHOUND_TRY_SSE4(function)
#endif

#define EVTXHOUND_DISPATCH(function)                                                           \
  (EVTXHOUND_TRY_AVX3_DL(function) EVTXHOUND_TRY_AVX2(function) EVTXHOUND_TRY_SSE4(function) & \
   HWY_STATIC_DISPATCH(function))
