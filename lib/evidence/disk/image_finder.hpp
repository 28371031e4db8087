// What lies in disk images, as pieces of evidence.
#pragma once

#include <filesystem>
#include <vector>

#include "evtxhound/evidence/archive/archive_finder.hpp"
#include "evtxhound/evidence/disk/file_system.hpp"
#include "evtxhound/evidence/disk/image.hpp"
#include "evtxhound/evidence/disk/runs_source.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::evidence {

// Adds pieces to `findings`, which must outlive it. For one thread.
class ImageFinder {
 public:
  // With `carve`, what no file covers is a piece of each image, too. Both must outlive it.
  ImageFinder(Findings& findings, ArchiveFinder& archives, bool carve)
      : findings_(findings), archives_(archives), carve_(carve) {}

  // Limits that hold for an argument begin anew.
  void begin_argument() { nested_left_ = kMostNested; }

  // Opens the image at pieces[index], and adds, depth first, its volumes (`disk.E01 / partition 2`;
  // `disk.dd / volume` where there is no partition table), and in each its logs and exports, and
  // what lies in its archives and disk images. Files that the file system only remembers have that
  // in their path: `… / Security.evtx (deleted, entry 64)`. What cannot be read is a problem of its
  // piece: the image, the volume or the file.
  //
  // Behind a volume's files come its volume shadow copies, the oldest first, with the files that
  // each had in use: `disk.E01 / partition 2 / shadow 1 / …`, numbered as vshadowmount does. Images
  // among these are looked into, and not carved.
  //
  // With `carve`, the last piece of an image is `disk.E01 / unallocated`: the disk, where all that
  // files in use cover, metadata, and deleted logs and archives that are pieces already, are zeros.
  // So places in it are places on the disk. What lies behind a file's end in its last cluster is
  // covered by nothing. A volume whose file system is not known belongs to it as a whole.
  //
  // A file in use that is named as a log and is none is a piece with that problem, as in a folder.
  // An archive is a piece where something was found in it, or something is wrong with it; a deleted
  // one only where logs or exports were found in it. Returns the image's files on disk, which are
  // then not to be looked at for themselves.
  std::vector<std::filesystem::path> search(std::size_t index, ImageFormat format);

  // The same for an image that is no file on disk, but lies in an archive or another image:
  // pieces[index] has its opener. So many containers around it count for the limit of depth.
  void search_within(std::size_t index, ImageFormat format, unsigned depth);

 private:
  static constexpr unsigned kMostNested = 1000;  // of an argument: a file can hold its own volume

  // Places on a volume.
  struct Places {
    std::vector<ByteRun> read;   // of files that became pieces
    std::vector<ByteRun> slack;  // behind the ends of files in use
  };

  void disk(std::size_t index, const DiskImage& image, unsigned depth);
  std::vector<ByteRun> volume(std::size_t index, const std::shared_ptr<const ByteSource>& bytes,
                              unsigned depth);
  Places files(std::size_t index, const FileSystem& system, const WantsFile& wants, unsigned depth);
  bool file(const FoundFile& file, std::size_t volume, unsigned depth);
  bool archive(std::size_t index, bool deleted, unsigned depth);
  void image(std::size_t index, ImageFormat format, bool deleted, unsigned depth);
  void shadow_copies(std::size_t index, const std::shared_ptr<const ByteSource>& bytes,
                     unsigned depth);

  Findings& findings_;
  ArchiveFinder& archives_;
  bool carve_;
  unsigned nested_left_ = kMostNested;
};

}  // namespace evtxhound::evidence
