#include "evtxhound/rules/encode.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {
namespace {

constexpr std::array<std::string_view, 5> kDashes = {"-", "/", "\u2013", "\u2014", "\u2015"};

void put_unit(std::string& out, char32_t unit, bool big_endian) {
  const char low = static_cast<char>(unit & 0xFFU);
  const char high = static_cast<char>(unit >> 8U & 0xFFU);
  out += big_endian ? high : low;
  out += big_endian ? low : high;
}

bool is_word(char32_t c) { return c == U'_' || is_alphanumeric(c); }

// The size of the dash that stands at `at` and can begin an option; else 0.
std::size_t option_dash(std::string_view text, std::size_t at) {
  const auto dash = std::find_if(kDashes.begin(), kDashes.end(), [&](std::string_view each) {
    return text.substr(at).starts_with(each);
  });
  if (dash == kDashes.end()) return 0;
  if (at > 0 && is_word(code_point_before(text, at).value)) return 0;
  const std::size_t behind = at + dash->size();
  if (behind >= text.size() || !is_word(code_point_at(text, behind).value)) return 0;
  return dash->size();
}

// The pieces, cut so that each dash to vary is a piece of its own.
std::pair<Pieces, std::vector<std::size_t>> cut_at_dashes(const Pieces& pieces) {
  Pieces cut;
  std::vector<std::size_t> dashes;
  for (const Piece& piece : pieces) {
    std::size_t begin = 0;
    for (std::size_t i = 0; piece.kind == Piece::Kind::kText && i < piece.text.size();) {
      const std::size_t size = option_dash(piece.text, i);
      if (size == 0) {
        i += code_point_at(piece.text, i).size;
        continue;
      }
      cut.push_back({piece.kind, piece.text.substr(begin, i - begin)});
      dashes.push_back(cut.size());
      cut.push_back({piece.kind, piece.text.substr(i, size)});
      i += size;
      begin = i;
    }
    cut.push_back({piece.kind, piece.text.substr(begin)});
  }
  return {std::move(cut), std::move(dashes)};
}

}  // namespace

Pieces in_utf16(const Pieces& pieces, bool big_endian) {
  Pieces result = pieces;
  for (Piece& piece : result) {
    std::string encoded;
    for (std::size_t i = 0; i < piece.text.size();) {
      const CodePoint c = code_point_at(piece.text, i);
      i += c.size;
      if (c.value < 0x10000) {
        put_unit(encoded, c.value, big_endian);
      } else {
        put_unit(encoded, 0xD800 + ((c.value - 0x10000) >> 10U), big_endian);
        put_unit(encoded, 0xDC00 + ((c.value - 0x10000) & 0x3FFU), big_endian);
      }
    }
    piece.text = std::move(encoded);
  }
  return result;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the zero that OpenSSL writes
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::vector<std::string> base64_at_offsets(std::string_view bytes) {
  // With n bytes before these, the first digits that are theirs alone begin here; with n bytes in
  // the last group of three, this many digits at the end are not theirs alone (padding included).
  constexpr std::array<std::size_t, 3> kFirst = {0, 2, 3};
  constexpr std::array<std::size_t, 3> kLast = {0, 3, 2};
  std::vector<std::string> texts;
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string all = base64(std::string(offset, ' ') + std::string(bytes));
    const std::size_t left_out = kFirst[offset] + kLast[(offset + bytes.size()) % 3];
    texts.push_back(left_out < all.size() ? all.substr(kFirst[offset], all.size() - left_out)
                                          : std::string());
  }
  return texts;
}

std::vector<Pieces> dash_variants(Place place, const Pieces& pieces) {
  const auto [cut, dashes] = cut_at_dashes(pieces);
  std::vector<Pieces> variants = {cut};
  for (const std::size_t dash : dashes) {
    check_variants(place, variants, kDashes.size(), "windash makes");
    std::vector<Pieces> more;
    for (const Pieces& variant : variants) {
      for (const std::string_view each : kDashes) {
        more.push_back(variant);
        more.back()[dash].text = each;
      }
    }
    variants = std::move(more);
  }
  for (Pieces& variant : variants) variant = joined(variant);
  return variants;
}

}  // namespace evtxhound::rules
