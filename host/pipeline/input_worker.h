// The body of a session's input thread: orders of the control thread → devices of the desktop.
//
// The thread opens the devices, mends them and waits for them where they are slow. As long as they
// take what they are given, the control thread gives an event to them itself: waking another thread
// for it costs as much as all the rest (7 us of processor time and 10 to 30 us until it runs, on a
// virtual Xeon), a thousand times a second while a mouse moves. What waits is merged by its
// meaning, so a desktop that stops reading for seconds costs no memory and loses no edge. When the
// devices die they are opened again, and nothing that was down stays down; when the session ends,
// likewise.
#pragma once

#include <atomic>
#include <bitset>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "core/input/coalescer.h"
#include "core/input/held_tracker.h"
#include "core/runtime/fifo.h"
#include "core/runtime/supervised_thread.h"
#include "host/input/input_sink.h"

namespace pf::pipeline {

// Any thread reads them.
struct InputStats {
  std::atomic<std::uint64_t> injected{0};
  std::atomic<std::uint64_t> merged{0};       // into a later one of the same meaning
  std::atomic<std::uint64_t> repeated{0};     // said nothing new
  std::atomic<std::uint64_t> unsupported{0};  // by this desktop
  std::atomic<std::uint64_t> released{0};     // by us, because somebody could not any more
  std::atomic<std::uint64_t> dropped{0};      // more than fits waited
  std::atomic<std::uint64_t> refused{0};      // the same, before they reached the thread
  std::atomic<std::uint64_t> opened{0};       // sinks
  std::atomic<std::uint64_t> handed_over{0};  // orders, from the control thread to the input thread
  std::atomic<std::int64_t> cpu_ns{0};        // of the thread, this shift
};

class InputWorker {
 public:
  // What may wait for the thread to turn: a burst that the gate of the session machine lets pass.
  static constexpr std::size_t kMaxOrders = 4096;
  // Events closer than this are a burst: merged and sent at once they cost less, on the input
  // thread.
  static constexpr Nanos kBurst = microseconds(100);

  // `open` gives the devices of the session's desktop; `unavailable`: it takes no input. Called on
  // the input thread. `bell` is that of the shifts; it and `stats` outlive the worker.
  using OpenSink = std::function<Result<std::unique_ptr<input::InputSink>>()>;
  InputWorker(OpenSink open, Doorbell& bell, InputStats& stats)
      : open_(std::move(open)), bell_(bell), stats_(stats) {}

  // Control thread; at once. `event` is sound.
  void inject(const message::InputEvent& event) noexcept;
  void release(std::optional<input::Device> device) noexcept;  // empty: everything

  // Any thread: there is a desktop now. Before, nothing is opened.
  void on_desktop() noexcept;

  Result<void> run(Shift& shift);
  // After the last shift, on whatever thread joined it: should the devices have died with something
  // down and not come back yet, they are opened once more to let go of it.
  void end();

 private:
  struct Release {
    std::optional<input::Device> device;
  };
  using Order = std::variant<message::InputEvent, Release>;

  bool carry_out_here(const message::InputEvent& event);
  void put(Order order) noexcept;
  bool await_desktop(Shift& shift);
  Result<void> open();
  Result<void> work(Shift& shift);
  void take_orders();
  void take(const message::InputEvent& event);
  void take(const Release& release);
  enum class Waiting : std::uint8_t { stays, goes };
  void let_go(std::optional<input::Device> device, Waiting waiting);
  input::Injected carry_out();
  input::Injected inject_one(const message::InputEvent& event);
  void let_go_of_pads();
  Result<void> sleep(Shift& shift, bool in_a_moment_again);
  void let_go_at_last();

  const OpenSink open_;
  Doorbell& bell_;
  InputStats& stats_;
  Fifo<Order, kMaxOrders> orders_;
  std::atomic<bool> overrun_{false};  // orders were refused
  std::atomic<bool> desktop_{false};
  LocalTime carried_out_at_;  // here; control thread

  // Input thread; while it turns, under the mutex, both. The control thread only tries to lock it,
  // and nothing that is done under it blocks. Outlives shifts.
  std::mutex mutex_;
  bool turning_ = false;                       // under mutex_; the devices are open
  std::unique_ptr<input::InputSink> sink_;     // empty: the desktop takes no input
  input::HeldTracker held_;                    // in the sink, and of `releases_` no more
  std::bitset<input::kMaxPads> pads_;          // that were given a state other than neutral
  std::vector<message::InputEvent> releases_;  // go first
  input::Coalescer waiting_;
};

}  // namespace pf::pipeline
