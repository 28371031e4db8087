#include "evtxhound/evidence/disk/tsk_image.hpp"

#include <algorithm>
#include <limits>

namespace evtxhound::evidence {

// TSK hands its own part to the callbacks; the source stands behind it.
struct TskImage::Info {
  TSK_IMG_INFO tsk{};
  std::shared_ptr<const ByteSource> bytes;

  static ssize_t read(TSK_IMG_INFO* image, TSK_OFF_T offset, char* into, std::size_t size);
};

// TSK reads 64 KiB at a time. Where not all of that can be read, it gets the sectors in front of
// the first one that cannot.
ssize_t TskImage::Info::read(TSK_IMG_INFO* image, TSK_OFF_T offset, char* into, std::size_t size) {
  const ByteSource& bytes = *reinterpret_cast<Info*>(image)->bytes;
  const MutableBytes all(reinterpret_cast<std::uint8_t*>(into), size);
  const auto from = static_cast<std::uint64_t>(offset);
  if (const auto got = bytes.read_at(from, all)) return static_cast<ssize_t>(*got);
  std::size_t done = 0;
  while (done < size) {
    const auto got =
        bytes.read_at(from + done, all.subspan(done, std::min<std::size_t>(512, size - done)));
    if (!got || *got == 0) break;
    done += *got;
  }
  if (done > 0) return static_cast<ssize_t>(done);
  tsk_error_reset();
  tsk_error_set_errno(TSK_ERR_IMG_READ);
  tsk_error_set_errstr("the image cannot be read there");
  return -1;
}

TskImage::TskImage(std::shared_ptr<const ByteSource> bytes) : TskImage(bytes, bytes->size()) {}

TskImage::TskImage(std::shared_ptr<const ByteSource> bytes, std::uint64_t size)
    : info_(std::make_unique<Info>()) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<TSK_OFF_T>::max());
  info_->bytes = std::move(bytes);
  TSK_IMG_INFO& tsk = info_->tsk;
  tsk.tag = TSK_IMG_INFO_TAG;
  tsk.itype = TSK_IMG_TYPE_EXTERNAL;
  tsk.size = static_cast<TSK_OFF_T>(std::min(size, kMost));
  tsk.sector_size = 512;
  tsk.read = &Info::read;
  tsk.close = [](TSK_IMG_INFO*) {};
  tsk.imgstat = [](TSK_IMG_INFO*, FILE*) {};
  pthread_mutex_init(&tsk.cache_lock.mutex, nullptr);
}

TskImage::~TskImage() { pthread_mutex_destroy(&info_->tsk.cache_lock.mutex); }

TSK_IMG_INFO* TskImage::info() { return &info_->tsk; }

std::string tsk_reason() {
  const char* reason = tsk_error_get();
  std::string text = reason == nullptr ? "unknown error" : reason;
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace evtxhound::evidence
