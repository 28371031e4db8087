#include "evtxhound/evidence/disk/library_image.hpp"

#include <algorithm>
#include <array>

namespace evtxhound::evidence {

std::string LibraryError::text() const {
  std::array<char, 1024> text{};
  if (error_ == nullptr || functions_.error_text(error_, text.data(), text.size()) < 0) {
    return "unknown error";
  }
  std::string line(text.data());
  return line.substr(0, line.find('\n'));
}

Problem LibraryImage::failed(const LibraryError& error, std::optional<std::uint64_t> offset) {
  return {ProblemKind::kUnreadable, offset, "cannot read the image: " + error.text()};
}

LibraryImage::~LibraryImage() {
  if (is_open_) functions_.close(handle_, nullptr);
  if (handle_ != nullptr) functions_.free(&handle_, nullptr);
}

Result<std::size_t> LibraryImage::read_at(std::uint64_t offset, MutableBytes into) const {
  if (offset >= size_) return std::size_t{0};
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  const std::lock_guard guard(mutex_);
  LibraryError error(functions_);
  std::size_t done = 0;
  while (done < wanted) {
    const ssize_t got = functions_.read(handle_, into.data() + done, wanted - done,
                                        static_cast<std::int64_t>(offset + done), error.out());
    if (got <= 0) return failed(error, offset + done);
    done += static_cast<std::size_t>(got);
  }
  if (auto problem = doubt(offset, done)) return *std::move(problem);
  return done;
}

std::optional<Problem> LibraryImage::doubt(std::uint64_t, std::size_t) const {
  return std::nullopt;
}

}  // namespace evtxhound::evidence
