// A small case for tests: one workstation that beaconed, one that did not.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/casefile/sqlite.hpp"
#include "tests/support/temporary_folder.hpp"

namespace evtxhound::casefile::testing {

using test::TemporaryFolder;

// An event of Sysmon on WS01 at 2023-03-29T10:<minute>:00.
evtx::Event sysmon_event(std::uint32_t code, unsigned minute, std::vector<evtx::Field> data);

// An event of another provider on WS02, likewise.
evtx::Event other_event(const std::string& provider, std::uint32_t code, unsigned minute,
                        std::vector<evtx::Field> data);

// Its row.
EventRow row_of(const evtx::Event& event, SourceType source = SourceType::kEvtx,
                State state = State::kLive);

indicators::Indicator domain(const std::string& value);

// Writes one scan of the sample evidence. Writing it again adds a run and nothing else.
void write_sample(CaseFile& file);

// A case file with the sample, closed.
std::filesystem::path make_sample(const TemporaryFolder& folder);

// `count` more events with a hit each, committed every `step`.
void write_many(CaseFile& file, int count, int step);

// Every row of every table that a scan of the same evidence must not change, as text.
std::string dump(const std::filesystem::path& path);

// Every row as "a|b|c\n".
std::string rows(const std::filesystem::path& path, const std::string& sql);

// Runs `work` in a process of its own, which may not return from it. Returns the process's wait
// status; an exit status of 0 means that `work` returned, the status of a Failure that it threw.
int in_child(const std::function<void()>& work);

}  // namespace evtxhound::casefile::testing
