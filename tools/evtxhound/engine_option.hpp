// The option --engine, which several commands have.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "evtxhound/evtx/engine.hpp"

namespace evtxhound::tool {

inline void add_engine_option(CLI::App& command, evtx::Engine& engine) {
  command.add_option("--engine", engine, "Who reads records: evtxhound itself, or libevtx")
      ->transform(CLI::CheckedTransformer(std::map<std::string, evtx::Engine>{
          {"native", evtx::Engine::kNative}, {"libevtx", evtx::Engine::kLibevtx}}))
      ->option_text("native|libevtx [native]");
}

}  // namespace evtxhound::tool
