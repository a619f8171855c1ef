#include "core/wire/v1/input_event.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/hex.h"

namespace pf::wire::v1 {
namespace {

const message::InputEvent kMove{.kind = message::InputKind::mouse_move_absolute,
                                .code = 0,
                                .x = 640,
                                .y = -2,
                                .flags = 1280u << 16 | 720};

TEST(InputEvent, LiesOnTheWireAsTheSpecificationSays) {
  EXPECT_EQ(to_hex(write_input_event(kMove)),
            "c803"
            "00000000"
            "80020000"
            "feffffff"
            "d0020005");
  EXPECT_EQ(parse_input_event(write_input_event(kMove)), kMove);
}

TEST(InputEvent, ToleratesATailAndRefusesWhatItCannotBe) {
  const auto written = write_input_event(kMove);
  std::vector<std::byte> bytes(written.begin(), written.end());
  bytes.push_back(std::byte{7});
  EXPECT_EQ(parse_input_event(bytes), kMove);
  for (std::size_t size = 0; size < kInputEventBytes; ++size)
    EXPECT_FALSE(parse_input_event(Bytes(bytes).first(size)));
  bytes[1] = std::byte{message::kInputKinds};
  EXPECT_FALSE(parse_input_event(bytes));
  bytes[1] = std::byte{0};
  bytes[0] = std::byte{0xC9};
  EXPECT_FALSE(parse_input_event(bytes));
}

}  // namespace
}  // namespace pf::wire::v1
