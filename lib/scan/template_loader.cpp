#include "evtxhound/scan/template_loader.hpp"

#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::scan {

void TemplateLoader::load(const evidence::Piece& log, std::uint64_t first, std::uint64_t count) {
  if (path_ != log.path) {
    const auto source = log.open();
    source_ = source ? *source : nullptr;
    path_ = log.path;
  }
  if (source_ == nullptr) return;
  for (std::uint64_t index = first; index < first + count; ++index) {
    const auto chunk = evtx::read_chunk_bytes(*source_, index, buffer_);
    if (!chunk || evtx::is_unused(*chunk)) continue;
    reader_.open(*chunk);
    reader_.load_templates();
  }
}

}  // namespace evtxhound::scan
