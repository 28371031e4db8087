// Bytes that are made to make carving slow: what it has to do grows with them and no faster, and
// what it leaves out it says.
#include <catch2/catch.hpp>

#include "evtxhound/evtx/format.hpp"
#include "tests/support/carve_shapes.hpp"
#include "tests/support/carving.hpp"
#include "tests/support/forged_chunk.hpp"
#include "tests/support/raw_chunk.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;

namespace {

constexpr std::size_t kMebi = std::size_t{1} << 20U;

const CarveShape& shape_named(std::string_view name) {
  for (const CarveShape& shape : carve_shapes()) {
    if (shape.name == name) return shape;
  }
  throw std::logic_error("no such shape");
}

// Counts what is read.
class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(Bytes bytes) : source_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return source_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            MutableBytes into) const override {
    bytes_read += into.size();
    return source_.read_at(offset, into);
  }
  mutable std::uint64_t bytes_read = 0;

 private:
  MemorySource source_;
};

struct Work {
  std::uint64_t read = 0;
  std::uint64_t looked_at = 0;  // beyond the search for signatures
  std::uint64_t given = 0;      // bytes of chunks and records that were found
  std::size_t problems = 0;
};

// Counts what a sink has to do.
class CountingSink final : public CarveSink {
 public:
  explicit CountingSink(Work& work) : work_(&work) {}
  void on_chunk(const CarvedChunk& chunk) override {
    work_->given += chunk.bytes.size();
    for (const RecordFrame& frame : chunk.frames.records) work_->given += frame.size;
    for (const RecordFrame& frame : chunk.stale) work_->given += frame.size;
    work_->problems += chunk.frames.problems.size();
  }
  void on_record(const CarvedRecord& record) override { work_->given += record.frame.size; }
  void on_problem(Problem /*problem*/) override { ++work_->problems; }

 private:
  Work* work_;
};

Work work_of(const Buffer& bytes) {
  const CountingSource source(bytes);
  Work work;
  CountingSink sink(work);
  Carver carver(source, {0, bytes.size()});
  carver.carve(0, bytes.size(), sink);
  work.read = source.bytes_read;
  work.looked_at = carver.work();
  return work;
}

// What `reader` reads of all that is found.
Finds read_all(const Buffer& bytes) {
  const MemorySource source(bytes);
  TemplateCache templates(true);
  CarvedReader reader(templates);
  Finds finds(&reader);
  carve(source, finds);
  return finds;
}

std::size_t count_of(const std::vector<Problem>& problems, ProblemKind kind) {
  return static_cast<std::size_t>(std::ranges::count(problems, kind, &Problem::kind));
}

}  // namespace

TEST_CASE("carving hostile bytes: the work is in proportion to them") {
  for (const CarveShape& shape : carve_shapes()) {
    INFO(shape.name);
    const Work one = work_of(shape.make(kMebi));
    const Work two = work_of(shape.make(2 * kMebi));
    // Each byte is read once.
    CHECK(one.read <= kMebi + kMebi / 8);
    CHECK(two.read <= 2 * kMebi + kMebi / 8);
    // A header whose own checksum fits can ask for that of 64 KiB, wherever it stands: that is
    // quick. All else is looked at a few times.
    const std::uint64_t most = shape.name == "chunk-headers-with-crc" ? 140 : 10;
    CHECK(one.looked_at <= most * kMebi);
    CHECK(one.given <= 8 * kMebi);
    for (const auto part : {&Work::looked_at, &Work::given}) {
      INFO(two.*part << " for twice of what takes " << one.*part);
      CHECK(two.*part <= 2 * (one.*part) + 4 * kChunkSize * most);
    }
    CHECK(two.problems <= 2 * one.problems + 2400);
  }
}

