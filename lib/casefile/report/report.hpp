// A case as one HTML file, to be handed over: docs/report.md says what is in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace evtxhound::casefile {

struct ReportOptions {
  std::string tool_version;
  std::string title;          // empty: the case file's name
  std::size_t events = 5000;  // of the timeline, at most; the most severe, then the earliest
};

// The report as HTML that needs nothing but itself: no network, no other file; it reads without
// JavaScript, in print, by light and dark. What comes from evidence stands in it as text alone,
// with control characters made visible: neither markup nor script, and a Content-Security-Policy
// lets nothing run but the report's own script.
//
// Opens the case file read-only, also while a scan writes it; all of it is of one moment. Throws
// Failure: kUsage where the file is no case file; kCannotGoOn where it is damaged or unreadable.
std::string render_report(const std::filesystem::path& case_file, const ReportOptions& options);

// Writes the report to a file, whole or not at all. Throws as render_report(), and kCannotGoOn
// where the file cannot be written.
void write_report(const std::filesystem::path& case_file, const std::filesystem::path& output,
                  const ReportOptions& options);

}  // namespace evtxhound::casefile
