// Bytes that the libyal libraries read through libbfio, which most of them carry a copy of: for
// what is no file on disk.
#pragma once

#include <libbfio.h>

#include <memory>
#include <optional>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evidence/disk/shared_library.hpp"

namespace evtxhound::evidence {

// Of the libbfio that a library was linked with.
struct IoFunctions {
  decltype(&libbfio_handle_initialize) make = nullptr;
  decltype(&libbfio_handle_free) free = nullptr;
  decltype(&libbfio_pool_initialize) make_pool = nullptr;
  decltype(&libbfio_pool_append_handle) append = nullptr;
  decltype(&libbfio_pool_free) free_pool = nullptr;

  // False where one is missing.
  [[nodiscard]] bool load(const SharedLibrary& library);
};

// A handle of libbfio on a source of bytes, and a pool with another one. Not thread-safe: whoever
// uses a handle holds what guards the library's own.
class LibraryIo {
 public:
  // `functions` must outlive it. Null where libbfio fails.
  static std::shared_ptr<LibraryIo> open(const IoFunctions& functions,
                                         const std::shared_ptr<const ByteSource>& bytes);
  ~LibraryIo();
  LibraryIo(const LibraryIo&) = delete;
  LibraryIo& operator=(const LibraryIo&) = delete;

  // Good as long as this object is, which must outlive the library's own handle.
  [[nodiscard]] libbfio_handle_t* handle() const { return handle_; }
  [[nodiscard]] libbfio_pool_t* pool() const { return pool_; }

 private:
  // What libbfio is given of a source: bytes at one place after the other.
  struct Place {
    std::shared_ptr<const ByteSource> bytes;
    std::uint64_t at = 0;
    bool is_open = false;
  };
  struct Callbacks;

  LibraryIo(const IoFunctions& functions, const std::shared_ptr<const ByteSource>& bytes)
      : functions_(functions), own_{bytes}, pooled_{bytes} {}
  bool make();
  libbfio_handle_t* make_handle(Place& place) const;

  const IoFunctions& functions_;
  Place own_;
  Place pooled_;
  libbfio_handle_t* handle_ = nullptr;
  libbfio_pool_t* pool_ = nullptr;
};

}  // namespace evtxhound::evidence
