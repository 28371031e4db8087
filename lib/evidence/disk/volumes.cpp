#include "evtxhound/evidence/disk/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/disk/image_format.hpp"
#include "evtxhound/evidence/disk/tsk_image.hpp"

namespace evtxhound::evidence {
namespace {

constexpr std::size_t kMaxVolumes = 1000;  // a GPT has 128, a chain of logical drives any number

struct CloseVolumeSystem {
  void operator()(TSK_VS_INFO* system) const { tsk_vs_close(system); }
};
using VolumeSystem = std::unique_ptr<TSK_VS_INFO, CloseVolumeSystem>;

std::uint32_t number_of(const TSK_VS_PART_INFO& part, TSK_VS_TYPE_ENUM type) {
  constexpr std::uint32_t kFirstLogical = 5;
  if (type == TSK_VS_TYPE_DOS && part.table_num > 0) {
    return kFirstLogical + static_cast<std::uint32_t>(part.table_num) - 1;
  }
  return part.slot_num < 0 ? part.addr + 1 : static_cast<std::uint32_t>(part.slot_num) + 1;
}

ByteRun place_of(const TSK_VS_PART_INFO& part, const TSK_VS_INFO& system) {
  const std::uint64_t sector = system.block_size;
  return {static_cast<std::uint64_t>(system.offset) + part.start * sector, part.len * sector};
}

void add_part(VolumeTable& table, const TSK_VS_PART_INFO& part, const TSK_VS_INFO& system,
              std::uint64_t disk_size, std::set<std::uint32_t>& numbers) {
  const ByteRun place = place_of(part, system);
  constexpr std::uint64_t kMostSectors = std::uint64_t{1} << 50;  // so that nothing overflows
  const bool outside =
      part.start > kMostSectors || part.len > kMostSectors || place.offset >= disk_size;
  if ((part.flags & TSK_VS_PART_FLAG_UNALLOC) != 0) {
    if (!outside) {
      table.gaps.push_back({place.offset, std::min(place.size, disk_size - place.offset)});
    }
    return;
  }
  if ((part.flags & TSK_VS_PART_FLAG_META) != 0) return;
  std::uint32_t number = number_of(part, system.vstype);
  while (!numbers.insert(number).second) number += 1000;  // two entries for one place: nonsense
  const std::string description = part.desc == nullptr ? "" : valid_utf8(part.desc);
  if (outside || place.size == 0) {
    table.problems.push_back(
        {ProblemKind::kTruncated, std::nullopt,
         fmt::format("partition {} ({}) lies behind the end of the image", number, description)});
    return;
  }
  if (place.size > disk_size - place.offset) {
    table.problems.push_back(
        {ProblemKind::kTruncated, disk_size,
         fmt::format("partition {} ({}) reaches {} bytes behind the end of "
                     "the image",
                     number, description, place.size - (disk_size - place.offset))});
  }
  table.volumes.push_back({number, place, description});
}

}  // namespace

VolumeTable list_volumes(const std::shared_ptr<const ByteSource>& disk) {
  VolumeTable table;
  TskImage image(disk);
  std::optional<TskImage> uncut;
  VolumeSystem system(tsk_vs_open(image.info(), 0, TSK_VS_TYPE_DETECT));
  // TSK refuses a table whose partitions lie behind the end, as those of a cut image do.
  if (!system && begins_as_disk(*disk)) {
    uncut.emplace(disk, std::uint64_t{1} << 50);
    system.reset(tsk_vs_open(uncut->info(), 0, TSK_VS_TYPE_DOS));
  }
  std::set<std::uint32_t> numbers;
  if (system) {
    for (const auto* part = system->part_list; part != nullptr; part = part->next) {
      if (table.volumes.size() >= kMaxVolumes) {
        table.problems.push_back({ProblemKind::kUnreadable, std::nullopt,
                                  fmt::format("more than {} partitions: those behind them are not "
                                              "looked at",
                                              kMaxVolumes)});
        break;
      }
      add_part(table, *part, *system, disk->size(), numbers);
    }
  }
  if (table.volumes.empty()) {
    table.gaps.clear();
    table.volumes.push_back({0, {0, disk->size()}, "no partition table"});
  }
  return table;
}

}  // namespace evtxhound::evidence
