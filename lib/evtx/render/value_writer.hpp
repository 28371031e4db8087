// What writing values needs to know and remember.
#pragma once

#include "evtxhound/base/code_page.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound::evtx {

// One for each thread that renders.
struct ValueWriter {
  const CodePage* ansi = &CodePage::windows_1252();  // of ANSI strings; must outlive this
  Iso8601Writer time;
};

}  // namespace evtxhound::evtx
