#include "evtxhound/evidence/disk/shadow_copies.hpp"

#include <libbfio.h>
#include <libvshadow.h>

#include <algorithm>
#include <mutex>

#include "evtxhound/evidence/disk/library_image.hpp"
#include "evtxhound/evidence/disk/shadow_catalog.hpp"
#include "evtxhound/evidence/disk/shadow_format.hpp"
#include "evtxhound/evidence/disk/shadow_metadata.hpp"
#include "evtxhound/evidence/disk/shared_library.hpp"

namespace evtxhound::evidence {
namespace {

struct Vshadow : LibraryFunctions {  // `read` reads a store
  decltype(&libvshadow_volume_open_file_io_handle) open = nullptr;
  decltype(&libvshadow_volume_get_store) get_store = nullptr;
  decltype(&libvshadow_store_free) free_store = nullptr;
  decltype(&libbfio_handle_initialize) make_io = nullptr;
  decltype(&libbfio_handle_free) free_io = nullptr;
};

Result<Vshadow> load_functions() {
  const auto library = SharedLibrary::open("libvshadow.so.1", "libvshadow1");
  if (!library) return library.problem();
  Vshadow vshadow;
  // The last two are of the libbfio that libvshadow was linked with.
  const bool all = library->load("libvshadow_volume_initialize", vshadow.initialize) &&
                   library->load("libvshadow_volume_free", vshadow.free) &&
                   library->load("libvshadow_volume_close", vshadow.close) &&
                   library->load("libvshadow_store_read_buffer_at_offset", vshadow.read) &&
                   library->load("libvshadow_error_sprint", vshadow.error_text) &&
                   library->load("libvshadow_error_free", vshadow.error_free) &&
                   library->load("libvshadow_volume_open_file_io_handle", vshadow.open) &&
                   library->load("libvshadow_volume_get_store", vshadow.get_store) &&
                   library->load("libvshadow_store_free", vshadow.free_store) &&
                   library->load("libbfio_handle_initialize", vshadow.make_io) &&
                   library->load("libbfio_handle_free", vshadow.free_io);
  if (!all) return Problem{ProblemKind::kUnreadable, std::nullopt, "libvshadow lacks a function"};
  return vshadow;
}

const Result<Vshadow>& functions() {
  static const Result<Vshadow> loaded = load_functions();
  return loaded;
}

// The volume as libvshadow reads it, at one place after the other. While it opens the copies it
// sees no byte of the volume, but for it made metadata.
struct Io {
  std::shared_ptr<const ByteSource> volume;
  std::optional<ShadowMetadata> metadata;
  std::uint64_t at = 0;
  std::optional<Problem> failed;  // the last read, if it did

  static Io& of(std::intptr_t* handle) { return *reinterpret_cast<Io*>(handle); }

  static ssize_t read(std::intptr_t* handle, std::uint8_t* into, std::size_t size,
                      libbfio_error_t** /*error*/) {
    Io& io = of(handle);
    const MutableBytes bytes(into, size);
    std::size_t got = size;
    if (io.metadata) {
      if (!io.metadata->read(io.at, bytes)) return -1;
    } else {
      const auto read = io.volume->read_at(io.at, bytes);
      if (!read) {
        io.failed = read.problem();
        return -1;
      }
      got = *read;
    }
    io.at += got;
    return static_cast<ssize_t>(got);
  }

  static off64_t seek(std::intptr_t* handle, off64_t offset, int whence,
                      libbfio_error_t** /*error*/) {
    if (whence != SEEK_SET || offset < 0) return -1;
    of(handle).at = static_cast<std::uint64_t>(offset);
    return offset;
  }

  static int size(std::intptr_t* handle, size64_t* size, libbfio_error_t** /*error*/) {
    *size = of(handle).volume->size();
    return 1;
  }

  static int free(std::intptr_t** /*handle*/, libbfio_error_t** /*error*/) { return 1; }
  static int clone(std::intptr_t** /*copy*/, std::intptr_t* /*handle*/,
                   libbfio_error_t** /*error*/) {
    return -1;
  }
  static int open(std::intptr_t* /*handle*/, int /*flags*/, libbfio_error_t** /*error*/) {
    return 1;
  }
  static int close(std::intptr_t* /*handle*/, libbfio_error_t** /*error*/) { return 0; }
  static ssize_t write(std::intptr_t* /*handle*/, const std::uint8_t* /*bytes*/,
                       std::size_t /*size*/, libbfio_error_t** /*error*/) {
    return -1;
  }
  static int exists(std::intptr_t* /*handle*/, libbfio_error_t** /*error*/) { return 1; }
};

// libvshadow's handles of one volume. Everything that uses them holds the mutex: its stores share
// the place in the volume.
class OpenVolume {
 public:
  OpenVolume(const Vshadow& vshadow, std::shared_ptr<const ByteSource> volume)
      : vshadow_(vshadow), io_{std::move(volume), std::nullopt, 0, std::nullopt} {}
  OpenVolume(const OpenVolume&) = delete;
  OpenVolume& operator=(const OpenVolume&) = delete;

  ~OpenVolume() {
    for (libvshadow_store_t* store : stores_) vshadow_.free_store(&store, nullptr);
    if (is_open_) vshadow_.close(volume_, nullptr);
    if (volume_ != nullptr) vshadow_.free(&volume_, nullptr);
    if (handle_ != nullptr) vshadow_.free_io(&handle_, nullptr);
  }

