#include "evtxhound/match/database.hpp"

#include <fmt/format.h>
#include <hs.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <new>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/match/fold.hpp"

namespace evtxhound::match {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Without HS_FLAG_UTF8 Hyperscan folds ASCII letters only, and scans faster: it is for the few
// expressions that need it.
unsigned flags_of(const Pattern& pattern) {
  unsigned flags = pattern.caseless ? HS_FLAG_CASELESS : 0U;
  if (!is_ascii(pattern.expression)) flags |= HS_FLAG_UTF8 | HS_FLAG_UCP;
  return flags;
}

// A character that has no meaning in an expression, whatever it is: ASCII punctuation by its
// number.
void append_plain(std::string& expression, char32_t c) {
  const bool alphanumeric =
      (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
  if (c < 0x80 && !alphanumeric) {
    fmt::format_to(std::back_inserter(expression), "\\x{:02x}", std::uint32_t{c});
    return;
  }
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  expression.append(bytes.begin(), bytes.begin() + size);
}

[[noreturn]] void throw_compile_error(std::span<const Pattern> patterns,
                                      const hs_compile_error_t& error) {
  const std::string reason = error.message;
  if (error.expression >= 0) {
    const auto index = static_cast<std::size_t>(error.expression);
    throw Failure(ExitStatus::kUsage, fmt::format("cannot compile the expression \"{}\": {}",
                                                  patterns[index].expression, reason));
  }
  throw Failure(ExitStatus::kUsage,
                fmt::format("cannot compile {} expressions: {}", patterns.size(), reason));
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

std::string literal(std::string_view text, bool caseless) {
  const bool ascii = is_ascii(text);
  std::string expression;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    at += c.size;
    const std::vector<char32_t> forms =
        caseless && !ascii ? same_folded(c.value) : std::vector<char32_t>{c.value};
    if (forms.size() > 1) expression += '[';
    for (const char32_t form : forms) append_plain(expression, form);
    if (forms.size() > 1) expression += ']';
  }
  return expression;
}

// A null pointer is the database of no patterns, which Hyperscan itself refuses to compile.
struct Database::Compiled {
  std::unique_ptr<hs_database_t, FreeDatabase> hs;
};

Database::Database(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Database Database::compile(std::span<const Pattern> patterns) {
  auto compiled = std::make_unique<Compiled>();
  if (patterns.empty()) return Database(std::move(compiled));

  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> numbers;
  for (const Pattern& pattern : patterns) {
    expressions.push_back(pattern.expression.c_str());
    flags.push_back(flags_of(pattern));
    numbers.push_back(pattern.number);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome = hs_compile_multi(expressions.data(), flags.data(), numbers.data(),
                                              static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK,
                                              nullptr, &database, &error);
  compiled->hs.reset(database);
  const std::unique_ptr<hs_compile_error_t, FreeCompileError> owned_error(error);
  if (outcome == HS_COMPILER_ERROR && error != nullptr) throw_compile_error(patterns, *error);
  require(outcome, "cannot compile");
  return Database(std::move(compiled));
}

Buffer Database::serialize() const {
  if (!compiled_->hs) return {};
  char* bytes = nullptr;
  std::size_t size = 0;
  require(hs_serialize_database(compiled_->hs.get(), &bytes, &size), "cannot serialize");
  const std::unique_ptr<char, decltype(&std::free)> owned(bytes, &std::free);
  return {bytes, bytes + size};
}

Database Database::deserialize(Bytes bytes) {
  auto compiled = std::make_unique<Compiled>();
  if (bytes.empty()) return Database(std::move(compiled));
  hs_database_t* database = nullptr;
  require(
      hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database),
      "cannot read a serialized database");
  compiled->hs.reset(database);
  return Database(std::move(compiled));
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
  if (!scratch_->hs) return;
  Scan scan{on_match, nullptr};
  const hs_error_t outcome =
      hs_scan(database_->compiled_->hs.get(), text.data(), static_cast<unsigned>(text.size()), 0,
              scratch_->hs.get(), report, &scan);
  if (scan.thrown) std::rethrow_exception(scan.thrown);
  require(outcome, "cannot scan");
}

}  // namespace evtxhound::match
