// Plain values and arrays of such as bytes, and back: for files that only the same program on the
// same kind of machine reads again. The bytes are as they are in memory.
//
// Arrays are aligned, so that they can be used where they stand: in a file that is mapped, say. For
// that, what was packed must start at an address that is a multiple of kPackAlignment.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

inline constexpr std::size_t kPackAlignment = 16;

template <class T>
void pack_value(Buffer& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  const std::size_t at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

// Takes a value off `bytes`; false, and nothing taken, where they are too few.
template <class T>
bool unpack_value(Bytes& bytes, T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(sizeof value);
  return true;
}

template <class T>
void pack_array(Buffer& out, std::span<const T> values) {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= kPackAlignment);
  pack_value(out, std::uint64_t{values.size()});
  const std::size_t at = (out.size() + kPackAlignment - 1) / kPackAlignment * kPackAlignment;
  out.resize(at + values.size_bytes());
  if (!values.empty()) std::memcpy(out.data() + at, values.data(), values.size_bytes());
}

// Takes an array off `bytes`, as a view of them; false where they are too few.
template <class T>
bool unpack_array(Bytes& bytes, std::span<const T>& values) {
  std::uint64_t count = 0;
  if (!unpack_value(bytes, count)) return false;
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::size_t gap = (kPackAlignment - address % kPackAlignment) % kPackAlignment;
  if (gap > bytes.size() || count > (bytes.size() - gap) / sizeof(T)) return false;
  bytes = bytes.subspan(gap);
  values = {reinterpret_cast<const T*>(bytes.data()), static_cast<std::size_t>(count)};
  bytes = bytes.subspan(values.size_bytes());
  return true;
}

inline void pack_text(Buffer& out, const std::string& text) {
  pack_array(out, std::span<const char>(text));
}

inline bool unpack_text(Bytes& bytes, std::string& text) {
  std::span<const char> characters;
  if (!unpack_array(bytes, characters)) return false;
  text.assign(characters.begin(), characters.end());
  return true;
}

// Values one by one, each by `pack_one(out, value)` and `unpack_one(bytes, value)`.
template <class Values, class PackOne>
void pack_each(Buffer& out, const Values& values, PackOne pack_one) {
  pack_value(out, std::uint64_t{values.size()});
  for (const auto& value : values) pack_one(out, value);
}

template <class Values, class UnpackOne>
bool unpack_each(Bytes& bytes, Values& values, UnpackOne unpack_one) {
  std::uint64_t count = 0;
  if (!unpack_value(bytes, count)) return false;
  values.clear();
  for (; count > 0; --count) {
    if (!unpack_one(bytes, values.emplace_back())) return false;
  }
  return true;
}

// An array that is made here, or stands in memory that somebody else owns and that must outlive it.
template <class T>
class PackedArray {
 public:
  PackedArray() = default;
  explicit PackedArray(std::vector<T> values) : owned_(std::move(values)), view_(owned_) {}
  // A vector's elements stay where they are when it is moved.
  PackedArray(PackedArray&&) noexcept = default;
  PackedArray& operator=(PackedArray&&) noexcept = default;
  PackedArray(const PackedArray&) = delete;
  PackedArray& operator=(const PackedArray&) = delete;

  [[nodiscard]] const T& operator[](std::size_t i) const { return view_[i]; }
  [[nodiscard]] const T* data() const { return view_.data(); }
  [[nodiscard]] std::size_t size() const { return view_.size(); }
  [[nodiscard]] bool empty() const { return view_.empty(); }

  void pack(Buffer& out) const { pack_array(out, view_); }
  bool unpack(Bytes& bytes) {
    owned_.clear();
    return unpack_array(bytes, view_);
  }

 private:
  std::vector<T> owned_;
  std::span<const T> view_;
};

}  // namespace evtxhound
