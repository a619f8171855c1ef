// The same source against a compositor that is not ours. Skipped where sway is not installed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <thread>

#include "core/runtime/system_clock.h"
#include "desktop/testing/sway.h"
#include "desktop/testing/test_client.h"
#include "host/capture/wlr/backend.h"

namespace pf::capture::wlr {
namespace {

using testing::Sway;
using testing::TestClient;

std::uint32_t first_pixel(const RawFrame& frame) {
  std::uint32_t value = 0;
  std::memcpy(&value, frame.image.pixels, 4);
  return value & 0xFFFFFF;
}

TEST(ScreencopyOfSway, ShowsWhatAClientDraws) {
  ASSERT_EQ(std::system("command -v sway > /dev/null"), 0) << "sway is not installed";
  Sway sway;
  ASSERT_TRUE(sway.start());
  const SystemClock clock;
  Doorbell bell;
  auto source = backend().open(display::WlrOutput{sway.socket(), "HEADLESS-1"}, clock);
  for (int i = 0; !source && i < 100; ++i) {  // its output may come after its socket
    std::this_thread::sleep_for(milliseconds(50));
    source = backend().open(display::WlrOutput{sway.socket(), "HEADLESS-1"}, clock);
  }
  ASSERT_TRUE(source) << source.error().what;
  const auto client = TestClient::open(sway.socket());
  ASSERT_NE(client, nullptr);
  std::uint32_t shown = 0;
  for (std::uint32_t i = 1; i <= 200 && shown != 0x0A0B0C; ++i) {
    ASSERT_TRUE(client->settle() && client->paint_all(0x0A0B0C));
    const auto frame = (*source)->next(bell, milliseconds(100));
    ASSERT_TRUE(frame) << frame.error().what;
    if (*frame) shown = first_pixel(**frame);
  }
  EXPECT_EQ(shown, 0x0A0B0Cu);
  EXPECT_EQ((*source)->format().size_px, (SizePx{640, 360}));
}

}  // namespace
}  // namespace pf::capture::wlr
