// Input on its way from the threads of a client to its control thread, and out.
//
// Any thread puts events in; the control thread takes them through an InputSender, which decides
// what leaves when, and again. Of more than kMaxWaiting events that wait nothing is kept, and the
// user lets go of everything: half of what he did may be missing.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "core/base/time.h"
#include "core/input/input_sender.h"
#include "core/message/input_event.h"

namespace pf::endpoint {

class ClientInput {
 public:
  // The control thread turns within a millisecond or so: this is a fifth of a second of 20 kHz.
  static constexpr std::size_t kMaxWaiting = 4096;

  // Any thread. Whoever puts something in rings the control thread's bell.
  void put(const message::InputEvent& event) { push(event); }
  void let_go() { push(input::LetGo{}); }

  // Control thread.
  // What has been put in goes to the sender, which may have things to say by now.
  void turn(LocalTime now);
  std::optional<input::InputSender::Output> poll() { return sender_.poll(); }
  std::optional<LocalTime> next_timeout() const { return sender_.next_timeout(); }
  void on_acknowledged(std::uint64_t number, LocalTime now) {
    sender_.handle(input::DatagramArrived{number}, now);
  }
  void on_lost(std::uint64_t number, LocalTime now) {
    sender_.handle(input::DatagramLost{number}, now);
  }

 private:
  void push(input::InputSender::Input what);

  std::mutex mutex_;
  std::deque<input::InputSender::Input> waiting_;  // under mutex_
  input::InputSender sender_;                      // control thread
};

}  // namespace pf::endpoint
