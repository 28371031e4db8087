// Scans a part of any kind of log by the scanner for that kind.
#pragma once

#include <memory>

#include "evtxhound/evtx/template_cache.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"
#include "evtxhound/scan/export_scanner.hpp"
#include "evtxhound/scan/plan.hpp"
#include "evtxhound/scan/raw_scanner.hpp"

namespace evtxhound::scan {

// The templates that threads share: of logs as they are read, and for what is carved. Not the same
// ones, since what is like a template that is gone must not depend on which logs were read before.
struct Templates {
  evtx::TemplateCache logs;
  evtx::TemplateCache carved{true};
};

// One per thread. REQUIRES: set, templates and the rules of the options outlive it.
class PartScanner {
 public:
  PartScanner(const indicators::IndicatorSet& set, Templates& templates,
              ChunkScannerOptions options);

  ChunkRows scan(const Log& log, const Part& part);

 private:
  RawScanner& raw();

  const indicators::IndicatorSet* set_;
  Templates* templates_;
  ChunkScannerOptions options_;
  ChunkScanner chunks_;
  ExportScanner exports_;
  std::unique_ptr<RawScanner> raw_;  // null until there is something to carve
};

}  // namespace evtxhound::scan
