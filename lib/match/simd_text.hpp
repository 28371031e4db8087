// The SIMD corner of this folder: what is done to every byte of evidence.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evtxhound::match {

// Copies the bytes of [from, from + size) that are not zero to `to`, ASCII letters in lower case,
// and stores for every 64 bytes of the input how many bytes came before. Returns the new end.
// REQUIRES: room for `size` and 64 bytes more at `to`, for (size + 63) / 64 numbers at `starts`
std::uint8_t* strip_zeros(const std::uint8_t* from, std::size_t size, std::uint8_t* to,
                          std::uint32_t* starts);

// Copies [from, from + size) with ASCII letters in lower case. REQUIRES: as above
void lower_ascii(const std::uint8_t* from, std::size_t size, std::uint8_t* to);

// Where dots and lower-case hexadecimal digits stand: bit i of word k is for text[64 * k + i].
// Bits behind the text are 0. REQUIRES: 64 readable bytes behind the text, room for
// (size + 63) / 64 words at each
void classify(const std::uint8_t* text, std::size_t size, std::uint64_t* dots,
              std::uint64_t* digits);

}  // namespace evtxhound::match