TEST_CASE(
    "carving hostile bytes: torn records within each other are read or counted, all of them") {
  const CarveShape& shape = shape_named("nested-torn-records");
  const Buffer bytes = shape.make(kMebi);
  std::size_t there = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    if (lone_record(bytes, at)) ++there;
  }
  REQUIRE(there > 10'000);
  const MemorySource source(bytes);
  Finds whole;
  carve(source, whole);
  CHECK(whole.lone.size() <= 8 * kMebi / kChunkSize);
  CHECK(count_of(whole.problems, ProblemKind::kRecordDamaged) == whole.lone.size());
  std::size_t left_out = 0;
  for (const Problem& problem : whole.problems) {
    if (problem.kind == ProblemKind::kLimit) left_out += std::stoul(problem.message);
  }
  CHECK(whole.lone.size() + left_out == there);
  // The same in parts.
  Finds parts;
  carve(source, parts, 4096, 3 * kChunkSize);
  CHECK(parts.lines == whole.lines);
  REQUIRE(parts.problems.size() == whole.problems.size());
  for (std::size_t i = 0; i < parts.problems.size(); ++i) {
    CHECK(parts.problems[i].message == whole.problems[i].message);
  }
}

TEST_CASE("carving: ordinary torn records that lie within each other are all read") {
  // Each is torn where the next one begins.
  const Buffer chunk = forged_chunk(1, 100);
  const auto frames = find_records(chunk).records;
  Buffer bytes;
  std::size_t torn = 0;
  for (const RecordFrame& frame : frames) {
    const std::size_t kept = frame.size - 40;
    if (frame.size < 300) ++torn;
    bytes.insert(bytes.end(), chunk.begin() + frame.offset, chunk.begin() + frame.offset + kept);
  }
  bytes.resize(bytes.size() + 4096);
  const Finds finds = read_all(bytes);
  CHECK(finds.lone.size() >= torn);
  CHECK(finds.lone.size() > 90);
  CHECK(count_of(finds.problems, ProblemKind::kLimit) == 0);
}

TEST_CASE("carving: the records of a chunk without header read its templates once") {
  // Of 600 elements: a chunk's budget has room for it some ninety times.
  RawChunk chunk(60'000);
  RawBinXml body(chunk);
  const std::uint32_t name = chunk.name("a");
  body.open("Event").close_start().open("EventData").close_start();
  for (int i = 0; i < 600; ++i) body.open_at(name, false).close_start().value(0).end();
  body.end().end().token(0);
  const auto definition = chunk.record_with_definition(body.get(), {text_value("x")});
  for (int i = 0; i < 400; ++i) chunk.record(raw_instance(definition, {text_value("x")}));
  Buffer bytes = chunk.finish();
  std::fill_n(bytes.begin(), kChunkHeaderSize, std::uint8_t{0});
  const Finds finds = read_all(bytes);
  CHECK(finds.chunks.empty());
  CHECK(finds.events.size() == 401);
  CHECK(std::ranges::count(finds.events, Naming::kOwn, &FoundEvent::naming) ==
        static_cast<std::ptrdiff_t>(finds.events.size()));
}

TEST_CASE("carving: what asks thousands of templates whether they are like costs its budget") {
  TemplateCache templates(true);
  CarvedReader reader(templates);
  const Buffer bytes = shape_named("templates-of-one-id").make(kChunkSize);
  const MemorySource source(bytes);
  struct Loader : CarveSink {
    explicit Loader(CarvedReader& of) : reader(&of) {}
    void on_chunk(const CarvedChunk& chunk) override { reader->load_templates(chunk); }
    void on_record(const CarvedRecord& record) override { reader->load_templates(record); }
    void on_problem(Problem /*problem*/) override {}
    CarvedReader* reader;
  } loader(reader);
  Carver(source, {0, bytes.size()}).carve(0, bytes.size(), loader);
  std::size_t asked = 0;
  const auto any = [&asked](const auto& /*definition*/, const auto& /*kinds*/) {
    ++asked;
    return true;
  };
  NodeBudget budget;
  budget.start_chunk();
  budget.start_record(0);
  static_cast<void>(templates.find_like(0x4D4F5354, budget, any));
  const std::size_t taken = budget.taken();
  CHECK(taken >= 50);  // one each at least
  budget.start_chunk(taken - 1);
  budget.start_record(0);
  asked = 0;
  CHECK(templates.find_like(0x4D4F5354, budget, any) == nullptr);
  CHECK(asked == 0);
}
