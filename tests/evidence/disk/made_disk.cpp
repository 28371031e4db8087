#include "tests/evidence/disk/made_disk.hpp"

#include <stdexcept>

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
