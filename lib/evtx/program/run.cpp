#include "evtxhound/base/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "evtxhound/evtx/program/run.cpp"
#include "hwy/foreach_target.h"

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/program/run.hpp"
#include "evtxhound/evtx/program/run_json-inl.hpp"
#include "evtxhound/evtx/program/run_xml-inl.hpp"

#if HWY_ONCE
#include "evtxhound/base/simd_dispatch.hpp"

namespace evtxhound::evtx {
bool run_program(Format format, RunContext& context, std::size_t begin, std::size_t end) {
  if (format == Format::kXml) return EVTXHOUND_DISPATCH(run_xml_record)(context, begin, end);
  return EVTXHOUND_DISPATCH(run_json_record)(context, begin, end);
}

}  // namespace evtxhound::evtx
#endif
