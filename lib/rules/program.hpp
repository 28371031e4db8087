// Many rules, compiled so that an event asks only those that could fire.
//
// Events are of classes, by format, channel, provider and event id. For each class that a rule
// names, the rules that apply to it are put together once: their field names become the records',
// what the event id decides is decided, equal atoms become one, and each rule a Decision. What
// atoms are looked for by (anchor.hpp) becomes a match::Database, one for a large class or for
// several small ones. An event is then handled in four steps:
//
//   1. its class is looked up; most have no rules at all;
//   2. the values that a rule asks for are joined and scanned, once;
//   3. each place that is found makes its atom true, or worth asking for, and marks the rules that
//      need it (Decision::required());
//   4. the marked rules, and the few that need no such atom, are evaluated. An atom that no scan
//      decides (an expression, a number, a short text) is asked for when a rule gets there, once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/rules/rule.hpp"
#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

struct ProgramParts;

// Immutable: any number of threads may share one, each by an Evaluator of its own.
class Program {
 public:
  // A rule that can never fire here, or that cannot be compiled.
  struct Refused {
    enum class Why : std::uint8_t {
      kNotApplicable,     // its events are of other systems and products
      kUnknownLogSource,  // its log source is not known
      kFaulty             // a part of it cannot be compiled
    };
    std::uint32_t rule = 0;  // an index into what was compiled
    Why why = Why::kFaulty;
    std::string reason;  // for the user
  };

  // Never throws for what a rule says: such rules are refused() and the others compiled. Takes
  // copies of all that it needs.
  static Program compile(std::span<const Rule> rules);

  // The program as bytes (base/packed.hpp), for match::Database::platform(), and back: absent where
  // they end too early. They are hardly checked: keep a checksum beside them. `memory` is what
  // `bytes` are part of, and is kept as long as the program.
  void pack(Buffer& out) const;
  static std::optional<Program> unpack(Bytes bytes, std::shared_ptr<const void> memory);

  // In the rules' order.
  [[nodiscard]] std::span<const Refused> refused() const;

  // The class of such events, a number below size().classes; absent where no rule may apply to
  // them: then an event need not even be read.
  [[nodiscard]] std::optional<std::uint32_t> class_of(
      std::string_view source_type, std::string_view channel, std::string_view provider,
      std::optional<std::uint32_t> event_code) const;

  // The rules that may apply to events of a class, as indices into what was compiled. A rule can
  // come twice.
  [[nodiscard]] std::vector<std::uint32_t> rules_of(std::uint32_t event_class) const;

  // What it consists of, for measuring.
  struct Size {
    std::size_t classes = 0;  // of events, that differ in their rules
    std::size_t databases = 0;
    std::size_t literals = 0;  // in all databases
    std::size_t formulas = 0;  // in all classes
    std::size_t always = 0;    // of these, the ones that every event of the class evaluates
  };
  [[nodiscard]] Size size() const;

  ~Program();
  Program(Program&& other) noexcept;
  Program& operator=(Program&& other) noexcept;

 private:
  friend class Evaluator;
  explicit Program(std::unique_ptr<ProgramParts> parts);
  std::unique_ptr<ProgramParts> parts_;
};

}  // namespace evtxhound::rules
