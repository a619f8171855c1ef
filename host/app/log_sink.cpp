#include "host/app/log_sink.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "core/runtime/system_clock.h"

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

LogSink::LogSink(log::Level least) : least_(least) {
  auto logger = spdlog::stderr_color_mt("punktfunk");
  logger->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
  logger->set_level(spdlog::level::debug);
  print_ = [logger](log::Level level, std::string_view category, std::string_view line) {
    logger->log(to_spdlog(level), "{}: {}", category, line);
  };
  log::set_sink([this](log::Level level, std::string_view category, std::string_view line) {
    write(level, category, line);
  });
}

void LogSink::write(log::Level level, std::string_view category, std::string_view line) {
  if (level < least_) return;
  print_(level, category, line);
  ring_.add(level, category, line, WireTime(SystemClock().now().since_epoch() + wire_offset_now()));
}

}  // namespace pf::app
