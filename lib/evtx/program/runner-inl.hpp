// What the runners of both formats have in common; see render/value_text-inl.hpp for the guard.
#if defined(EVTXHOUND_RUNNER_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef EVTXHOUND_RUNNER_INL_HPP
#undef EVTXHOUND_RUNNER_INL_HPP
#else
#define EVTXHOUND_RUNNER_INL_HPP
#endif

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/program/ready.hpp"
#include "evtxhound/evtx/program/run.hpp"
#include "evtxhound/evtx/render/value_text-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {

// Writes text behind what the context's buffer holds, by a place of its own. To stay in registers
// it has to be a local variable whose address nobody gets: a runner copies its member into one,
// passes that to nothing but what is inlined, and copies it back around calls.
class Cursor {
 public:
  explicit Cursor(RunContext& context)
      : context_(&context),
        at_(context.out->reserve(0)),
        limit_(context.out->limit()),
        readable_end_(context.chunk.data() + context.chunk.size()) {}

  // Makes room for `size` bytes and what copies may write beyond them. Once for a whole program,
  // since its text and values are bounded; again behind what is not.
  HWY_INLINE void ensure(std::size_t size) {
    room_ = size + kOvershoot;
    if (HWY_UNLIKELY(static_cast<std::size_t>(limit_ - at_) < room_)) {
      sync();
      at_ = context_->out->reserve(room_);
      limit_ = context_->out->limit();
    }
  }

  // The same for text of so many bytes, a value, and a few characters around them.
  HWY_INLINE void ensure(std::size_t size, Slot slot) {
    static_assert(kMaxEscapedSize == 6, "a string takes at most three bytes for each of its own");
    ensure(size + scalar_room(slot.size()));
  }

  // What is below needs room for what it writes.
  HWY_INLINE void copy(const char* text, std::size_t size) {
    static_assert(Literals::kPadding == 32 && kOvershoot >= 32);
    std::memcpy(at_, text, 32);
    if (HWY_UNLIKELY(size > 32)) std::memcpy(at_ + 32, text + 32, size - 32);
    at_ += size;
  }
  // A literal of the code.
  template <std::size_t kSize>
  HWY_INLINE void words(const char (&text)[kSize]) {  // NOLINT(modernize-avoid-c-arrays)
    std::memcpy(at_, text, kSize - 1);
    at_ += kSize - 1;
  }
  HWY_INLINE void put(char c) { *at_++ = c; }
  // Takes back what was written last.
  HWY_INLINE void back(std::size_t size) { at_ -= size; }
  // Writes over the character that stands so far back.
  HWY_INLINE void overwrite(std::size_t back, char c) { *(at_ - back) = c; }

  // A value that is neither an array nor BinXML; there must be room for it. Type and bytes come
  // apart, so that they travel in registers.
  template <Escape E>
  HWY_INLINE void value(ValueType type, Bytes bytes) {
    if (HWY_LIKELY(type == ValueType::kString)) {
      at_ = write_utf16<E>(bytes.data(), bytes.size() / 2, readable_end_, at_);
    } else if (type == ValueType::kAnsiString) {
      sync();
      append_ansi<E>(bytes, *context_->writer, *context_->out);
      at_ = context_->out->reserve(room_);  // no less than is still asked for
      limit_ = context_->out->limit();
    } else if (type != ValueType::kNull && !bytes.empty()) {
      at_ = write_scalar(type, bytes, *context_->writer, at_);
    }
  }

  // Before other code looks at the buffer or appends to it.
  HWY_INLINE void sync() { context_->out->set_end(at_); }

  // Whether the record's text is still of a size that records may have.
  [[nodiscard]] HWY_INLINE bool fits() const {
    const auto used = static_cast<std::size_t>(at_ - context_->out->view().data());
    return used - context_->start <= kMaxRecordText;
  }

 private:
  RunContext* context_;
  char* at_;
  char* limit_;
  std::size_t room_ = 0;  // that was made sure of last
  const std::uint8_t* readable_end_;
};

// Whether a value renders as nothing; Value::is_blank() for slots.
HWY_INLINE bool is_blank(Slot slot, const std::uint8_t* chunk) {
  if (slot.is_null() || slot.size() == 0) return true;
  if (slot.type() == ValueType::kString || slot.type() == ValueType::kAnsiString) {
    return slot.value(chunk).is_blank();
  }
  return false;
}

}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
