// Log lines of everything but the frame path, which counts and traces instead. The app sets the
// sink; until then lines go nowhere, so that a library user sees nothing he did not ask for.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace pf::log {

enum class Level { debug, info, warning, error };

// `category` names the room or worker: "session 3", "quic". Called from any thread.
using Sink = std::function<void(Level level, std::string_view category, std::string_view line)>;

// Before any thread is started.
void set_sink(Sink sink);

void write(Level level, std::string_view category, std::string_view line);

template <class... Args>
void debug(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::debug, category, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::info, category, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warning, category, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, category, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace pf::log
