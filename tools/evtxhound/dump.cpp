#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <thread>

#include "commands.hpp"
#include "engine_option.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/in_turns.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/engine.hpp"
#include "evtxhound/evtx/libevtx_reader.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "record_ranges.hpp"
#include "report.hpp"

namespace evtxhound::tool {
namespace {

struct Arguments {
  std::vector<std::filesystem::path> files;
  evtx::Format format = evtx::Format::kXml;
  evtx::Engine engine = evtx::Engine::kNative;
  std::string records;
  std::string ansi_code_page = "windows-1252";
  unsigned threads = 1;
  bool recover = false;
};

// A log that is open as long as any of its chunks is to be read.
struct Log {
  std::filesystem::path path;
  std::shared_ptr<const ByteSource> file;
};

// What one turn of a thread is: some chunks of one log, in a row.
struct Piece {
  std::shared_ptr<const Log> log;
  std::vector<std::uint64_t> chunks;  // by their number in the file
};

// Enough for a thread to be busy while another hands on its text, and few enough for the text to
// stay in the processor's cache.
constexpr std::size_t kChunksInPiece = 8;

// Writes everything to stdout or throws.
void write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(STDOUT_FILENO, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      throw Failure(ExitStatus::kCannotGoOn,
                    fmt::format("cannot write the output: {}", std::strerror(errno)));
    }
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

// What all threads work on.
struct Work {
  const Arguments* arguments = nullptr;
  RecordRanges records;
  CodePage ansi = CodePage::windows_1252();
  evtx::TemplateCache templates;
  std::vector<Piece> pieces;
  bool damaged = false;  // set in turn
};

class Worker {
 public:
  explicit Worker(Work& work)
      : work_(&work), reader_(work.templates, {&work.ansi, work.arguments->recover}) {}

  void work(std::size_t index) {
    piece_ = &work_->pieces[index];
    if (log_ != piece_->log) {
      chunks_.emplace(*piece_->log->file);
      log_ = piece_->log;
    }
    text_.shrink(kKeptText);
    problems_.clear();
    for (const std::uint64_t chunk : piece_->chunks) read(chunk);
  }

  void hand_on() {
    write_out(text_.view());
    for (const Problem& problem : problems_) print_problem(piece_->log->path, problem);
    work_->damaged = work_->damaged || !problems_.empty();
  }

 private:
  static constexpr std::size_t kKeptText = std::size_t{4} << 20;

  void read(std::uint64_t index) {
    const auto bytes = chunks_->read(index);
    if (!bytes) {
      problems_.push_back(bytes.problem());
      return;
    }
    if (evtx::is_unused(*bytes)) return;
    const std::size_t first_problem = problems_.size();
    reader_.open(*bytes);
    const evtx::ChunkFrames& frames = reader_.frames();
    problems_.insert(problems_.end(), frames.problems.begin(), frames.problems.end());
    if (work_->arguments->engine == evtx::Engine::kLibevtx) {
      read_by_libevtx(*bytes, frames);
    } else {
      read_natively(*bytes, frames);
    }
    const std::span found = std::span(problems_).subspan(first_problem);
    for (Problem& problem : found) {
      problem.offset = problem.offset.value_or(0) + evtx::chunk_offset(index);
    }
    std::ranges::stable_sort(found, {}, [](const Problem& p) { return *p.offset; });
  }

  void read_natively(Bytes chunk, const evtx::ChunkFrames& frames) {
    const bool recover = work_->arguments->recover;
    for (const evtx::RecordFrame& frame : frames.records) {
      append(frame, recover && !frames.header);
    }
    if (!recover) return;
    for (const evtx::RecordFrame& frame : evtx::find_stale_records(chunk, frames)) {
      append(frame, true);
    }
  }

  void append(const evtx::RecordFrame& frame, bool recovered) {
    if (!work_->records.contain(frame.record_id)) return;
    const evtx::Format format = work_->arguments->format;
    const std::size_t start = text_.size();
    if (auto problem = reader_.append(frame, format, text_)) {
      if (recovered) problem->message = "stale " + problem->message;
      problems_.push_back(std::move(*problem));
      return;
    }
    if (recovered || reader_.last_was_rebuilt()) mark(start, recovered);
    text_.append('\n');
  }

  // Says of the record whose text begins at `start` how it came back.
  void mark(std::size_t start, bool recovered) {
    const bool rebuilt = reader_.last_was_rebuilt();
    const std::string record(text_.view_from(start));
    text_.truncate(start);
    if (work_->arguments->format == evtx::Format::kXml) {
      if (recovered) text_.append("<!-- recovered -->");
      if (rebuilt) text_.append("<!-- rebuilt by a like template -->");
      text_.append(record);
      return;
    }
    text_.append('{');
    if (recovered) text_.append("\"recovered\":true,");
    if (rebuilt) text_.append("\"rebuilt\":true,");
    text_.append(std::string_view(record).substr(1));
  }

  void read_by_libevtx(Bytes chunk, const evtx::ChunkFrames& frames) {
    const auto records = evtx::read_with_libevtx(chunk, frames);
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!work_->records.contain(frames.records[i].record_id)) continue;
      if (!records[i]) {
        problems_.push_back(records[i].problem());
        continue;
      }
      text_.append(evtx::on_one_line(*records[i]));
      text_.append('\n');
    }
  }

