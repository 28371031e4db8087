// A program of somebody else's that uses the installed library: prints the record ids of a log.
#include <cstdio>
#include <evtxhound/base/file.hpp>
#include <evtxhound/evtx/log_file.hpp>
#include <evtxhound/evtx/record_reader.hpp>
#include <evtxhound/indicators/matcher.hpp>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto file = evtxhound::ReadOnlyFile::open(argv[1]);
  if (!file) return 1;

  const std::vector<evtxhound::indicators::Pack> packs = {
      evtxhound::indicators::builtin_3cx_pack()};
  const evtxhound::indicators::IndicatorSet set(packs);
  evtxhound::indicators::Matcher matcher(set);

  evtxhound::evtx::TemplateCache templates;
  evtxhound::evtx::ChunkReader reader(templates);
  evtxhound::Buffer buffer;
  for (std::uint64_t i = 0; i < evtxhound::evtx::chunk_count(file->size()); ++i) {
    const auto chunk = evtxhound::evtx::read_chunk_bytes(*file, i, buffer);
    if (!chunk) return 1;
    const auto content =
        evtxhound::evtx::read_chunk(reader, *chunk, evtxhound::evtx::chunk_offset(i));
    for (const auto& event : content.events) {
      std::printf("%llu %zu\n", static_cast<unsigned long long>(event.record_id),
                  matcher.find(event).size());
    }
  }
}
