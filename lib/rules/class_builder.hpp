// Puts the rules of one class of events together: fields, atoms, formulas, and the texts that the
// atoms are looked for by.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "evtxhound/rules/placement.hpp"
#include "evtxhound/rules/program_parts.hpp"

namespace evtxhound::rules {

// The tests on values, each once however many rules and classes have it.
class ValueTests {
 public:
  // Appends to the parts' tests.
  explicit ValueTests(ProgramParts& parts) : parts_(&parts) {}
  // The index of the atom's test.
  std::uint32_t get(const Atom& atom);

 private:
  ProgramParts* parts_;
  std::unordered_map<std::string, std::uint32_t> known_;
};

// Where the text of an anchor stands.
struct SearchKey {
  std::string text;
  bool at_begin = false;
  bool at_end = false;
  friend auto operator<=>(const SearchKey&, const SearchKey&) = default;
};

// A class, and what is to be scanned for: texts, and what each means, ordered by field and atom.
struct BuiltClass {
  EventClass event_class;
  std::map<SearchKey, std::vector<LiteralUse>> searches;
};

BuiltClass build_class(const std::vector<Placement>& placements, const std::vector<Placed>& placed,
                       ValueTests& value_tests);

}  // namespace evtxhound::rules
