// Bytes as The Sleuth Kit (TSK) reads them. Only for the files of this folder: TSK's names are
// everybody's.
#pragma once

#include <tsk/libtsk.h>

#include <memory>
#include <string>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

// An image for TSK that reads from a ByteSource. Filled in by hand and not by
// tsk_img_open_external(): that would link in AFFLIB, and with it libcurl and thirty more.
class TskImage {
 public:
  explicit TskImage(std::shared_ptr<const ByteSource> bytes);

  // As above, for TSK of another size: nothing can be read behind the end of `bytes`.
  TskImage(std::shared_ptr<const ByteSource> bytes, std::uint64_t size);
  ~TskImage();
  TskImage(const TskImage&) = delete;
  TskImage& operator=(const TskImage&) = delete;

  // Lives as long as this object does.
  TSK_IMG_INFO* info();

 private:
  struct Info;
  std::unique_ptr<Info> info_;
};

// What TSK says of its last failure on this thread.
std::string tsk_reason();

}  // namespace evtxhound::evidence
