#include "core/runtime/log.h"

namespace pf::log {
namespace {
Sink& sink() {
  static Sink the_sink;
  return the_sink;
}
}  // namespace

void set_sink(Sink new_sink) { sink() = std::move(new_sink); }

void write(Level level, std::string_view category, std::string_view line) {
  if (sink()) sink()(level, category, line);
}

}  // namespace pf::log