  // Opens `count` stores, and has libvshadow read all of their lists.
  std::optional<Problem> open(ShadowMetadata metadata, std::size_t count) {
    io_.metadata = std::move(metadata);
    LibraryError error(vshadow_);
    if (vshadow_.make_io(&handle_, reinterpret_cast<std::intptr_t*>(&io_), Io::free, Io::clone,
                         Io::open, Io::close, Io::read, Io::write, Io::seek, Io::exists, Io::exists,
                         Io::size, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, error.out()) != 1 ||
        vshadow_.initialize(&volume_, error.out()) != 1 ||
        vshadow_.open(volume_, handle_, LIBVSHADOW_OPEN_READ, error.out()) != 1) {
      return failed(error, std::nullopt);
    }
    is_open_ = true;
    for (std::size_t i = 0; i < count; ++i) {
      libvshadow_store_t* store = nullptr;
      if (vshadow_.get_store(volume_, static_cast<int>(i), &store, error.out()) != 1) {
        return failed(error, std::nullopt);
      }
      stores_.push_back(store);
      std::uint8_t byte = 0;
      if (vshadow_.read(store, &byte, 1, 0, error.out()) != 1) return failed(error, std::nullopt);
    }
    io_.metadata.reset();
    return std::nullopt;
  }

  // Whole blocks only, or up to the end of the volume: libvshadow 20190323 takes the bits of a
  // block that is kept in part for those of the next sectors, and reads behind the block, where a
  // read does not begin at a sector.
  // REQUIRES: offset is a multiple of the block's size; offset + into.size() <= size()
  std::optional<Problem> read(std::size_t store, std::uint64_t offset, MutableBytes into) {
    const std::lock_guard guard(mutex_);
    LibraryError error(vshadow_);
    io_.failed.reset();
    const ssize_t got = vshadow_.read(stores_[store], into.data(), into.size(),
                                      static_cast<std::int64_t>(offset), error.out());
    if (got >= 0 && static_cast<std::size_t>(got) == into.size()) return std::nullopt;
    return failed(error, offset);
  }

  [[nodiscard]] std::uint64_t size() const { return io_.volume->size(); }

 private:
  Problem failed(const LibraryError& error, std::optional<std::uint64_t> offset) const {
    const auto kind = io_.failed ? io_.failed->kind : ProblemKind::kUnreadable;
    return {kind, offset,
            "cannot read the shadow copy: " + (io_.failed ? io_.failed->message : error.text())};
  }

  const Vshadow& vshadow_;
  Io io_;
  libbfio_handle_t* handle_ = nullptr;
  libvshadow_volume_t* volume_ = nullptr;
  std::vector<libvshadow_store_t*> stores_;
  bool is_open_ = false;
  std::mutex mutex_;
};

class CopySource final : public ByteSource {
 public:
  CopySource(std::shared_ptr<OpenVolume> open, std::size_t store)
      : open_(std::move(open)), store_(store) {}

  [[nodiscard]] std::uint64_t size() const override { return open_->size(); }

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            MutableBytes into) const override {
    if (offset >= size()) return std::size_t{0};
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size() - offset));
    Buffer block;
    for (std::size_t done = 0; done < wanted;) {
      const std::uint64_t at = offset + done;
      const std::size_t within = at % shadow::kBlock;
      const std::size_t whole = (wanted - done) / shadow::kBlock * shadow::kBlock;
      if (within == 0 && whole > 0) {
        if (auto problem = open_->read(store_, at, into.subspan(done, whole))) return *problem;
        done += whole;
        continue;
      }
      const std::uint64_t begin = at - within;
      block.resize(std::min<std::uint64_t>(shadow::kBlock, size() - begin));
      if (auto problem = open_->read(store_, begin, block)) return *problem;
      const std::size_t part = std::min(block.size() - within, wanted - done);
      std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(within), part,
                  into.begin() + static_cast<std::ptrdiff_t>(done));
      done += part;
    }
    return wanted;
  }

 private:
  std::shared_ptr<OpenVolume> open_;
  std::size_t store_;
};

// Sets `bytes` of the copies whose store is known.
std::optional<Problem> open_bytes(const std::shared_ptr<const ByteSource>& volume,
                                  const std::vector<ShadowStore>& stores,
                                  std::vector<ShadowCopy>& copies) {
  if (!functions()) return functions().problem();
  const auto known = std::ranges::count(stores, true, &ShadowStore::is_known);
  auto open = std::make_shared<OpenVolume>(*functions(), volume);
  if (auto problem = open->open({stores, volume->size()}, static_cast<std::size_t>(known))) {
    return problem;
  }
  std::size_t index = 0;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    if (stores[i].is_known) copies[i].bytes = std::make_shared<CopySource>(open, index++);
  }
  return std::nullopt;
}

}  // namespace

ShadowCopies open_shadow_copies(const std::shared_ptr<const ByteSource>& volume) {
  ShadowCatalog catalog = read_shadow_catalog(*volume);
  ShadowCopies found;
  found.problems = std::move(catalog.problems);
  for (ShadowStore& store : catalog.stores) {
    found.copies.push_back(
        {store.id, store.copy_id, store.created, nullptr, std::move(store.problems)});
  }
  if (std::ranges::none_of(catalog.stores, &ShadowStore::is_known)) return found;
  if (auto problem = open_bytes(volume, catalog.stores, found.copies)) {
    found.problems.push_back(*std::move(problem));
  }
  return found;
}

}  // namespace evtxhound::evidence
