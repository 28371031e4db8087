// A disk image that one of the libyal libraries reads (libewf, libqcow, libvmdk, libvhdi): they
// have the same functions under different names.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evidence/disk/library_io.hpp"

namespace evtxhound::evidence {

// Their handles and errors are all opaque, declared as intptr_t.
struct LibraryFunctions {
  using Handle = std::intptr_t;
  using Error = std::intptr_t;

  int (*initialize)(Handle**, Error**) = nullptr;
  int (*free)(Handle**, Error**) = nullptr;
  int (*close)(Handle*, Error**) = nullptr;
  ssize_t (*read)(Handle*, void*, std::size_t, std::int64_t, Error**) = nullptr;
  int (*media_size)(Handle*, std::uint64_t*, Error**) = nullptr;
  int (*error_text)(Error*, char*, std::size_t) = nullptr;
  void (*error_free)(Error**) = nullptr;
};

// What a library says of its last failure. Frees it.
class LibraryError {
 public:
  explicit LibraryError(const LibraryFunctions& functions) : functions_(functions) {}
  ~LibraryError() { functions_.error_free(&error_); }
  LibraryError(const LibraryError&) = delete;
  LibraryError& operator=(const LibraryError&) = delete;

  // For the library's last parameter; clears what was there.
  LibraryFunctions::Error** out() {
    functions_.error_free(&error_);
    return &error_;
  }

  // Its first line, or "unknown error".
  [[nodiscard]] std::string text() const;

 private:
  const LibraryFunctions& functions_;
  LibraryFunctions::Error* error_ = nullptr;
};

// The disk in an image. One handle, guarded: the libraries' handles are not thread-safe.
class LibraryImage : public ByteSource {
 public:
  // `functions` must outlive it. Use open_handle() next.
  explicit LibraryImage(const LibraryFunctions& functions) : functions_(functions) {}
  ~LibraryImage() override;

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  // Fails with kUnreadable where the library fails, with its reason.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const override;

  // Makes the handle, has `open` open it, and asks for the disk's size. `open` is a function
  // (Handle*, Error**) that answers 1 where that went well.
  template <class Open>
  std::optional<Problem> open_handle(const Open& open) {
    LibraryError error(functions_);
    if (functions_.initialize(&handle_, error.out()) != 1 || open(handle_, error.out()) != 1) {
      return failed(error, std::nullopt);
    }
    is_open_ = true;
    if (functions_.media_size(handle_, &size_, error.out()) != 1) {
      return failed(error, std::nullopt);
    }
    return std::nullopt;
  }

  // As above, for an image that is no file: `open` is a function (Handle*, LibraryIo&, Error**).
  // The bytes are held as long as this object lives.
  template <class Open>
  std::optional<Problem> open_bytes(const IoFunctions& functions,
                                    const std::shared_ptr<const ByteSource>& bytes,
                                    const Open& open) {
    io_ = LibraryIo::open(functions, bytes);
    if (!io_) return failed(LibraryError(functions_), std::nullopt);
    return open_handle([&](LibraryFunctions::Handle* handle, LibraryFunctions::Error** error) {
      return open(handle, *io_, error);
    });
  }

  // REQUIRES: open_handle() went well
  [[nodiscard]] LibraryFunctions::Handle* handle() const { return handle_; }

 protected:
  // Called, guarded, after each read that went well: what is wrong with the bytes all the same.
  [[nodiscard]] virtual std::optional<Problem> doubt(std::uint64_t offset, std::size_t size) const;

 private:
  static Problem failed(const LibraryError& error, std::optional<std::uint64_t> offset);

  const LibraryFunctions& functions_;
  LibraryFunctions::Handle* handle_ = nullptr;
  bool is_open_ = false;
  std::uint64_t size_ = 0;
  std::shared_ptr<LibraryIo> io_;  // null where it is a file
  mutable std::mutex mutex_;
};

}  // namespace evtxhound::evidence
