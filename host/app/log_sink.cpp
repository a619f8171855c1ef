#include "host/app/log_sink.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace pf::app {
namespace {
spdlog::level::level_enum to_spdlog(log::Level level) {
  switch (level) {
    case log::Level::debug:
      return spdlog::level::debug;
    case log::Level::info:
      return spdlog::level::info;
    case log::Level::warning:
      return spdlog::level::warn;
    case log::Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}
}  // namespace

void log_to_stderr(log::Level least) {
  auto logger = spdlog::stderr_color_mt("punktfunk");
  logger->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
  logger->set_level(to_spdlog(least));
  log::set_sink([logger](log::Level level, std::string_view category, std::string_view line) {
    logger->log(to_spdlog(level), "{}: {}", category, line);
  });
}

}  // namespace pf::app
