// Numbers, binary and times as text. Each function writes to `out`, which has room for what it
// writes, and returns the place behind it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evtx {

char* write_decimal(std::uint64_t number, char* out);
char* write_signed(std::int64_t number, char* out);

// `0x` and lower-case digits without padding.
char* write_hex(std::uint64_t number, char* out);

// Two upper-case digits for each byte.
char* write_binary(Bytes bytes, char* out);

// At most 32 characters.
char* write_float(float number, char* out);
char* write_double(double number, char* out);

// `{38 characters}`. REQUIRES: guid.size() == 16
char* write_guid(Bytes guid, char* out);

// At most three characters for each byte. A SID that is cut is written as far as it goes.
char* write_sid(Bytes sid, char* out);

// REQUIRES: time.size() == 16
char* write_systemtime(Bytes time, char* out);

}  // namespace evtxhound::evtx
