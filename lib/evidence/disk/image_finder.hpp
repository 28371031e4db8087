// What lies in disk images, as pieces of evidence.
#pragma once

#include <filesystem>
#include <vector>

#include "evtxhound/evidence/disk/file_system.hpp"
#include "evtxhound/evidence/disk/image_format.hpp"
#include "evtxhound/evidence/disk/runs_source.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::evidence {

// Adds pieces to `findings`, which must outlive it. For one thread.
class ImageFinder {
 public:
  // With `carve`, what no file covers is a piece of each image, too.
  ImageFinder(Findings& findings, bool carve) : findings_(findings), carve_(carve) {}

  // Opens the image at pieces[index], and adds, depth first, its volumes (`disk.E01 / partition 2`;
  // `disk.dd / volume` where there is no partition table), and in each its logs and exports. Files
  // that the file system only remembers have that in their path:
  // `… / Security.evtx (deleted, entry 64)`. What cannot be read is a problem of its piece: the
  // image, the volume or the file.
  //
  // Behind a volume's files come its volume shadow copies, the oldest first, with the files that
  // each had in use: `disk.E01 / partition 2 / shadow 1 / …`, numbered as vshadowmount does.
  //
  // With `carve`, the last piece of an image is `disk.E01 / unallocated`: the disk, where all that
  // files in use cover, metadata, and deleted logs that are pieces already, are zeros. So places in
  // it are places on the disk. A volume whose file system is not known belongs to it as a whole.
  //
  // A file in use that is named as a log and is none is a piece with that problem, as in a folder.
  // Returns the image's files on disk, which are then not to be looked at for themselves.
  std::vector<std::filesystem::path> search(std::size_t index, ImageFormat format);

 private:
  std::vector<ByteRun> volume(std::size_t index, const std::shared_ptr<const ByteSource>& bytes);
  std::vector<ByteRun> files(std::size_t index, const FileSystem& system, const WantsFile& wants);
  void shadow_copies(std::size_t index, const std::shared_ptr<const ByteSource>& bytes);

  Findings& findings_;
  bool carve_;
};

}  // namespace evtxhound::evidence
