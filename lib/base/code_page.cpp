#include "evtxhound/base/code_page.hpp"

#include <iconv.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "evtxhound/base/text.hpp"

namespace evtxhound {
namespace {

// The characters of Windows-1252 from 0x80 to 0x9f.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

// An open conversion to UTF-8; null where iconv has none from this page.
class Conversion {
 public:
  explicit Conversion(const std::string& page) : handle_(iconv_open("UTF-8", page.c_str())) {}
  ~Conversion() {
    if (is_open()) iconv_close(handle_);
  }
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  [[nodiscard]] bool is_open() const {
    return handle_ != reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr)
  }

  // Converts from the front of `text`, which is shortened by what was read. Returns iconv's errno,
  // or 0 at the end.
  int convert(std::string_view& text, std::string& out) {
    std::array<char, 256> room{};
    int error = 0;
    do {
      char* from = const_cast<char*>(text.data());  // iconv's signature; it does not write there
      std::size_t left = text.size();
      char* to = room.data();
      std::size_t to_left = room.size();
      error =
          iconv(handle_, &from, &left, &to, &to_left) == static_cast<std::size_t>(-1) ? errno : 0;
      out.append(room.data(), room.size() - to_left);
      text.remove_prefix(text.size() - left);
    } while (error == E2BIG);
    return error;
  }

 private:
  iconv_t handle_;
};

std::string utf8_of(char32_t c) {
  std::string text;
  append_utf8(text, c);
  return text;
}

}  // namespace

std::optional<CodePage> CodePage::find(std::string_view name) {
  CodePage page;
  page.name_ = name;
  const bool number = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
  if (number) page.name_ = "CP" + page.name_;
  if (name.empty() || !Conversion(page.name_).is_open()) return std::nullopt;
  for (unsigned byte = 0; byte < 256; ++byte) {
    Conversion conversion(page.name_);
    const char c = static_cast<char>(byte);
    std::string_view text(&c, 1);
    const int error = conversion.convert(text, page.characters_[byte]);
    if (error == EINVAL) page.single_byte_ = false;  // the first byte of several
    if (error == EILSEQ) {
      const bool control = byte >= 0x80 && byte < 0xa0;
      page.characters_[byte] = utf8_of(control ? byte : kReplacementCharacter);
    }
  }
  for (unsigned byte = 0; byte < 0x80; ++byte) {
    page.ascii_ = page.ascii_ && page.characters_[byte] == utf8_of(byte);
  }
  return page;
}

std::optional<std::uint8_t> windows_1252_byte(char32_t c) {
  if (c < 0x80 || (c >= 0xa0 && c <= 0xff)) return static_cast<std::uint8_t>(c);
  const auto* const found = std::ranges::find(kWindows1252, c);
  if (found == kWindows1252.end()) return std::nullopt;
  return static_cast<std::uint8_t>(0x80 + (found - kWindows1252.begin()));
}

const CodePage& CodePage::windows_1252() {
  static const CodePage page = [] {
    CodePage table;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool special = byte >= 0x80 && byte < 0xa0;
      table.characters_[byte] = utf8_of(special ? kWindows1252[byte - 0x80] : byte);
    }
    return table;
  }();
  return page;
}

bool CodePage::is_plain(Bytes text) const {
  return ascii_ && std::ranges::all_of(text, [](std::uint8_t byte) { return byte < 0x80; });
}

std::string CodePage::decode(Bytes text) const {
  std::string out;
  if (single_byte_) {
    out.reserve(text.size());
    for (const std::uint8_t byte : text) out.append(characters_[byte]);
    return out;
  }
  Conversion conversion(name_);
  std::string_view rest(reinterpret_cast<const char*>(text.data()), text.size());
  while (conversion.convert(rest, out) != 0 && !rest.empty()) {
    append_utf8(out, kReplacementCharacter);
    rest.remove_prefix(1);
  }
  return out;
}

}  // namespace evtxhound
