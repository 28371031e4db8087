// The values and UserData elements of a spec. Internal to the spec's parts.
#pragma once

#include "evtxhound/evtx/writer/event_record.hpp"
#include "evtxhound/evtx/writer/json_object.hpp"

namespace evtxhound::evtx::writer {

// A plain JSON text, or an object that names a type. Throws SpecError.
Value read_value(const Json& json, std::string_view what);

// An object with `name`, and optionally `attributes` and `fields`. Throws SpecError.
UserElement read_user_element(const Json& json);

}  // namespace evtxhound::evtx::writer
