#include "evtxhound/evidence/disk/library_io.hpp"

#include <algorithm>

namespace evtxhound::evidence {

// As libbfio calls them: its handle is a Place.
struct LibraryIo::Callbacks {
  using Error = libbfio_error_t;

  static Place& of(void* handle) { return *static_cast<Place*>(handle); }

  static int free(std::intptr_t** /*handle*/, Error** /*error*/) { return 1; }

  static int clone(std::intptr_t** /*copy*/, std::intptr_t* /*handle*/, Error** /*error*/) {
    return -1;
  }

  static int open(std::intptr_t* handle, int /*flags*/, Error** /*error*/) {
    of(handle).at = 0;
    of(handle).is_open = true;
    return 1;
  }

  static int close(std::intptr_t* handle, Error** /*error*/) {
    of(handle).is_open = false;
    return 0;
  }

  static ssize_t read(std::intptr_t* handle, std::uint8_t* into, std::size_t size,
                      Error** /*error*/) {
    Place& place = of(handle);
    const auto got = place.bytes->read_at(place.at, MutableBytes(into, size));
    if (!got) return -1;
    place.at += *got;
    return static_cast<ssize_t>(*got);
  }

  static ssize_t write(std::intptr_t* /*handle*/, const std::uint8_t* /*bytes*/,
                       std::size_t /*size*/, Error** /*error*/) {
    return -1;
  }

  static off64_t seek(std::intptr_t* handle, off64_t offset, int whence, Error** /*error*/) {
    Place& place = of(handle);
    const auto size = static_cast<off64_t>(place.bytes->size());
    const off64_t from = whence == SEEK_END   ? size
                         : whence == SEEK_CUR ? static_cast<off64_t>(place.at)
                                              : 0;
    off64_t to = 0;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) return -1;
    place.at = static_cast<std::uint64_t>(to);
    return to;
  }

  static int exists(std::intptr_t* /*handle*/, Error** /*error*/) { return 1; }

  static int is_open(std::intptr_t* handle, Error** /*error*/) {
    return of(handle).is_open ? 1 : 0;
  }

  static int size(std::intptr_t* handle, size64_t* size, Error** /*error*/) {
    *size = of(handle).bytes->size();
    return 1;
  }
};

bool IoFunctions::load(const SharedLibrary& library) {
  return library.load("libbfio_handle_initialize", make) &&
         library.load("libbfio_handle_free", free) &&
         library.load("libbfio_pool_initialize", make_pool) &&
         library.load("libbfio_pool_append_handle", append) &&
         library.load("libbfio_pool_free", free_pool);
}

std::shared_ptr<LibraryIo> LibraryIo::open(const IoFunctions& functions,
                                           const std::shared_ptr<const ByteSource>& bytes) {
  std::shared_ptr<LibraryIo> io(new LibraryIo(functions, bytes));
  return io->make() ? io : nullptr;
}

LibraryIo::~LibraryIo() {
  if (pool_ != nullptr) functions_.free_pool(&pool_, nullptr);
  if (handle_ != nullptr) functions_.free(&handle_, nullptr);
}

libbfio_handle_t* LibraryIo::make_handle(Place& place) const {
  libbfio_handle_t* handle = nullptr;
  const int made =
      functions_.make(&handle, reinterpret_cast<std::intptr_t*>(&place), Callbacks::free,
                      Callbacks::clone, Callbacks::open, Callbacks::close, Callbacks::read,
                      Callbacks::write, Callbacks::seek, Callbacks::exists, Callbacks::is_open,
                      Callbacks::size, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, nullptr);
  return made == 1 ? handle : nullptr;
}

bool LibraryIo::make() {
  handle_ = make_handle(own_);
  if (handle_ == nullptr) return false;
  if (functions_.make_pool(&pool_, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES, nullptr) !=
      1) {
    return false;
  }
  libbfio_handle_t* pooled = make_handle(pooled_);
  if (pooled == nullptr) return false;
  int entry = 0;
  if (functions_.append(pool_, &entry, pooled, LIBBFIO_OPEN_READ, nullptr) == 1) return true;
  functions_.free(&pooled, nullptr);  // else it is the pool's
  return false;
}

}  // namespace evtxhound::evidence
