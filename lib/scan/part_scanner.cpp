#include "evtxhound/scan/part_scanner.hpp"

#include <utility>

namespace evtxhound::scan {

PartScanner::PartScanner(const indicators::IndicatorSet& set, Templates& templates,
                         ChunkScannerOptions options)
    : set_(&set),
      templates_(&templates),
      options_(std::move(options)),
      chunks_(set, templates.logs, options_),
      exports_(set, options_) {}

ChunkRows PartScanner::scan(const Log& log, const Part& part) {
  if (part.is_barren) {
    ChunkRows rows;
    rows.bytes_read = part.count;
    return rows;
  }
  if (log.is_raw()) return raw().scan(*log.piece, part.first, part.first + part.count);
  if (log.exported) return exports_.scan(*log.exported, part.first);
  return chunks_.scan(*log.piece, part.first, part.count);
}

RawScanner& PartScanner::raw() {
  if (raw_ == nullptr) raw_ = std::make_unique<RawScanner>(*set_, templates_->carved, options_);
  return *raw_;
}

}  // namespace evtxhound::scan
