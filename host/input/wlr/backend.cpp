#include "host/input/wlr/backend.h"

#include <utility>

#include "host/input/wlr/seat_sink.h"

namespace pf::input::wlr {

InputBackend backend() {
  return {.name = "wlr",
          .understands =
              [](const display::InputTarget& target) noexcept {
                return std::holds_alternative<display::WaylandSeat>(target);
              },
          .open = [](display::InputTarget target) -> Result<std::unique_ptr<InputSink>> {
            return SeatSink::open(std::get<display::WaylandSeat>(std::move(target)));
          }};
}

}  // namespace pf::input::wlr
