#include "core/runtime/log.h"

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "core/abi/log.h"

namespace pf::abi {
namespace {

constexpr std::uint32_t kMaxLevel = 5;  // of the C interface: 1 error … 5 trace

struct Receiver {
  std::shared_mutex mutex;  // shared while the callback runs, so that a detached one is not called
  std::uint32_t max_level = 0;
  PunktfunkLogCb callback = nullptr;
  void* user = nullptr;
};

// Never destroyed: threads may still log when main() returns.
Receiver& receiver() {
  static Receiver& the_receiver = *new Receiver;
  return the_receiver;
}

thread_local bool in_callback = false;

std::uint8_t level_of(log::Level level) noexcept {
  switch (level) {
    case log::Level::error:
      return 1;
    case log::Level::warning:
      return 2;
    case log::Level::info:
      return 3;
    case log::Level::debug:
      return 4;
  }
  return 5;
}

void pass_on(log::Level level, std::string_view category, std::string_view line) {
  if (in_callback) return;
  Receiver& to = receiver();
  const std::shared_lock lock(to.mutex);
  if (to.callback == nullptr || level_of(level) > to.max_level) return;
  const std::string target(category), message(line);
  in_callback = true;
  try {
    to.callback(level_of(level), target.c_str(), message.c_str(), to.user);
  } catch (...) {  // a broken embedder loses its line, not its session
  }
  in_callback = false;
}

}  // namespace

void install_log_sink() {
  static const bool installed = [] {
    log::set_sink(pass_on);
    return true;
  }();
  (void)installed;
}

}  // namespace pf::abi

extern "C" PunktfunkStatus punktfunk_set_log_callback(uint32_t max_level, PunktfunkLogCb cb,
                                                      void* user) {
  using namespace pf::abi;
  if (max_level > kMaxLevel || in_callback) return PUNKTFUNK_STATUS_INVALID_ARG;
  try {
    install_log_sink();
    Receiver& to = receiver();
    const std::lock_guard lock(to.mutex);
    to.max_level = max_level;
    to.callback = cb;
    to.user = user;
    return PUNKTFUNK_STATUS_OK;
  } catch (...) {
    return PUNKTFUNK_STATUS_PANIC;
  }
}
