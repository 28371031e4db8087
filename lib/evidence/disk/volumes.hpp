// The volumes of a disk, by its partition table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evidence/disk/runs_source.hpp"

namespace evtxhound::evidence {

struct Volume {
  // Of the partition, as Windows and Linux count: its place in the table from 1, and from 5 for
  // logical drives in an extended partition of an MBR. 0: the disk without a partition table.
  std::uint32_t number = 0;
  ByteRun place;            // on the disk; may reach behind its end, where the image is cut
  std::string description;  // what the table says of it, e.g. "NTFS / exFAT (0x07)"
};

struct VolumeTable {
  std::vector<Volume> volumes;  // in the order of their places
  std::vector<ByteRun> gaps;    // of the disk: what belongs to no partition and no table
  std::vector<Problem> problems;
};

// Reads MBR with extended partitions, GPT (and its copy at the end of the disk), and what else TSK
// knows. A disk without any of them, or with one that makes no sense, is one volume, number 0, of
// the whole disk. Uses TSK, on this thread.
VolumeTable list_volumes(const std::shared_ptr<const ByteSource>& disk);

}  // namespace evtxhound::evidence
