#include "evtxhound/evidence/piece.hpp"

#include <fmt/format.h>

#include <utility>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::evidence {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kFolder:
      return "folder";
    case Kind::kEvtx:
      return "evtx";
    case Kind::kXml:
      return "xml";
    case Kind::kXmlGzip:
      return "xml-gzip";
    case Kind::kCrowdstrike:
      return "crowdstrike";
    case Kind::kCrowdstrikeGzip:
      return "crowdstrike-gzip";
    case Kind::kArchive:
      return "archive";
    case Kind::kImage:
      return "image";
    case Kind::kVolume:
      return "volume";
    case Kind::kUnallocated:
      return "unallocated";
    case Kind::kRaw:
      return "raw";
    case Kind::kFile:
      return "file";
  }
  return "unknown";
}

std::optional<Kind> kind_from(std::string_view name) {
  for (auto i = static_cast<int>(Kind::kFolder); i <= static_cast<int>(Kind::kFile); ++i) {
    if (to_string(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

Result<std::shared_ptr<const ByteSource>> Piece::open() const {
  if (opener) return opener();
  auto file = ReadOnlyFile::open(path);
  if (!file) return file.problem();
  return std::shared_ptr<const ByteSource>(std::make_shared<ReadOnlyFile>(std::move(*file)));
}

Piece file_piece(std::filesystem::path path, Kind kind, std::optional<std::size_t> parent) {
  Piece piece;
  piece.path = std::move(path);
  piece.kind = kind;
  piece.parent = parent;
  return piece;
}

std::size_t outermost(const std::vector<Piece>& pieces, std::size_t index) {
  for (auto parent = pieces[index].parent; parent && pieces[*parent].kind != Kind::kFolder;
       parent = pieces[index].parent) {
    index = *parent;
  }
  return index;
}

namespace {
constexpr std::string_view kDeletedMark = " (deleted, entry ";
}  // namespace

std::string deleted_mark(std::uint64_t number) {
  return fmt::format("{}{})", kDeletedMark, number);
}

std::string_view without_deleted_mark(std::string_view path) {
  const std::size_t at = path.rfind(kDeletedMark);
  if (at == std::string_view::npos || !path.ends_with(')')) return path;
  const std::string_view number = path.substr(at + kDeletedMark.size());
  const bool is_mark = number.find_first_not_of("0123456789") == number.size() - 1;
  return is_mark ? path.substr(0, at) : path;
}

std::filesystem::path nested_path(const std::filesystem::path& container, std::string_view name) {
  return valid_utf8(container.string()) + " / " + valid_utf8(name);
}

}  // namespace evtxhound::evidence
