// Arbitrary datagrams through everything that input passes on both ends. Nothing may crash, nothing
// may stay down, and no bound may be passed.
#include <cstdint>
#include <set>
#include <span>
#include <utility>

#include "core/base/check.h"
#include "core/input/coalescer.h"
#include "core/input/held_tracker.h"
#include "core/input/input_gate.h"
#include "core/input/input_sender.h"
#include "core/wire/v1/input_event.h"

namespace {

using namespace pf;
using namespace pf::input;
using message::InputEvent;
using message::InputKind;

// What would be down at an application.
class Application {
 public:
  void take(const InputEvent& event) {
    const auto edge = [&](InputKind press, InputKind release) {
      if (event.kind == press) PF_CHECK(down_.insert({press, event.code}).second);
      if (event.kind == release) PF_CHECK(down_.erase({press, event.code}) == 1);
    };
    edge(InputKind::key_down, InputKind::key_up);
    edge(InputKind::mouse_button_down, InputKind::mouse_button_up);
    edge(InputKind::touch_down, InputKind::touch_up);
    PF_CHECK(down_.size() <= kKeyCodes + kButtons + kMaxFingers);
  }
  bool nothing_down() const { return down_.empty(); }

 private:
  std::set<std::pair<InputKind, std::uint32_t>> down_;
};

struct HostEnd {
  InputGate gate;
  HeldTracker held;
  Coalescer waiting;
  Application application;

  void hear(const InputEvent& event, const message::Grants& grants, LocalTime now) {
    gate.on_heard(now);
    const auto sound = gate.admit(event, grants, now);
    if (sound && held.admit(*sound) && !waiting.push(*sound)) {
      carry_out();
      PF_CHECK(waiting.push(*sound));
    }
    if (const auto due = gate.release_due()) PF_CHECK(*due >= now);
    if (gate.take_overrun()) let_go();
  }
  void carry_out() {
    for (; waiting.front() != nullptr; waiting.pop()) application.take(*waiting.front());
  }
  void let_go() {
    carry_out();
    for (const InputEvent& release : held.release_all()) application.take(release);
    gate.on_released();
    PF_CHECK(held.held_count() == 0 && application.nothing_down());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in(std::as_bytes(std::span(data, size)));
  HostEnd host;
  InputSender sender;
  LocalTime now;
  while (in.ok() && in.remaining() > 0) {
    const auto order = in.little<std::uint8_t>();
    now = now + microseconds(in.little<std::uint16_t>());
    if (order < 0x10) {
      sender.handle(DatagramArrived{order}, now);
    } else if (order < 0x20) {
      sender.handle(DatagramLost{order - 0x10u}, now);
    } else if (order == 0x20) {
      sender.handle(LetGo{}, now);
      PF_CHECK(sender.held_count() == 0);
    } else if (const auto event = wire::v1::parse_input_event(
                   in.take(std::min(wire::v1::kInputEventBytes, in.remaining())))) {
      host.hear(*event, message::Grants::from_bits(order & 7), now);
      sender.handle(*event, now);
      if ((order & 8) != 0) host.carry_out();
    }
    sender.handle_timeout(now);
    while (const auto output = sender.poll()) PF_CHECK(sound_event(output->event) == output->event);
    if (const auto due = sender.next_timeout()) PF_CHECK(*due > now);
  }
  host.let_go();
  return 0;
}
