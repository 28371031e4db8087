// Any bytes, as a raw image has them: whatever is found lies within them and comes once, whatever
// the windows are, and can be read without harm.

#include "tests/support/carving.hpp"
#include "tests/support/hostile_reader.hpp"

namespace {

using namespace evtxhound;

void promise(bool kept, const char* what) {
  if (!kept) throw test::BrokenPromise(what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  const test::MemorySource source(bytes);
  evtx::TemplateCache templates(true);
  evtx::CarvedReader reader(templates);
  test::Finds whole(&reader);
  test::carve(source, whole);
  test::Finds again;
  test::carve(source, again, 4093, 20'000);
  promise(whole.lines == again.lines, "windows make a difference");
  std::vector<std::uint64_t> records = whole.records;
  std::ranges::sort(records);
  promise(std::ranges::adjacent_find(records) == records.end(), "a record was found twice");
  promise(records.empty() || records.back() < size, "a record outside of the bytes");
  promise(whole.events.size() <= records.size(), "more events than records");
  return 0;
}
