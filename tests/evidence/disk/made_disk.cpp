#include "tests/evidence/disk/made_disk.hpp"

#include <stdexcept>

#include "evtxhound/evidence/memory_source.hpp"

namespace evtxhound::test {
namespace {

const std::string kPath = "PATH=$PATH:/usr/sbin:/sbin; ";

}  // namespace

void must(const std::string& command) {
  const Ran ran = shell(kPath + command);
  if (ran.status != 0) throw std::runtime_error(command + ": " + ran.out + ran.err);
}

std::string lacking(const std::vector<std::string>& programs) {
  for (const std::string& program : programs) {
    if (shell(kPath + "command -v " + program).status != 0) return program;
  }
  return {};
}

std::string log_text(const std::string& name) { return read_file(kTestdata / name); }

void make_ntfs(const std::filesystem::path& path, const std::vector<NamedFile>& files) {
  const TemporaryFolder folder;
  must("truncate -s 8M " + quoted(path) + " && mkntfs -F -q -Q -p 0 -H 16 -S 63 " + quoted(path));
  for (const NamedFile& file : files) {
    write_file(folder / "file", file.content);
    must("ntfscp -f " + quoted(path) + " " + quoted(folder / "file") + " " + quoted(file.name));
  }
}

void make_fat(const std::filesystem::path& path) {
  must("truncate -s 8M " + quoted(path) + " && mkfs.vfat " + quoted(path));
}

void mtools(const std::filesystem::path& path, const std::string& command,
            const std::string& arguments) {
  must("MTOOLS_SKIP_CHECK=1 " + command + " -i " + quoted(path) + " " + arguments);
}

void put_in_fat(const std::filesystem::path& path, const std::string& name,
                const std::string& content) {
  const TemporaryFolder folder;
  write_file(folder / "file", content);
  mtools(path, "mcopy", quoted(folder / "file") + " " + quoted("::" + name));
}

void delete_in_ntfs(const std::filesystem::path& path, const std::string& name) {
  constexpr std::size_t kRecord = 1024;
  constexpr std::size_t kFlags = 22;
  std::string volume = read_file(path);
  std::string wide;
  for (const char c : name) wide += {c, '\0'};
  for (std::size_t at = 0; at + kRecord <= volume.size(); at += kRecord) {
    const bool found = volume.compare(at, 4, "FILE") == 0 && (volume[at + kFlags] & 3) == 1 &&
                       volume.substr(at, kRecord).find(wide) != std::string::npos;
    if (!found) continue;
    volume[at + kFlags] = 0;
    write_file(path, volume);
    return;
  }
  throw std::runtime_error("no record of " + name);
}

void make_partitioned(const std::filesystem::path& path, unsigned size_mib,
                      const std::string& script, const std::vector<Part>& parts) {
  must("truncate -s " + std::to_string(size_mib) + "M " + quoted(path) + " && printf " +
       quoted(script) + " | sfdisk -q " + quoted(path));
  for (const Part& part : parts) {
    must("dd bs=1M conv=notrunc if=" + quoted(part.volume) + " of=" + quoted(path) +
         " seek=" + std::to_string(part.at_mib));
  }
}

std::shared_ptr<const ByteSource> source_of(const std::string& bytes) {
  return std::make_shared<evidence::MemorySource>(
      std::make_shared<Buffer>(bytes.begin(), bytes.end()));
}

std::string all_of(const ByteSource& source) {
  std::string text;
  Buffer block(100'003);
  for (;;) {
    const auto got = source.read_at(text.size(), block);
    if (!got) throw std::runtime_error(got.problem().message);
    text.append(reinterpret_cast<const char*>(block.data()), *got);
    if (*got < block.size()) return text;
  }
}

}  // namespace evtxhound::test
