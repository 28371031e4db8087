#include "evtxhound/evtx/verify.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "commands.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_reader.hpp"
#include "report.hpp"

namespace evtxhound::tool {
namespace {

using evtx::Difference;
using evtx::DifferenceClass;

struct Arguments {
  std::vector<std::filesystem::path> files;
  std::filesystem::path case_file;
  bool all = false;
};

// Enough of a value to see what it is about.
std::string cut_text(const std::string& text) {
  constexpr std::size_t kShown = 120;
  const std::string shown = visible(text);
  return shown.size() <= kShown ? shown : shown.substr(0, kShown) + "…";
}

class Verification {
 public:
  explicit Verification(const Arguments& arguments) : arguments_(&arguments) {
    if (!arguments.case_file.empty()) {
      case_.emplace(casefile::CaseFile::open_for_writing(arguments.case_file));
    }
  }

  void verify(const evidence::Piece& piece) {
    for (const Problem& problem : piece.problems) report(piece.path, problem);
    if (piece.kind != evidence::Kind::kEvtx) return;
    const auto file = piece.open();
    if (!file) return report(piece.path, file.problem());
    if (case_) {
      row_ = case_->add_evidence({piece.path.string(), "evtx", piece.size, "", {}, {}});
    }
    Buffer buffer;
    for (std::uint64_t i = 0; i < evtx::chunk_count((*file)->size()); ++i) {
      const auto chunk = evtx::read_chunk_bytes(**file, i, buffer);
      if (!chunk) {
        report(piece.path, chunk.problem());
      } else if (!evtx::is_unused(*chunk)) {
        verify_chunk(piece.path, *chunk, evtx::chunk_offset(i));
      }
    }
    if (case_) case_->commit();
  }

  ExitStatus finish() {
    if (case_) case_->close();
    fmt::print("{} read by both engines: {}\n", counted(records_, "record", "records"),
               counted(differences_, "difference", "differences"));
    for (const auto& [why, count] : classes_) {
      fmt::print("{:>10}  {}\n", grouped(count), to_string(why));
    }
    const bool sound = classes_.find(DifferenceClass::kUnexplained) == classes_.end() &&
                       classes_.find(DifferenceClass::kNativeCannotRead) == classes_.end();
    return sound && !damaged_ ? ExitStatus::kDone : ExitStatus::kDamaged;
  }

 private:
  void report(const std::filesystem::path& path, const Problem& problem) {
    print_problem(path, problem);
    damaged_ = true;
  }

  void verify_chunk(const std::filesystem::path& path, Bytes chunk, std::uint64_t base) {
    reader_.open(chunk);
    const evtx::ChunkFrames& frames = reader_.frames();
    damaged_ = damaged_ || !frames.problems.empty();
    const auto by_libevtx = evtx::read_events_by_libevtx(chunk, frames);
    for (std::size_t i = 0; i < frames.records.size(); ++i) {
      const evtx::RecordFrame& frame = frames.records[i];
      ++records_;
      for (const Difference& difference :
           evtx::compare_readings(reader_.event(frame), by_libevtx[i])) {
        add(path, base + frame.offset, frame.record_id, difference);
      }
    }
  }

  void add(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t record_id,
           const Difference& difference) {
    ++differences_;
    ++classes_[difference.why];
    if (case_) case_->add_difference(row_, offset, record_id, difference);
    const bool of_interest = difference.why == DifferenceClass::kUnexplained ||
                             difference.why == DifferenceClass::kNativeCannotRead;
    if (!arguments_->all && !of_interest) return;
    fmt::print("{} @ {:#x}: record {}: {}: {}: native '{}', libevtx '{}'\n", visible(path.string()),
               offset, record_id, to_string(difference.why),
               difference.field.empty() ? "record" : visible(difference.field),
               cut_text(difference.native), cut_text(difference.libevtx));
  }

  const Arguments* arguments_;
  std::optional<casefile::CaseFile> case_;
  casefile::RowId row_ = 0;
  evtx::TemplateCache templates_;
  evtx::ChunkReader reader_{templates_};
  std::map<DifferenceClass, std::uint64_t> classes_;
  std::uint64_t records_ = 0;
  std::uint64_t differences_ = 0;
  bool damaged_ = false;
};

ExitStatus run(const Arguments& arguments) {
  evidence::FindOptions options;
  options.leave_out = arguments.case_file;
  options.hash = Hashes::kNone;
  const evidence::Findings found = evidence::find(arguments.files, options);
  Verification verification(arguments);
  for (const evidence::Piece& piece : found.pieces) verification.verify(piece);
  return verification.finish();
}

}  // namespace

void add_verify(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Read logs with both engines and compare them, record by record");
  command->add_option("FILE", arguments->files, "EVTX logs, or folders with such")->required();
  command->add_option("--case", arguments->case_file, "Case file to store the differences in")
      ->type_name("FILE");
  command->add_flag("--all", arguments->all, "Print explained differences too");
  command->footer(
      "Examples:\n"
      "  evtxhound verify Security.evtx\n"
      "  evtxhound verify evidence/ --case case.db\n"
      "  sqlite3 case.db 'select class, count(*) from difference group by class'\n\n"
      "Each difference has a class that says why; docs/verify.md explains them. Ends with 1 where "
      "one\n"
      "is unexplained, where only libevtx can read a record, or where a log is damaged.");
  command->callback([arguments, &status] { status = run(*arguments); });
}

}  // namespace evtxhound::tool
