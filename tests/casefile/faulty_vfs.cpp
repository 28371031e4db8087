#include "tests/casefile/faulty_vfs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace evtxhound::casefile::testing {

// An open file: this, and behind it the real one.
struct FaultyFile {
  sqlite3_file base;
  FaultyVfs* vfs;
  std::string* path;

  static FaultyFile& of(sqlite3_file* file) { return *reinterpret_cast<FaultyFile*>(file); }
  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kSize);
  }

  static int close(sqlite3_file* file) {
    delete of(file).path;
    return real(file)->pMethods->xClose(real(file));
  }
  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    if (of(file).vfs->off_) return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), into, size, offset);
  }
  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    FaultyVfs& vfs = *of(file).vfs;
    const std::lock_guard guard(vfs.mutex_);
    const int error = vfs.begin(SQLITE_IOERR_WRITE);
    if (error != SQLITE_OK) return error;
    vfs.unsynced_[*of(file).path].push_back(record(file, from, size, offset));
    return real(file)->pMethods->xWrite(real(file), from, size, offset);
  }
  static FaultyVfs::Write record(sqlite3_file* file, const void* from, int size,
                                 sqlite3_int64 offset) {
    FaultyVfs::Write write;
    write.offset = offset;
    write.after.assign(static_cast<const char*>(from), static_cast<std::size_t>(size));
    sqlite3_int64 length = 0;
    real(file)->pMethods->xFileSize(real(file), &length);
    write.size_before = length;
    const auto old = std::clamp<sqlite3_int64>(length - offset, 0, size);
    write.before.resize(static_cast<std::size_t>(old));
    if (old > 0) {
      real(file)->pMethods->xRead(real(file), write.before.data(), static_cast<int>(old), offset);
    }
    return write;
  }
  // At once: a log that is cut short is not needed any more.
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    FaultyVfs& vfs = *of(file).vfs;
    const std::lock_guard guard(vfs.mutex_);
    const int error = vfs.begin(SQLITE_IOERR_TRUNCATE);
    if (error != SQLITE_OK) return error;
    vfs.unsynced_.erase(*of(file).path);
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    FaultyVfs& vfs = *of(file).vfs;
    const std::lock_guard guard(vfs.mutex_);
    const int error = vfs.begin(SQLITE_IOERR_FSYNC);
    if (error != SQLITE_OK) return error;
    vfs.unsynced_.erase(*of(file).path);
    static_cast<void>(flags);  // the disk of a test need not be waited for
    return SQLITE_OK;
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
  }
  static int lock(sqlite3_file* file, int level) {
    if (of(file).vfs->off_) return SQLITE_IOERR_LOCK;
    return real(file)->pMethods->xLock(real(file), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
  }
  static int check_reserved_lock(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int file_control(sqlite3_file* file, int op, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), op, argument);
  }
  static int sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
  }
  static int device_characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
  }
  static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    if (of(file).vfs->off_) return SQLITE_IOERR_SHMMAP;
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    if (of(file).vfs->off_ && (flags & SQLITE_SHM_LOCK) != 0) return SQLITE_IOERR_SHMLOCK;
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
  }

  static FaultyVfs& vfs_of(sqlite3_vfs* vfs) { return *static_cast<FaultyVfs*>(vfs->pAppData); }
  static int open(sqlite3_vfs* self, const char* name, sqlite3_file* file, int flags, int* out) {
    FaultyVfs& vfs = vfs_of(self);
    file->pMethods = nullptr;
    if (vfs.off_) return SQLITE_CANTOPEN;
    const int code = vfs.real_->xOpen(vfs.real_, name, real(file), flags, out);
    if (code != SQLITE_OK) return code;
    of(file).vfs = &vfs;
    of(file).path = new std::string(name == nullptr ? "" : name);
    file->pMethods = &kMethods;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* self, const char* name, int sync) {
    FaultyVfs& vfs = vfs_of(self);
    const std::lock_guard guard(vfs.mutex_);
    const int error = vfs.begin(SQLITE_IOERR_DELETE);
    if (error != SQLITE_OK) return error;
    vfs.unsynced_.erase(name);
    static_cast<void>(sync);
    return vfs.real_->xDelete(vfs.real_, name, 0);
  }

  static const int kSize;
  static const sqlite3_io_methods kMethods;
};

