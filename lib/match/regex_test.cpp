#include "evtxhound/match/regex_test.hpp"

#include <fmt/format.h>
#include <hs.h>

#include <mutex>
#include <new>

#include "evtxhound/base/failure.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace evtxhound::match {
namespace {

// How often PCRE2 may try at one text, some milliseconds of work, and how much it may remember.
constexpr std::uint32_t kMatchLimit = 200'000;
constexpr std::uint32_t kDepthLimit = 20'000;
constexpr std::uint32_t kHeapLimit = 16U * 1024;  // KiB

constexpr std::size_t kLongestExpression = 16U * 1024;  // bytes

template <auto kFree>
struct FreeBy {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using HyperscanDatabase = std::unique_ptr<hs_database_t, FreeBy<&hs_free_database>>;
using HyperscanScratch = std::unique_ptr<hs_scratch_t, FreeBy<&hs_free_scratch>>;
using Pcre2Code = std::unique_ptr<pcre2_code, FreeBy<&pcre2_code_free>>;
using Pcre2Match = std::unique_ptr<pcre2_match_data, FreeBy<&pcre2_match_data_free>>;
using Pcre2Limits = std::unique_ptr<pcre2_match_context, FreeBy<&pcre2_match_context_free>>;

HyperscanDatabase compile_hyperscan(const std::string& expression,
                                    const RegexTest::Options& options) {
  unsigned flags = HS_FLAG_UTF8 | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
  if (options.ignore_case) flags |= HS_FLAG_CASELESS;
  if (options.multi_line) flags |= HS_FLAG_MULTILINE;
  if (options.dot_all) flags |= HS_FLAG_DOTALL;
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome =
      hs_compile(expression.c_str(), flags, HS_MODE_BLOCK, nullptr, &database, &error);
  if (error != nullptr) hs_free_compile_error(error);
  if (outcome == HS_NOMEM) throw std::bad_alloc();
  return HyperscanDatabase(database);
}

Pcre2Code compile_pcre2(const std::string& expression, const RegexTest::Options& options,
                        std::string& fault) {
  std::uint32_t flags = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
  if (options.ignore_case) flags |= PCRE2_CASELESS;
  if (options.multi_line) flags |= PCRE2_MULTILINE;
  if (options.dot_all) flags |= PCRE2_DOTALL;
  int error = 0;
  std::size_t at = 0;
  Pcre2Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                               flags, &error, &at, nullptr));
  if (!code) {
    std::string text(256, '\0');
    const int size =
        pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(text.data()), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    fault = fmt::format("{} (at byte {})", text, at);
  }
  return code;
}

hs_scratch_t* scratch_for(const hs_database_t* database) {
  thread_local HyperscanScratch scratch;
  hs_scratch_t* grown = scratch.release();
  const hs_error_t outcome = hs_alloc_scratch(database, &grown);
  if (outcome != HS_SUCCESS) throw std::bad_alloc();
  scratch.reset(grown);
  return grown;
}

pcre2_match_context* limits() {
  thread_local const Pcre2Limits context = [] {
    Pcre2Limits made(pcre2_match_context_create(nullptr));
    if (!made) throw std::bad_alloc();
    pcre2_set_match_limit(made.get(), kMatchLimit);
    pcre2_set_depth_limit(made.get(), kDepthLimit);
    pcre2_set_heap_limit(made.get(), kHeapLimit);
    return made;
  }();
  return context.get();
}

// Where PCRE2 notes the one place that is asked for.
pcre2_match_data* match_data() {
  thread_local const Pcre2Match data(pcre2_match_data_create(1, nullptr));
  if (!data) throw std::bad_alloc();
  return data.get();
}

RegexTest::Outcome scan(const hs_database_t* database, std::string_view text) {
  bool found = false;
  const auto report = [](unsigned, unsigned long long, unsigned long long, unsigned,
                         void* context) {
    *static_cast<bool*>(context) = true;
    return 1;
  };
  const hs_error_t outcome = hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0,
                                     scratch_for(database), report, &found);
  if (outcome != HS_SUCCESS && outcome != HS_SCAN_TERMINATED) {
    throw Failure(ExitStatus::kCannotGoOn,
                  fmt::format("Hyperscan: cannot scan for an expression (error {})", outcome));
  }
  return found ? RegexTest::Outcome::kYes : RegexTest::Outcome::kNo;
}

}  // namespace

struct RegexTest::Compiled {
  std::string expression;
  Options options;
  Pcre2Code pcre2;
  std::string fault;
  std::once_flag asked_hyperscan;
  HyperscanDatabase hyperscan;  // once it has been asked for; null where it cannot be had

  Compiled(const std::string& text, const Options& how) : expression(text), options(how) {
    if (expression.size() > kLongestExpression) {
      fault = fmt::format("it has more than {} bytes", kLongestExpression);
    } else {
      pcre2 = compile_pcre2(expression, options, fault);
    }
  }

  const hs_database_t* ask_hyperscan() {
    std::call_once(asked_hyperscan, [this] {
      // It takes a C string: behind a zero byte it would see nothing.
      if (expression.find('\0') != std::string::npos) return;
      hyperscan = compile_hyperscan(expression, options);
    });
    return hyperscan.get();
  }
};

std::string RegexTest::fault(const std::string& expression, const Options& options) {
  return Compiled(expression, options).fault;
}

RegexTest::RegexTest(const std::string& expression, const Options& options)
    : compiled_(std::make_unique<Compiled>(expression, options)) {
  if (compiled_->fault.empty()) return;
  throw Failure(ExitStatus::kUsage, fmt::format("cannot compile the expression \"{}\": {}",
                                                expression, compiled_->fault));
}

RegexTest::~RegexTest() = default;
RegexTest::RegexTest(RegexTest&&) noexcept = default;
RegexTest& RegexTest::operator=(RegexTest&&) noexcept = default;

RegexTest::Outcome RegexTest::matches(std::string_view text) const {
  const int outcome = pcre2_match(compiled_->pcre2.get(), reinterpret_cast<PCRE2_SPTR>(text.data()),
                                  text.size(), 0, PCRE2_NO_UTF_CHECK, match_data(), limits());
  if (outcome >= 0) return Outcome::kYes;
  if (outcome == PCRE2_ERROR_NOMATCH) return Outcome::kNo;
  const hs_database_t* database = compiled_->ask_hyperscan();
  return database != nullptr ? scan(database, text) : Outcome::kGaveUp;
}

}  // namespace evtxhound::match
