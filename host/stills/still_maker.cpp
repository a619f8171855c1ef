#include "host/stills/still_maker.h"

#include <utility>

#include "core/runtime/system_clock.h"
#include "host/stills/small_picture.h"

namespace pf::stills {
namespace {
// A source has its first picture when it opens; this is for one that does not.
constexpr Nanos kPicturePatience = milliseconds(500);
// Whoever wants something rings.
constexpr Nanos kIdle = seconds(60);
}  // namespace

StillMaker::StillMaker(FindTarget find_target, OpenSource open_source, HealthBoard& board,
                       const Clock& clock)
    : find_target_(std::move(find_target)),
      open_source_(std::move(open_source)),
      clock_(clock),
      thread_({"stills", ThreadRole::background}, {}, bell_, board, clock,
              [this](Shift& shift) { return work(shift); }) {}

Result<std::shared_ptr<const Still>> StillMaker::newest(unsigned session) {
  std::lock_guard lock(mutex_);
  auto told = book_.ask(session, clock_.now());
  bell_.ring();
  return told;
}

StillCost StillMaker::cost() const noexcept { return {.made = made_, .cpu = Nanos(cpu_ns_)}; }

Result<void> StillMaker::work(Shift& shift) {
  shift.opened();
  while (!shift.over()) {
    const auto session = take_due();
    if (!session) {
      shift.bell().wait(kIdle);
      continue;
    }
    const Nanos cpu_before = thread_cpu_time();
    auto made = make(*session);
    cpu_ns_ += (thread_cpu_time() - cpu_before).count();
    if (made) ++made_;
    std::lock_guard lock(mutex_);
    book_.put(*session, std::move(made), clock_.now());
  }
  return {};
}

std::optional<unsigned> StillMaker::take_due() {
  std::lock_guard lock(mutex_);
  return book_.take_due();
}

// The picture goes back before it is compressed, which takes longer than all of the rest.
Result<Still> StillMaker::make(unsigned session) {
  SmallPicture small;
  LocalTime taken_at;
  {
    PF_TRY(auto target, find_target_(session));
    PF_TRY(const auto source, open_source_(std::move(target), clock_));
    Doorbell nobody_rings;
    PF_TRY(const auto frame, source->next(nobody_rings, kPicturePatience));
    if (!frame) return fail(ErrorKind::timed_out, "its screen gave none within 0.5 s");
    taken_at = clock_.now();
    small = shrink(frame->image, kMostWidthPx);
  }
  PF_TRY(std::string jpeg, to_jpeg(small));
  return Still{.jpeg = std::move(jpeg), .size_px = small.size_px, .taken_at = taken_at};
}

}  // namespace pf::stills
