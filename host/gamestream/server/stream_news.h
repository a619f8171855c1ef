// What the workers of GameStream sessions have to say to the door, on its way to the control
// thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/runtime/doorbell.h"
#include "core/runtime/mailbox.h"
#include "host/gamestream/server/launch.h"
#include "host/pipeline/video_worker.h"

namespace pf::gamestream {

struct StreamOpened {  // pictures are about to come: for the first time, or again
  pipeline::EpochOpened epoch;
};
struct StreamEnded {  // nothing more comes
  std::string reason;
};

struct StreamNews {
  LaunchId launch{};
  std::variant<StreamOpened, StreamEnded> what;
};

class StreamNewsBox {
 public:
  // `bell` is the control thread's, and outlives the box.
  explicit StreamNewsBox(Doorbell& bell) noexcept : bell_(bell) {}

  // Any thread.
  void tell(StreamNews news) {
    if (box_.try_push(std::move(news))) bell_.ring();
  }
  // Control thread.
  std::optional<StreamNews> poll() { return box_.try_pop(); }

 private:
  // A session has some of it when it begins, when it heals and when it ends.
  static constexpr std::size_t kMaxNews = 1024;

  Doorbell& bell_;
  Mailbox<StreamNews> box_{kMaxNews};
};

}  // namespace pf::gamestream
