// Programs and rules as bytes (base/packed.hpp), for the cache of compiled rules.
#pragma once

#include <span>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/rules/program_parts.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

void pack_program(const ProgramParts& parts, Buffer& out);

// Fills empty parts; false where the bytes end too early. Databases may be views of them.
bool unpack_program(Bytes bytes, ProgramParts& parts);

// All of the rules that a program is made of: the same bytes, the same program.
void pack_compiled_of(std::span<const Rule> rules, Buffer& out);

}  // namespace evtxhound::rules
