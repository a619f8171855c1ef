// Makes stills of what sessions show, for whoever looks after the host, beside the streams and
// never on a picture's way.
//
// It captures a session's display as one more session that watches it would: one picture, and the
// capture is closed again. So a stream knows nothing of it, no picture is copied for it while
// nobody asks, a screen that stands still gives one as well, and a desktop that lingers does too.
// The price is the compositor's: it hands the picture on once more, and may have to wait for it to
// come back (milliseconds) before it reuses its memory.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "core/runtime/supervised_thread.h"
#include "host/capture/source.h"
#include "host/stills/still_book.h"

namespace pf::stills {

inline constexpr std::uint32_t kMostWidthPx = 480;  // of a still

class StillMaker {
 public:
  // What shows a session now. On the maker's thread, as is the next.
  using FindTarget = std::function<Result<display::CaptureTarget>(unsigned session)>;
  using OpenSource = std::function<Result<std::unique_ptr<capture::VideoSource>>(
      display::CaptureTarget, const Clock&)>;

  // The references outlive it.
  StillMaker(FindTarget find_target, OpenSource open_source, HealthBoard& board,
             const Clock& clock);

  // Any thread, at once: as StillBook::ask(). What is asked for is made soon after.
  Result<std::shared_ptr<const Still>> newest(unsigned session);
  // Any thread.
  StillCost cost() const noexcept;

 private:
  Result<void> work(Shift& shift);
  std::optional<unsigned> take_due();
  Result<Still> make(unsigned session);

  const FindTarget find_target_;
  const OpenSource open_source_;
  const Clock& clock_;
  std::mutex mutex_;
  StillBook book_;  // under mutex_
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::int64_t> cpu_ns_{0};
  Doorbell bell_;
  SupervisedThread thread_;  // last: it uses all of the above
};

}  // namespace pf::stills
