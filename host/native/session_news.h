// What the workers of sessions have to say to the session machines, on its way to the control
// thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/message/control_message.h"
#include "core/message/datagram.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/mailbox.h"
#include "host/pipeline/video_worker.h"

namespace pf::native {

struct Opened {  // pictures are about to come: for the first time, or again
  pipeline::EpochOpened epoch;
};
struct Healing {};  // something broke and is being opened again
struct Ended {      // nothing more comes
  std::string reason;
};
struct Sent {  // one access unit was handed to the socket
  message::HostTiming timing;
  bool idr = false;
};
struct Tested {  // a speed test is over
  message::ProbeResult result;
};

struct News {
  unsigned session = 0;
  std::variant<Opened, Healing, Ended, Sent, Tested> what;
};

class NewsBox {
 public:
  // `bell` is the control thread's, and outlives the box.
  explicit NewsBox(Doorbell& bell) noexcept : bell_(bell) {}

  // The control thread's: for whoever puts something into a box of his own.
  Doorbell& bell() noexcept { return bell_; }

  // Any thread.
  void tell(News news) {
    if (box_.try_push(std::move(news))) bell_.ring();
  }
  // Control thread.
  std::optional<News> poll() { return box_.try_pop(); }

 private:
  // Events of all sessions that the control thread has not looked at yet: host timings above all,
  // of which losing one costs nothing.
  static constexpr std::size_t kMaxNews = 4096;

  Doorbell& bell_;
  Mailbox<News> box_{kMaxNews};
};

}  // namespace pf::native
