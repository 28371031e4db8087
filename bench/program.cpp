#include "program.hpp"

#include <fmt/format.h>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/terminal_text.hpp"

namespace evtxhound::bench {

int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& work) {
  const auto tell = [&app](const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), visible(error.what()));
  };
  try {
    app.parse(argc, argv);
    work();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitStatus::kUsage);
  } catch (const Failure& failure) {
    tell(failure);
    return static_cast<int>(failure.status());
  } catch (const std::exception& error) {
    tell(error);
    return static_cast<int>(ExitStatus::kCannotGoOn);
  }
  return 0;
}

void refuse_to_overwrite(const std::filesystem::path& folder, const std::vector<std::string>& names,
                         bool force) {
  for (const std::string& name : names) {
    if (!force && std::filesystem::exists(folder / name)) {
      throw Failure(ExitStatus::kUsage, fmt::format("{}: is there already (--force overwrites it)",
                                                    (folder / name).string()));
    }
  }
}

}  // namespace evtxhound::bench
