// A whole chunk, as it would lie in a log: the header, its records and all they refer to. Shorter
// input is a chunk that was cut.

#include "evtxhound/evtx/format.hpp"
#include "tests/support/hostile_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evtxhound;
  if (size > evtx::kChunkSize) return 0;
  evtx::TemplateCache templates;
  test::read_hostile(templates, Bytes(data, size));
  return 0;
}
