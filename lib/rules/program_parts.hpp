// What a Program consists of: read by the Evaluator, written when compiling.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/match/database.hpp"
#include "evtxhound/rules/decision.hpp"
#include "evtxhound/rules/event_class.hpp"
#include "evtxhound/rules/field_place.hpp"
#include "evtxhound/rules/program.hpp"
#include "evtxhound/rules/value_test.hpp"

namespace evtxhound::rules {

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
// The field of keywords: any value of the event.
inline constexpr std::uint32_t kAnyField = kNone - 1;

// Part of a class: a record's field name, and what is read there.
struct NameSlot {
  struct Use {
    std::uint32_t field = 0;  // of the class
    Reading reading = Reading::kPlain;
    std::string word;                  // the reading's fixed word
    std::uint32_t other_name = kNone;  // or the slot of its second field
  };
  std::string name;
  std::vector<Use> uses;  // none: it is only a second field
};

// A field that System gives where the data does not.
struct SystemUse {
  std::uint32_t field = 0;
  FieldPlace::System system = FieldPlace::System::kNone;
  std::string name;  // kSystemName
};

struct ClassAtom {
  enum class How : std::uint8_t {
    kDecided,    // by a place that the scan finds
    kSuggested,  // by the scan: true only where that finds something, and then still to be asked
                 // for
    kAsked       // nothing is known before it is asked for
  };
  Test test = Test::kText;
  How how = How::kAsked;
  bool cased = false;
  indicators::Kind indicator = indicators::Kind::kDomain;
  std::uint32_t field = kAnyField;
  std::uint32_t other_field = kNone;  // kSameAsField
  std::uint32_t value_test = kNone;   // an index, where the test looks at values
  std::uint32_t first_rule = 0;       // the formulas that need it: in EventClass::needed_by
  std::uint32_t end_rule = 0;
};

// What a literal means in a class.
struct LiteralUse {
  std::uint32_t field = kAnyField;
  std::uint32_t atom = 0;
};

// A text that a database looks for.
struct Literal {
  std::uint32_t size = 0;  // of the text, without borders
  bool at_begin = false;
  bool at_end = false;
};

struct ClassFormula {
  std::uint32_t rule = 0;
  std::int32_t begin = 0;  // in EventClass::code, or kFires
};

// All that applies to events of one class.
struct EventClass {
  std::uint32_t number = 0;                           // its index
  std::vector<NameSlot> names;                        // each name once
  std::vector<std::vector<std::string>> field_names;  // of each field, the records' names
  std::vector<SystemUse> system;
  std::uint32_t field_count = 0;
  bool has_keywords = false;
  std::vector<ClassAtom> atoms;
  std::vector<std::uint32_t> needed_by;  // formulas, by atoms
  std::vector<ClassFormula> formulas;
  std::vector<std::uint32_t> always;  // formulas
  std::vector<Instruction> code;
  std::uint32_t database = kNone;        // which one it is scanned with
  std::vector<std::uint32_t> first_use;  // of each literal of the database, and the end
  std::vector<LiteralUse> literal_uses;  // by literals
};

struct LiteralDatabase {
  match::Database database;
  std::vector<Literal> literals;  // by pattern numbers
};

// A class, and which events are of it.
struct ClassEntry {
  ClassKey key;
  std::uint32_t number = ClassTable::kNoClass;
};

struct ProgramParts {
  std::vector<Program::Refused> refused;
  std::vector<ClassEntry> keys;
  ClassTable table;  // made of the keys; its numbers are indices into classes
  std::vector<EventClass> classes;
  std::vector<LiteralDatabase> databases;
  std::vector<Atom> tested;            // what the value tests are made of
  std::vector<ValueTest> value_tests;  // of all classes
  std::shared_ptr<const void> memory;  // that databases may be views of
};

}  // namespace evtxhound::rules
