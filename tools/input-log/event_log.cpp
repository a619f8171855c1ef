#include "tools/input-log/event_log.h"

#include <cerrno>

namespace pf::input_log {

Result<EventLog> EventLog::open(const std::string& path, const Clock& clock) {
  const auto keep_open = [](std::FILE*) { return 0; };
  if (path.empty()) return EventLog(File(stdout, keep_open), clock);
  std::FILE* const file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return fail_os(ErrorKind::refused, errno, "cannot write " + path);
  return EventLog(File(file, std::fclose), clock);
}

void EventLog::write(const char* event, const Fields& fields) {
  Fields line{{"event", event}, {"t_ns", clock_->now().since_epoch().count()}};
  line.update(fields);
  // A keymap may make bytes of a key that are no UTF-8.
  const std::string text =
      line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  const bool written = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
  if (!written || std::fflush(file_.get()) != 0) broken_ = true;
}

}  // namespace pf::input_log
