#include "evtxhound/match/database.hpp"

#include <fmt/format.h>
#include <hs.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <exception>
#include <new>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/match/literal_table.hpp"

namespace evtxhound::match {
namespace {

// An expression for Hyperscan. Its bytes above ASCII, as such, are characters of UTF-8.
struct Expression {
  PatternNumber number = 0;
  std::string text;
  bool caseless = true;
};

// Without HS_FLAG_UTF8 Hyperscan folds ASCII letters only, and scans faster: it is for the few
// expressions that need it.
unsigned flags_of(const Expression& expression) {
  unsigned flags = expression.caseless ? HS_FLAG_CASELESS : 0U;
  if (!is_ascii(expression.text)) flags |= HS_FLAG_UTF8 | HS_FLAG_UCP;
  return flags;
}

[[noreturn]] void throw_compile_error(const std::vector<Expression>& expressions,
                                      const hs_compile_error_t& error) {
  const std::string reason = error.message;
  if (error.expression >= 0) {
    const auto index = static_cast<std::size_t>(error.expression);
    throw Failure(ExitStatus::kUsage, fmt::format("cannot compile the expression \"{}\": {}",
                                                  expressions[index].text, reason));
  }
  throw Failure(ExitStatus::kUsage,
                fmt::format("cannot compile {} expressions: {}", expressions.size(), reason));
}

void require(hs_error_t error, const char* what) {
  if (error == HS_SUCCESS) return;
  if (error == HS_NOMEM) throw std::bad_alloc();
  throw Failure(ExitStatus::kCannotGoOn, fmt::format("Hyperscan: {} (error {})", what, error));
}

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
struct FreeScratch {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};
struct FreeCompileError {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

// What the callback of one scan needs. Exceptions must not pass through Hyperscan's C frames:
// they are kept here, and thrown again behind it.
struct Scan {
  const Scanner::OnMatch& on_match;
  std::exception_ptr thrown;
};

int report(unsigned number, unsigned long long /*from*/, unsigned long long to, unsigned /*flags*/,
           void* context) {
  Scan& scan = *static_cast<Scan*>(context);
  try {
    scan.on_match(number, static_cast<std::size_t>(to));
    return 0;
  } catch (...) {
    scan.thrown = std::current_exception();
    return 1;
  }
}

}  // namespace

// A null pointer is the database of no expressions, which Hyperscan itself refuses to compile.
struct Database::Compiled {
  std::unique_ptr<hs_database_t, FreeDatabase> hs;
  LiteralTable literals;
};

namespace {

std::unique_ptr<hs_database_t, FreeDatabase> compile_expressions(
    const std::vector<Expression>& all) {
  if (all.empty()) return nullptr;
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> numbers;
  for (const Expression& each : all) {
    expressions.push_back(each.text.c_str());
    flags.push_back(flags_of(each));
    numbers.push_back(each.number);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome = hs_compile_multi(expressions.data(), flags.data(), numbers.data(),
                                              static_cast<unsigned>(all.size()), HS_MODE_BLOCK,
                                              nullptr, &database, &error);
  std::unique_ptr<hs_database_t, FreeDatabase> owned(database);
  const std::unique_ptr<hs_compile_error_t, FreeCompileError> owned_error(error);
  if (outcome == HS_COMPILER_ERROR && error != nullptr) throw_compile_error(all, *error);
  require(outcome, "cannot compile");
  return owned;
}

// Which of the patterns a table takes off Hyperscan's hands.
class Division {
 public:
  explicit Division(std::span<const Pattern> patterns) {
    std::size_t literals = 0;
    std::size_t words = 0;
    for (const Pattern& pattern : patterns) {
      if (!is_plain(pattern)) continue;
      ++literals;
      if (LiteralTable::anchor_of(ascii_lower(pattern.text)) == Anchor::kWord) ++words;
    }
    many_ = literals > Database::kFewLiterals;
    many_words_ = words > kFewWords;
  }

  [[nodiscard]] bool goes_to_table(const Pattern& pattern) const {
    if (!many_ || !is_plain(pattern)) return false;
    const Anchor anchor = LiteralTable::anchor_of(ascii_lower(pattern.text));
    return anchor != Anchor::kNone && (many_words_ || anchor != Anchor::kWord);
  }

 private:
  using Anchor = LiteralTable::Anchor;
  // Words make the table look at much of the text, which Hyperscan does faster for so many.
  static constexpr std::size_t kFewWords = 1000;

  static bool is_plain(const Pattern& pattern) {
    return pattern.syntax == Pattern::Syntax::kLiteral && is_ascii(pattern.text);
  }

  bool many_ = false;
  bool many_words_ = false;
};

}  // namespace

Database::Database() : compiled_(std::make_unique<Compiled>()) {}
Database::Database(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Database Database::compile(std::span<const Pattern> patterns) {
  const Division division(patterns);
  std::vector<Expression> expressions;
  std::deque<std::string> texts;
  std::vector<NumberedLiteral> literals;
  for (const Pattern& pattern : patterns) {
    if (division.goes_to_table(pattern)) {
      literals.push_back({texts.emplace_back(ascii_lower(pattern.text)), pattern.number});
    } else {
      const bool plain = pattern.syntax == Pattern::Syntax::kLiteral;
      expressions.push_back({pattern.number, plain ? literal(pattern.text) : pattern.text, plain});
    }
  }
  auto compiled = std::make_unique<Compiled>();
  compiled->hs = compile_expressions(expressions);
  compiled->literals = LiteralTable(literals);
  return Database(std::move(compiled));
}

Database Database::compile_literals(std::span<const Pattern> patterns) {
  auto compiled = std::make_unique<Compiled>();
  if (patterns.empty()) return Database(std::move(compiled));
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> numbers;
  for (const Pattern& pattern : patterns) {
    texts.push_back(pattern.text.data());
    sizes.push_back(pattern.text.size());
    numbers.push_back(pattern.number);
  }
  const std::vector<unsigned> flags(patterns.size(), HS_FLAG_CASELESS);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome = hs_compile_lit_multi(
      texts.data(), flags.data(), numbers.data(), sizes.data(),
      static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK, nullptr, &database, &error);
  compiled->hs.reset(database);
  const std::unique_ptr<hs_compile_error_t, FreeCompileError> owned_error(error);
  require(outcome, "cannot compile literals");
  return Database(std::move(compiled));
}

void Database::pack(Buffer& out) const {
  char* bytes = nullptr;
  std::size_t size = 0;
  if (compiled_->hs) {
    require(hs_serialize_database(compiled_->hs.get(), &bytes, &size), "cannot serialize");
  }
  const std::unique_ptr<char, decltype(&std::free)> owned(bytes, &std::free);
  pack_array(out, std::span<const char>(bytes, size));
  compiled_->literals.pack(out);
}

bool Database::unpack(Bytes& bytes) {
  std::span<const char> expressions;
  if (!unpack_array(bytes, expressions)) return false;
  compiled_->hs.reset();
  if (!expressions.empty()) {
    hs_database_t* database = nullptr;
    const hs_error_t outcome =
        hs_deserialize_database(expressions.data(), expressions.size(), &database);
    if (outcome != HS_SUCCESS) return false;
    compiled_->hs.reset(database);
  }
  return compiled_->literals.unpack(bytes);
}

std::string Database::version() { return hs_version(); }

std::string Database::platform() {
  hs_platform_info_t info{};
  require(hs_populate_platform(&info), "cannot tell the processor");
  return fmt::format("Hyperscan {}, tune {}, features {:#x}", version(), info.tune,
                     info.cpu_features);
}

struct Scanner::Scratch {
  std::unique_ptr<hs_scratch_t, FreeScratch> hs;
  LiteralTable::Scratch literals;
  Buffer lower;  // a text that was not, with padding on both sides
};

Scanner::Scanner(const Database& database)
    : database_(&database), scratch_(std::make_unique<Scratch>()) {
  if (!database.compiled_->hs) return;
  hs_scratch_t* scratch = nullptr;
  require(hs_alloc_scratch(database.compiled_->hs.get(), &scratch), "cannot allocate scratch");
  scratch_->hs.reset(scratch);
}

Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;

void Scanner::scan(std::string_view text, const OnMatch& on_match) {
  constexpr std::size_t kPadding = StrippedText::kPadding;
  scan_expressions(text, on_match);
  if (database_->compiled_->literals.empty()) return;
  Buffer& lower = scratch_->lower;
  if (lower.size() < text.size() + 2 * kPadding) lower.resize(text.size() + 2 * kPadding);
  copy_lower(text, lower.data() + kPadding);
  database_->compiled_->literals.scan(
      {reinterpret_cast<const char*>(lower.data()) + kPadding, text.size()}, scratch_->literals,
      on_match);
}

void Scanner::scan(const StrippedText& text, const OnMatch& on_match) {
  scan_expressions(text.text(), on_match);
  database_->compiled_->literals.scan(text.text(), scratch_->literals, on_match);
}

void Scanner::scan_expressions(std::string_view text, const OnMatch& on_match) {
  if (!scratch_->hs) return;
  Scan scan{on_match, nullptr};
  const hs_error_t outcome =
      hs_scan(database_->compiled_->hs.get(), text.data(), static_cast<unsigned>(text.size()), 0,
              scratch_->hs.get(), report, &scan);
  if (scan.thrown) std::rethrow_exception(scan.thrown);
  require(outcome, "cannot scan");
}

}  // namespace evtxhound::match
