// Where a client's input goes: devices of a desktop, or what stands in for them.
#pragma once

#include <functional>
#include <memory>

#include "core/base/result.h"
#include "core/message/input_event.h"
#include "host/display/display.h"

namespace pf::input {

enum class Injected : std::uint8_t {
  done,
  unsupported,  // there is no such device here; nothing happened
  busy,         // the other end does not read: nothing happened, try again in a moment
  sink_lost,    // it is gone: close this one and open another
};

// One call at a time, from two threads (host/pipeline/input_worker.h); none of them blocks. What is
// held when a sink ends is for its owner to let go of before.
class InputSink {
 public:
  virtual ~InputSink() = default;
  // `event` is sound (core/input/sound_event.h), and an edge only if it changes something. Programs
  // may see it only after flush().
  virtual Injected inject(const message::InputEvent& event) noexcept = 0;
  // Never `unsupported`. After `busy` some of what was injected still waits here.
  virtual Injected flush() noexcept = 0;
  // Readable when the other end says something, which turn() then reads; -1: it never does.
  virtual int poll_handle() const noexcept { return -1; }
  virtual Result<void> turn() { return {}; }  // `lost` when the other end is gone
};

struct InputBackend {
  const char* name;
  bool (*understands)(const display::InputTarget& target) noexcept;
  // May block up to 2 s. `unavailable` when the desktop takes no input this way.
  std::function<Result<std::unique_ptr<InputSink>>(display::InputTarget target)> open;
};

}  // namespace pf::input