// SQLite aligns what it gives to eight bytes.
const int FaultyFile::kSize = static_cast<int>((sizeof(FaultyFile) + 15) / 16 * 16);

// Version 2: with shared memory, as a write-ahead log needs it, without mapped reads.
const sqlite3_io_methods FaultyFile::kMethods = {2,
                                                 &close,
                                                 &read,
                                                 &write,
                                                 &truncate,
                                                 &sync,
                                                 &file_size,
                                                 &lock,
                                                 &unlock,
                                                 &check_reserved_lock,
                                                 &file_control,
                                                 &sector_size,
                                                 &device_characteristics,
                                                 &shm_map,
                                                 &shm_lock,
                                                 &shm_barrier,
                                                 &shm_unmap,
                                                 nullptr,
                                                 nullptr};

FaultyVfs::FaultyVfs() : real_(sqlite3_vfs_find(nullptr)) {
  vfs_ = *real_;
  vfs_.pNext = nullptr;
  vfs_.szOsFile += FaultyFile::kSize;
  vfs_.zName = "faulty";
  vfs_.pAppData = this;
  vfs_.xOpen = &FaultyFile::open;
  vfs_.xDelete = &FaultyFile::remove;
  // The others take no file, or only a name; the real one's own data they find by its pointer.
  vfs_.xAccess = [](sqlite3_vfs* self, const char* name, int flags, int* out) {
    sqlite3_vfs* real = FaultyFile::vfs_of(self).real_;
    return real->xAccess(real, name, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* self, const char* name, int size, char* out) {
    sqlite3_vfs* real = FaultyFile::vfs_of(self).real_;
    return real->xFullPathname(real, name, size, out);
  };
  if (sqlite3_vfs_register(&vfs_, 1) != SQLITE_OK) throw std::runtime_error("sqlite3_vfs_register");
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

void FaultyVfs::fail_at(std::uint64_t n, Fault fault) {
  fails_at_ = n;
  fault_ = fault;
  operations_ = 0;
  dice_ = n * 0x9E3779B97F4A7C15U + 1;
}

bool FaultyVfs::heal() {
  const bool failed = fails_at_ > 0 && operations_ >= fails_at_;
  fails_at_ = 0;
  operations_ = 0;
  off_ = false;
  unsynced_.clear();
  return failed;
}

int FaultyVfs::begin(int error) {
  if (off_) return error;
  ++operations_;
  if (fails_at_ == 0 || operations_ < fails_at_) return SQLITE_OK;
  if (fault_ == Fault::kIoError) return operations_ == fails_at_ ? error : SQLITE_OK;
  // A full disk lets go of what is there, and syncs it.
  if (fault_ == Fault::kFull) return error == SQLITE_IOERR_WRITE ? SQLITE_FULL : SQLITE_OK;
  cut_power();
  return error;
}

void FaultyVfs::cut_power() {
  off_ = true;
  for (const auto& [path, writes] : unsynced_) cut(path, writes);
  unsynced_.clear();
}

void FaultyVfs::cut(const std::string& path, const std::vector<Write>& writes) {
  const int descriptor = ::open(path.c_str(), O_RDWR);
  if (descriptor < 0) return;
  const auto put = [&](const std::string& bytes, std::size_t size, std::int64_t offset) {
    if (::pwrite(descriptor, bytes.data(), size, offset) != static_cast<ssize_t>(size)) {
      throw std::runtime_error("cannot write " + path);
    }
  };
  for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
    put(write->before, write->before.size(), write->offset);
    if (::ftruncate(descriptor, write->size_before) != 0) throw std::runtime_error("ftruncate");
  }
  constexpr std::size_t kSector = 512;
  for (const Write& write : writes) {
    dice_ = dice_ * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t roll = dice_ >> 33U;
    if (roll % 2 == 0) continue;
    const std::size_t sectors = write.after.size() / kSector;
    const bool torn = sectors > 1 && roll % 8 == 1;
    put(write.after, torn ? (1 + roll / 8 % (sectors - 1)) * kSector : write.after.size(),
        write.offset);
  }
  ::close(descriptor);
}

}  // namespace evtxhound::casefile::testing
