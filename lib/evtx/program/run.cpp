#include "evtxhound/evtx/render/simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "evtxhound/evtx/program/run.cpp"
#include "hwy/foreach_target.h"

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/program/run.hpp"
#include "evtxhound/evtx/program/run_json-inl.hpp"
#include "evtxhound/evtx/program/run_xml-inl.hpp"

#if HWY_ONCE
namespace evtxhound::evtx {
namespace {

HWY_EXPORT(run_xml_record);
HWY_EXPORT(run_json_record);

}  // namespace

bool run_program(Format format, RunContext& context, std::size_t begin, std::size_t end) {
  if (format == Format::kXml) return HWY_DYNAMIC_DISPATCH(run_xml_record)(context, begin, end);
  return HWY_DYNAMIC_DISPATCH(run_json_record)(context, begin, end);
}

}  // namespace evtxhound::evtx
#endif
