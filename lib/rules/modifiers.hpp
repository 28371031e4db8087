// The modifiers of a line of a selection, put in order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evtxhound/rules/parse_tree.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

struct Modifiers {
  enum class Where { kWhole, kContains, kStarts, kEnds };
  enum class Encoding { kUtf16le, kUtf16be, kUtf16, kBase64, kBase64Offset };

  Test test = Test::kText;  // kText, kRegex, kCidr, kSameAsField, kExists, or a numeric one
  Where where = Where::kWhole;
  std::vector<Encoding> encodings;  // in the order in which they are applied
  bool all = false;
  bool negated = false;  // neq
  bool cased = false;
  bool windash = false;
  bool expand = false;
  bool ignore_case = false;  // i, m, s of `re`
  bool multi_line = false;
  bool dot_all = false;
};

// Throws RuleFault, naming the modifiers, where one is unknown or not supported, is there twice, or
// where they make no sense together or in this order.
Modifiers parse_modifiers(const ParsedItem& item);

}  // namespace evtxhound::rules
