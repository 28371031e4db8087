#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evtxhound/base/gzip_reader.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/disk/open_file_system.hpp"

namespace evtxhound::evidence {
namespace {

constexpr std::size_t kMaxFiles = 20'000'000;  // of one volume: some GiB of memory
constexpr std::size_t kShortHead = 4104;       // ends behind the signature of a log's first chunk
constexpr std::size_t kLongHead = 65'536;

// What the walk through the directories collects.
struct Walk {
  const std::shared_ptr<FileSystem::Open>& open;
  FileList& list;
  std::set<std::pair<std::uint64_t, std::uint16_t>> seen;  // metadata and attribute
  bool stopped = false;
};

bool has_content(const TSK_FS_ATTR& attribute) {
  const bool data =
      attribute.type == TSK_FS_ATTR_TYPE_NTFS_DATA || attribute.type == TSK_FS_ATTR_TYPE_DEFAULT;
  return data && (attribute.flags & TSK_FS_ATTR_INUSE) != 0;
}

void add_file(Walk& walk, const TSK_FS_FILE& file, const TSK_FS_ATTR& attribute,
              const char* folder) {
  FoundFile found;
  found.path = valid_utf8(std::string(folder) + file.name->name);
  if (attribute.name != nullptr && attribute.name[0] != '\0' &&
      attribute.type == TSK_FS_ATTR_TYPE_NTFS_DATA) {
    found.path += ":" + valid_utf8(attribute.name);
  }
  found.number = file.meta->addr;
  found.deleted = (file.meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0;
  std::vector<ByteRun> unused;  // a deleted file's clusters are free as a whole
  locate_content(walk.open, attribute, found, found.deleted ? unused : walk.list.slack);
  if (found.bytes) walk.list.files.push_back(std::move(found));
}

// One name of a directory. TSK calls it with the path of the directory, which ends in `/`.
TSK_WALK_RET_ENUM add_name(TSK_FS_FILE* file, const char* folder, void* into) {
  Walk& walk = *static_cast<Walk*>(into);
  if (file->meta == nullptr || file->name == nullptr || file->name->name == nullptr ||
      file->meta->type != TSK_FS_META_TYPE_REG) {
    return TSK_WALK_CONT;
  }
  // A name that was deleted while its metadata are another file's now.
  const bool name_deleted = (file->name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0;
  if (name_deleted && (file->meta->flags & TSK_FS_META_FLAG_ALLOC) != 0) return TSK_WALK_CONT;
  const int count = tsk_fs_file_attr_getsize(file);
  for (int i = 0; i < count; ++i) {
    const TSK_FS_ATTR* attribute = tsk_fs_file_attr_get_idx(file, i);
    if (attribute == nullptr || !has_content(*attribute)) continue;
    if (!walk.seen.emplace(file->meta->addr, attribute->id).second) continue;
    if (walk.list.files.size() >= kMaxFiles) {
      walk.stopped = true;
      return TSK_WALK_STOP;
    }
    add_file(walk, *file, *attribute, folder);
  }
  return TSK_WALK_CONT;
}

void walk_directories(const std::shared_ptr<FileSystem::Open>& open, FileList& list) {
  const std::lock_guard guard(open->mutex);
  Walk walk{open, list, {}, false};
  const auto flags = static_cast<TSK_FS_DIR_WALK_FLAG_ENUM>(
      TSK_FS_DIR_WALK_FLAG_ALLOC | TSK_FS_DIR_WALK_FLAG_UNALLOC | TSK_FS_DIR_WALK_FLAG_RECURSE);
  tsk_error_reset();
  if (tsk_fs_dir_walk(open->tsk, open->tsk->root_inum, flags, add_name, &walk) != 0) {
    list.problems.push_back({ProblemKind::kUnreadable, std::nullopt,
                             "not all directories can be read: " + tsk_reason()});
  }
  if (walk.stopped) {
    list.problems.push_back(
        {ProblemKind::kUnreadable, std::nullopt,
         fmt::format("more than {} files: those behind them are not looked at", kMaxFiles)});
  }
}

// Whether the beginning can be that of a text, in UTF-8 or UTF-16, or of a gzip file.
bool may_go_on(Bytes head) {
  if (is_gzip(head)) return true;
  const Bytes begin = head.first(std::min<std::size_t>(head.size(), 512));
  const auto zeros = [begin](std::size_t first) {
    std::size_t count = 0;
    for (std::size_t i = first; i < begin.size(); i += 2) count += begin[i] == 0 ? 1 : 0;
    return count;
  };
  return zeros(0) == 0 || zeros(1) == 0;
}

// Fails where not even the first bytes can be read.
Result<Buffer> head_of(const FoundFile& file) {
  Buffer head(static_cast<std::size_t>(std::min<std::uint64_t>(kShortHead, file.size)));
  const auto got = file.bytes->read_at(0, head);
  if (!got) return got.problem();
  head.resize(*got);
  if (head.size() < kShortHead || file.size <= kShortHead || !may_go_on(head)) return head;
  head.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kLongHead, file.size)));
  const auto more = file.bytes->read_at(kShortHead, MutableBytes(head).subspan(kShortHead));
  head.resize(kShortHead + (more ? *more : 0));
  return head;
}

}  // namespace

FileList FileSystem::list_files(const WantsFile& wants) const {
  FileList list;
  walk_directories(open_, list);
  list.files_seen = list.files.size();

  // In the order of the volume, so that a disk's heads and a compressed image's chunks are passed
  // over once.
  std::vector<std::size_t> order(list.files.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto place = [&list](std::size_t i) {
    const auto& runs = list.files[i].runs;
    return runs.empty() ? 0 : runs.front().offset;
  };
  std::ranges::stable_sort(order, {}, place);
  std::vector<bool> wanted(list.files.size());
  for (const std::size_t i : order) {
    FoundFile& file = list.files[i];
    const auto head = head_of(file);
    if (!head) file.problems.push_back(head.problem());
    wanted[i] = wants(file, head ? Bytes(*head) : Bytes());
  }
  std::vector<FoundFile> kept;
  for (std::size_t i = 0; i < list.files.size(); ++i) {
    if (wanted[i]) kept.push_back(std::move(list.files[i]));
  }
  // Of a log in use and a deleted copy of it the one in use comes first, and is the event's place.
  std::ranges::stable_partition(kept, [](const FoundFile& file) { return !file.deleted; });
  list.files = std::move(kept);

  const TSK_FS_INFO& tsk = *open_->tsk;
  if (tsk.last_block_act < tsk.last_block) {
    list.problems.push_back(
        {ProblemKind::kTruncated, open_->volume->size(),
         fmt::format("the file system has {} bytes, of which the image holds {}",
                     (tsk.last_block + 1) * std::uint64_t{tsk.block_size},
                     (tsk.last_block_act + 1) * std::uint64_t{tsk.block_size})});
  }
  return list;
}

}  // namespace evtxhound::evidence