  Work* work_;
  evtx::ChunkReader reader_;
  const Piece* piece_ = nullptr;
  std::shared_ptr<const Log> log_;  // that chunks_ reads
  std::optional<evtx::ChunkSource> chunks_;
  TextBuffer text_;
  std::vector<Problem> problems_;
};

void add_pieces(const evidence::Piece& found, Work& work) {
  const auto file = found.open();
  if (!file) {
    print_problem(found.path, file.problem());
    work.damaged = true;
    return;
  }
  std::vector<Problem> problems;
  evtx::read_file_header(**file, problems);
  for (const Problem& problem : problems) print_problem(found.path, problem);
  work.damaged = work.damaged || !problems.empty();
  const std::vector<std::uint64_t> order = evtx::chunk_order(**file);
  const auto log = std::make_shared<const Log>(Log{found.path, *file});
  for (std::size_t at = 0; at < order.size(); at += kChunksInPiece) {
    const std::size_t count = std::min(kChunksInPiece, order.size() - at);
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(at);
    work.pieces.push_back({log, {begin, begin + static_cast<std::ptrdiff_t>(count)}});
  }
}

// Reads all templates there are, for records whose own is gone.
class TemplateLoader {
 public:
  explicit TemplateLoader(Work& work) : work_(&work), reader_(work.templates) {}

  void work(std::size_t index) {
    const Piece& piece = work_->pieces[index];
    Buffer buffer;
    for (const std::uint64_t chunk : piece.chunks) {
      const auto bytes = evtx::read_chunk_bytes(*piece.log->file, chunk, buffer);
      if (!bytes || evtx::is_unused(*bytes)) continue;
      reader_.open(*bytes);
      reader_.load_templates();
    }
  }
  void hand_on() {}

 private:
  Work* work_;
  evtx::ChunkReader reader_;
};

ExitStatus run(const Arguments& arguments) {
  if (arguments.engine == evtx::Engine::kLibevtx &&
      (arguments.format == evtx::Format::kJson || arguments.recover)) {
    throw Failure(ExitStatus::kUsage,
                  "libevtx renders XML only, and recovers nothing: leave out --format jsonl and "
                  "--recover");
  }
  Work work;
  work.arguments = &arguments;
  if (!arguments.records.empty()) work.records = RecordRanges(arguments.records);
  const auto ansi = CodePage::find(arguments.ansi_code_page);
  if (!ansi) {
    throw Failure(ExitStatus::kUsage,
                  fmt::format("--ansi-code-page: '{}' is not known", arguments.ansi_code_page));
  }
  work.ansi = *ansi;
  for (const evidence::Piece& piece : evidence::find(arguments.files).pieces) {
    for (const Problem& problem : piece.problems) print_problem(piece.path, problem);
    work.damaged = work.damaged || !piece.problems.empty();
    if (piece.kind == evidence::Kind::kEvtx) add_pieces(piece, work);
  }
  if (arguments.recover) {
    in_turns(work.pieces.size(), arguments.threads, [&work] { return TemplateLoader(work); });
  }
  in_turns(work.pieces.size(), arguments.threads, [&work] { return Worker(work); });
  return work.damaged ? ExitStatus::kDamaged : ExitStatus::kDone;
}

}  // namespace

void add_dump(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  arguments->threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand("dump", "Write all records of logs as XML or JSON Lines");
  command->add_option("FILE", arguments->files, "EVTX logs, or folders with such")->required();
  command->add_option("--format", arguments->format, "One <Event>, or one JSON object, on a line")
      ->transform(CLI::CheckedTransformer(std::map<std::string, evtx::Format>{
          {"xml", evtx::Format::kXml}, {"jsonl", evtx::Format::kJson}}))
      ->option_text("xml|jsonl [xml]");
  command->add_option("--records", arguments->records, "Only records with these ids")
      ->option_text("RANGES");
  command->add_flag("--recover", arguments->recover,
                    "Also bring back stale records, and rebuild those whose template is gone");
  add_engine_option(*command, arguments->engine);
  command->add_option("--ansi-code-page", arguments->ansi_code_page, "Of ANSI strings")
      ->option_text("NAME [windows-1252]");
  command->add_option("--threads", arguments->threads, "Threads that read")
      ->check(CLI::Range(1U, 1024U))
      ->option_text(fmt::format("N [{}]", arguments->threads));
  command->footer(
      "Examples:\n"
      "  evtxhound dump Security.evtx | grep 3CXDesktopApp\n"
      "  evtxhound dump --format jsonl evidence/ > events.jsonl\n"
      "  evtxhound dump --records 100-200,345 System.evtx\n"
      "  evtxhound dump --recover System.evtx | grep -F '<!-- recovered -->'\n\n"
      "Records come log by log, the oldest first, in the same order with any number of threads.\n"
      "With --recover, what still stands in the slack of chunks and in cleared chunks follows the\n"
      "live records of its chunk, marked as recovered; a record made by a like template from\n"
      "elsewhere in the evidence is marked as rebuilt.\n"
      "What cannot be read is reported on stderr with its offset. Ends with 1 where a log is\n"
      "damaged.");
  command->callback([arguments, &status] { status = run(*arguments); });
}

}  // namespace evtxhound::tool
