#include "evtxhound/evtx/chunk_reader.hpp"

#include <fmt/format.h>

#include <limits>

#include "evtxhound/evtx/binxml/resolver.hpp"
#include "evtxhound/evtx/program/run_event.hpp"
#include "evtxhound/evtx/render/tree_json.hpp"
#include "evtxhound/evtx/render/tree_xml.hpp"
#include "evtxhound/evtx/tree_event.hpp"

namespace evtxhound::evtx {
namespace {

// Where a record's BinXML stands.
std::size_t content_begin(const RecordFrame& frame) { return frame.offset + kRecordHeaderSize; }
std::size_t content_end(const RecordFrame& frame) {
  return std::size_t{frame.offset} + frame.size - 4;  // the size copy
}

}  // namespace

struct ChunkReader::Resolved {
  std::uint32_t offset = std::numeric_limits<std::uint32_t>::max();  // of the record
  std::uint32_t size = 0;                                            // likewise
  Outcome defect;                                                    // why there is no tree
  bool rebuilt = false;
  Tree tree;
  std::unique_ptr<Resolver> resolver;  // owns names of the tree
  std::optional<FieldTable> fields;
};

void fill_from_frame(const RecordFrame& frame, Event& event) {
  event.byte_offset = frame.offset;
  event.byte_size = frame.size;
  event.record_id = frame.record_id;
  event.time_written = frame.time_written;
  // A record without a readable TimeCreated is placed by the time in its header.
  if (event.time_created.empty()) event.time_created = to_iso8601(frame.time_written);
}

std::optional<Value> Record::field(std::string_view name) const {
  return reader_->find_field(frame_, name, false);
}

std::optional<Value> Record::system(std::string_view name) const {
  return reader_->find_field(frame_, name, true);
}

ChunkReader::ChunkReader(TemplateCache& templates, ReaderOptions options)
    : cache_(&templates),
      templates_(templates),
      slots_(std::make_unique<std::array<Slots, kMaxProgramDepth>>()),
      resolved_(std::make_unique<Resolved>()) {
  writer_.ansi = options.ansi;
  templates_.set_rebuild(options.rebuild);
}

ChunkReader::~ChunkReader() = default;

void ChunkReader::open(Bytes chunk) { open(chunk, find_records(chunk)); }

void ChunkReader::open(Bytes chunk, ChunkFrames frames) {
  templates_.start_chunk(chunk);
  budget_.start_chunk();
  text_left_ = kMaxChunkText;
  open_next(chunk, std::move(frames));
}

void ChunkReader::open_next(Bytes chunk, ChunkFrames frames) {
  templates_.next_chunk(chunk);
  start(chunk, std::move(frames));
}

void ChunkReader::open_again(Bytes chunk, ChunkFrames frames) {
  templates_.same_chunk(chunk);
  start(chunk, std::move(frames));
}

void ChunkReader::start(Bytes chunk, ChunkFrames frames) {
  chunk_ = chunk;
  frames_ = std::move(frames);
  resolved_ = std::make_unique<Resolved>();
}

std::optional<Problem> ChunkReader::append(const RecordFrame& frame, Format format,
                                           TextBuffer& out) {
  const std::size_t start = out.size();
  rebuilt_ = false;
  templates_.start_record(frame);
  RunContext context{chunk_, &templates_, &writer_, &out, start, slots_.get()};
  if (text_left_ >= kMaxRecordText) {
    const bool done = run_program(format, context, content_begin(frame), content_end(frame));
    // What was written in vain has taken its time too.
    const std::size_t written = out.size() - start;
    const bool fits = take_text(written);
    // Nothing is written where the only element depends on a null.
    if (done && fits && written != 0) return std::nullopt;
    out.truncate(start);
  }
  Outcome defect = resolve(frame);
  if (!defect) {
    const Tree& tree = resolved_->tree;
    defect = format == Format::kXml ? append_xml(tree, writer_, start, out)
                                    : append_json(tree, writer_, start, out);
    if (!defect && out.size() == start) {
      defect = Defect{frame.offset, "no element in it"};  // only a value, which is blank
    }
    if (!take_text(out.size() - start) && !defect) {
      defect = Defect{frame.offset, "the chunk's text would be longer than 64 MiB"};
    }
  }
  if (!defect) return std::nullopt;
  out.truncate(start);
  return unread(frame, *defect);
}

Result<Event> ChunkReader::event(const RecordFrame& frame) {
  Event made;
  if (auto problem = read_event(frame, made)) return std::move(*problem);
  return made;
}

std::optional<Problem> ChunkReader::read_event(const RecordFrame& frame, Event& event) {
  Outcome defect;
  if (make_event(frame, event, defect)) return std::nullopt;
  if (!defect) defect = resolve(frame);
  if (!defect) {
    if (auto made = event_from_tree(resolved_->tree, writer_)) {
      event = std::move(*made);
      fill_from_frame(frame, event);
      return std::nullopt;
    }
    defect = Defect{frame.offset, "no Event element"};
  }
  return unread(frame, *defect);
}

// By program; false where it takes a tree.
bool ChunkReader::make_event(const RecordFrame& frame, Event& event, Outcome& defect) {
  rebuilt_ = false;
  templates_.start_record(frame);
  if (text_left_ < kMaxRecordText) return false;
  RunContext context{chunk_, &templates_, &writer_, &scratch_, 0, slots_.get()};
  const bool done =
      run_event_program(context, content_begin(frame), content_end(frame), event, defect);
  std::size_t size = 0;
  for (const Field& field : event.data) size += field.name.size() + field.value.size();
  if (!take_text(size) || !done) return false;
  fill_from_frame(frame, event);
  return true;
}

// Takes a record's text from what the chunk may write. False where it is longer than that, or than
// a record's may be.
bool ChunkReader::take_text(std::size_t size) {
  const std::size_t from_chunk = size - std::min(size, kFreeRecordText);
  const bool fits = size <= kMaxRecordText && from_chunk <= text_left_;
  text_left_ -= std::min(text_left_, from_chunk);
  return fits;
}

// Makes the record's tree, unless it was done, or tried, just before.
Outcome ChunkReader::resolve(const RecordFrame& frame) {
  if (resolved_->offset != frame.offset || resolved_->size != frame.size) {
    resolved_ = std::make_unique<Resolved>();  // which frees the one before
    const Outcome defect = make_tree(frame, *resolved_);
    const bool rebuilt = templates_.take_rebuilt();
    if (defect) resolved_ = std::make_unique<Resolved>();
    resolved_->offset = frame.offset;
    resolved_->size = frame.size;
    resolved_->defect = defect;
    resolved_->rebuilt = rebuilt;
  }
  rebuilt_ = resolved_->rebuilt;
  return resolved_->defect;
}

Outcome ChunkReader::make_tree(const RecordFrame& frame, Resolved& fresh) {
  budget_.start_record(kFreeRecordNodes);
  static_cast<void>(templates_.take_rebuilt());
  templates_.start_record(frame);
  fresh.resolver = std::make_unique<Resolver>(chunk_, templates_, budget_, fresh.tree);
  if (auto defect = fresh.resolver->resolve(content_begin(frame), content_end(frame))) {
    return defect;
  }
  if (fresh.tree.root() == kNoNode) return Defect{frame.offset, "no element in it"};
  return std::nullopt;
}

std::optional<Value> ChunkReader::find_field(const RecordFrame& frame, std::string_view name,
                                             bool system) {
  bool readable = true;
  const auto found =
      find_in_instance(content_begin(frame), content_end(frame), name, system, 0, readable);
  if (readable) return found;
  if (resolve(frame)) return std::nullopt;
  if (!resolved_->fields) resolved_->fields.emplace(resolved_->tree);
  const FieldTable& fields = *resolved_->fields;
  const FieldPlace* const place = system ? fields.find_system(name) : fields.find_data(name);
  if (place == nullptr || place->several) return std::nullopt;
  return place->fixed;
}

// Looks for a field in an instance and those within it. `readable` becomes false where the BinXML
// is no instance of a definition that can be read.
std::optional<Value> ChunkReader::find_in_instance(std::size_t begin, std::size_t end,
                                                   std::string_view name, bool system,
                                                   std::size_t depth, bool& readable) {
  const Bytes area = chunk_.first(end);
  if (end - begin > 4 && static_cast<Token>(area[begin]) == Token::kFragmentHeader) begin += 4;
  readable = false;
  if (begin >= end || static_cast<Token>(area[begin]) != Token::kTemplateInstance) return {};
  SlotFrame instance;
  if (depth >= kMaxProgramDepth) return {};
  Slot* const slots = (*slots_)[depth].data();
  if (!read_slots(area, begin, slots, instance)) return {};
  const Definition* const definition = templates_.find(instance.definition, instance.template_id);
  if (definition == nullptr) return {};
  readable = true;
  const FieldTable& fields = definition->fields();
  if (const FieldPlace* place = system ? fields.find_system(name) : fields.find_data(name)) {
    if (place->several) return std::nullopt;
    if (!place->slot) return place->fixed;
    if (*place->slot >= instance.count) return std::nullopt;
    return slots[*place->slot].value(chunk_.data());
  }
  if (system) return std::nullopt;
  for (const std::uint16_t number : fields.nested()) {
    if (number >= instance.count) continue;
    const Slot slot = slots[number];
    if (!slot.value(chunk_.data()).is_binxml()) continue;
    const auto found = find_in_instance(slot.offset(), std::size_t{slot.offset()} + slot.size(),
                                        name, system, depth + 1, readable);
    if (found || !readable) return found;
  }
  return std::nullopt;
}

Problem ChunkReader::unread(const RecordFrame& frame, const Defect& defect) {
  std::string message = fmt::format("record {}: {}", frame.record_id, defect.message);
  if (defect.offset > frame.offset) {
    message += fmt::format(", {} bytes into it", defect.offset - frame.offset);
  }
  return {ProblemKind::kRecordUnread, frame.offset, std::move(message)};
}

}  // namespace evtxhound::evtx
