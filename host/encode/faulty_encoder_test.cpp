#include "host/encode/faulty_encoder.h"

#include <gtest/gtest.h>

namespace pf::encode {
namespace {

class NoClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return {}; }
};

struct NoSink final : PartSink {
  void on_part(const AccessUnitPart&) noexcept override {}
};

class Sound final : public Encoder {
 public:
  const StreamParameters& parameters() const noexcept override { return parameters_; }
  Result<void> encode(capture::RawFrame, const FrameDirective&, PartSink&) override { return {}; }
  Result<void> encode_again(const FrameDirective&, PartSink&) override { return {}; }
  EncodeCost last_cost() const noexcept override { return {}; }

 private:
  StreamParameters parameters_;
};

const EncoderBackend kSound{
    .name = "sound",
    .probe = [] { return Result<EncoderCaps>(); },
    .open = [](const EncodeRequest&, const Clock&) -> Result<std::unique_ptr<Encoder>> {
      return std::make_unique<Sound>();
    }};

// Pictures that an encoder of `backend` makes before it fails; at most ten.
int pictures_of(const EncoderBackend& backend) {
  const NoClock clock;
  NoSink sink;
  const auto encoder = backend.open({}, clock);
  for (int made = 0; made < 10; ++made) {
    const auto encoded = (*encoder)->encode({}, {}, sink);
    if (encoded) continue;
    EXPECT_EQ(encoded.error().kind, ErrorKind::lost);
    return made;
  }
  return 10;
}

TEST(FaultyEncoder, BreaksAsOftenAndAsLateAsItIsTold) {
  const auto backend = with_faults(kSound, {.count = 2, .lifetime_pictures = 3});
  EXPECT_EQ(pictures_of(backend), 3);
  EXPECT_EQ(pictures_of(backend), 3);
  EXPECT_EQ(pictures_of(backend), 10);
}

TEST(FaultyEncoder, GoesOnAfterAStall) {
  EXPECT_EQ(pictures_of(with_faults(
                kSound, {.count = 1, .lifetime_pictures = 3, .stall = milliseconds(1)})),
            10);
}

}  // namespace
}  // namespace pf::encode
