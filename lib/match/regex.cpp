#include "evtxhound/match/regex.hpp"

#include <fmt/format.h>
#include <hs.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::match {
namespace {

constexpr unsigned kFlags = HS_FLAG_UTF8 | HS_FLAG_SOM_LEFTMOST;

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
struct FreeScratch {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};
using OwnedDatabase = std::unique_ptr<hs_database_t, FreeDatabase>;
using OwnedScratch = std::unique_ptr<hs_scratch_t, FreeScratch>;

// The compiled expression, or null and the reason.
OwnedDatabase compile(const std::string& expression, std::string& reason) {
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome =
      hs_compile(expression.c_str(), kFlags, HS_MODE_BLOCK, nullptr, &database, &error);
  OwnedDatabase owned(database);
  if (outcome != HS_SUCCESS) reason = error != nullptr ? error->message : "it cannot be compiled";
  if (error != nullptr) hs_free_compile_error(error);
  return owned;
}

std::size_t shortest_of(const std::string& expression) {
  hs_expr_info_t* info = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_expression_info(expression.c_str(), kFlags, &info, &error);
  const std::size_t shortest = info != nullptr ? info->min_width : 0;
  if (error != nullptr) hs_free_compile_error(error);
  std::free(info);
  return shortest;
}

// The scratch of this thread, large enough for the database. One for all expressions: it grows to
// what the largest of them needs.
hs_scratch_t* scratch_for(const hs_database_t* database) {
  thread_local OwnedScratch scratch;
  hs_scratch_t* grown = scratch.release();
  const hs_error_t outcome = hs_alloc_scratch(database, &grown);
  if (outcome != HS_SUCCESS) throw std::bad_alloc();
  scratch.reset(grown);
  return grown;
}

}  // namespace

struct Regex::Compiled {
  OwnedDatabase hs;
};

std::string Regex::fault(const std::string& expression) {
  std::string reason;
  compile(expression, reason);
  return reason;
}

Regex::Regex(const std::string& expression) : compiled_(std::make_unique<Compiled>()) {
  std::string reason;
  compiled_->hs = compile(expression, reason);
  if (!compiled_->hs) {
    throw Failure(ExitStatus::kUsage,
                  fmt::format("cannot compile the expression \"{}\": {}", expression, reason));
  }
  shortest_match_ = shortest_of(expression);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::optional<Regex::Span> Regex::leftmost(std::string_view text) const {
  std::optional<Span> best;
  const auto report = [](unsigned /*number*/, unsigned long long from, unsigned long long to,
                         unsigned /*flags*/, void* context) {
    auto& found = *static_cast<std::optional<Span>*>(context);
    const Span span{static_cast<std::size_t>(from), static_cast<std::size_t>(to)};
    if (!found || span.begin < found->begin ||
        (span.begin == found->begin && span.end > found->end)) {
      found = span;
    }
    return 0;
  };
  const hs_error_t outcome =
      hs_scan(compiled_->hs.get(), text.data(), static_cast<unsigned>(text.size()), 0,
              scratch_for(compiled_->hs.get()), report, &best);
  if (outcome != HS_SUCCESS) {
    throw Failure(ExitStatus::kCannotGoOn,
                  fmt::format("Hyperscan: cannot scan for an expression (error {})", outcome));
  }
  return best;
}

std::string as_pattern(std::string_view expression) {
  return fmt::format("(*UTF8)(?-i){}", expression);
}

}  // namespace evtxhound::match
