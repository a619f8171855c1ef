#include <png.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include "client/decode/libavcodec/libavcodec_decoder.h"
#include "client/record/mkv_recorder.h"
#include "client/record/snapshot.h"
#include "core/base/bt709.h"
#include "pattern/card.h"
#include "pattern/painter.h"
#include "pattern/reader.h"

namespace pf::record {
namespace {

constexpr SizePx kSize{640, 360};

// The coded picture as a stream of H.264, made by libavcodec's x264: recording must not need a
// host.
class Maker {
 public:
  static std::unique_ptr<Maker> open() {
    const AVCodec* const codec = avcodec_find_encoder_by_name("libx264");
    if (codec == nullptr) return nullptr;
    std::unique_ptr<Maker> maker(new Maker);
    AVCodecContext& context = *(maker->context_ = avcodec_alloc_context3(codec));
    context.width = kSize.width;
    context.height = kSize.height;
    context.pix_fmt = AV_PIX_FMT_YUV420P;
    context.time_base = {1, 60};
    context.gop_size = 1000;
    context.bit_rate = 8'000'000;
    context.thread_count = 1;
    context.colorspace = AVCOL_SPC_BT709;
    av_opt_set(context.priv_data, "preset", "ultrafast", 0);
    av_opt_set(context.priv_data, "tune", "zerolatency", 0);
    return avcodec_open2(&context, codec, nullptr) < 0 ? nullptr : std::move(maker);
  }
  ~Maker() {
    av_frame_free(&frame_);
    av_packet_free(&packet_);
    avcodec_free_context(&context_);
  }

  std::vector<std::byte> access_unit(std::uint32_t number) {
    painter_.draw({.frame_number = number, .drawn_at = milliseconds(16) * number}, canvas_);
    convert();
    frame_->pts = number;
    EXPECT_EQ(avcodec_send_frame(context_, frame_), 0);
    EXPECT_EQ(avcodec_receive_packet(context_, packet_), 0);
    const auto* const data = reinterpret_cast<const std::byte*>(packet_->data);
    return {data, data + packet_->size};
  }

 private:
  Maker() {
    painter_.prepare(canvas_);
    frame_->width = kSize.width;
    frame_->height = kSize.height;
    frame_->format = AV_PIX_FMT_YUV420P;
    EXPECT_EQ(av_frame_get_buffer(frame_, 0), 0);
  }
  // The chroma of a block is that of its first pixel: good enough for patches.
  void convert() {
    EXPECT_EQ(av_frame_make_writable(frame_), 0);
    for (std::uint32_t y = 0; y < kSize.height; ++y) {
      for (std::uint32_t x = 0; x < kSize.width; ++x) {
        const std::byte* const px = &pixels_[(std::size_t{y} * kSize.width + x) * 4];
        const auto channel = [&](int i) { return double(std::to_integer<int>(px[i])); };
        const bt709::Yuv yuv = bt709::from_rgb({channel(2), channel(1), channel(0)});
        plane(0)[y * stride(0) + x] = bt709::to_code(yuv.y);
        plane(1)[y / 2 * stride(1) + x / 2] = bt709::to_code(yuv.u);
        plane(2)[y / 2 * stride(2) + x / 2] = bt709::to_code(yuv.v);
      }
    }
  }
  std::uint8_t* plane(int i) { return frame_->data[i]; }
  std::size_t stride(int i) { return static_cast<std::size_t>(frame_->linesize[i]); }

  std::vector<std::byte> pixels_ =
      std::vector<std::byte>(std::size_t{kSize.width} * kSize.height * 4);
  pattern::Canvas canvas_{pixels_.data(), kSize, kSize.width * 4};
  pattern::Painter painter_{kSize};
  AVFrame* frame_ = av_frame_alloc();
  AVPacket* packet_ = av_packet_alloc();
  AVCodecContext* context_ = nullptr;
};

class Record : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/punktfunk-record-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Empty where libavcodec cannot encode H.264.
  static std::vector<std::vector<std::byte>> encode_pictures(std::uint32_t count) {
    std::vector<std::vector<std::byte>> units;
    const auto maker = Maker::open();
    for (std::uint32_t i = 0; maker && i < count; ++i) units.push_back(maker->access_unit(i));
    return units;
  }

  std::string folder_;
};

pattern::YuvView view_of(const decode::DecodedPicture& picture) {
  pattern::YuvView view{.size_px = picture.size_px, .full_range = picture.full_range};
  for (int i = 0; i < 3; ++i) {
    view.planes[i] = picture.planes[i];
    view.stride_bytes[i] = picture.stride_bytes[i];
  }
  return view;
}

TEST_F(Record, PlaysBackAllPicturesFromTheFirstKeyFrameOnAtTheirTimes) {
  const auto units = encode_pictures(30);
  ASSERT_FALSE(units.empty()) << "libavcodec without libx264";
  const std::string path = folder_ + "/a:b.mkv";
  auto recorder = MkvRecorder::open(path, kSize);
  ASSERT_TRUE(recorder) << recorder.error().what;
  ASSERT_TRUE(recorder->add(units[5], seconds(9)));  // before any key frame: left out
  for (std::size_t i = 0; i < units.size(); ++i) {
    ASSERT_TRUE(recorder->add(units[i], seconds(10) + milliseconds(20) * i));
  }
  ASSERT_TRUE(recorder->finish());

  AVFormatContext* file = nullptr;
  ASSERT_EQ(avformat_open_input(&file, ("file:" + path).c_str(), nullptr, nullptr), 0);
  const AVCodecParameters& codec = *file->streams[0]->codecpar;
  EXPECT_EQ(codec.width, 640);
  EXPECT_EQ(codec.color_space, AVCOL_SPC_BT709);
  ASSERT_GT(codec.extradata_size, 0);
  EXPECT_EQ(codec.extradata[0], 1);  // an AVCDecoderConfigurationRecord
  AVPacket* const packet = av_packet_alloc();
  std::int64_t count = 0;
  for (; av_read_frame(file, packet) >= 0; ++count, av_packet_unref(packet)) {
    EXPECT_EQ(av_rescale_q(packet->pts, file->streams[0]->time_base, {1, 1000}), count * 20);
    EXPECT_EQ((packet->flags & AV_PKT_FLAG_KEY) != 0, count == 0);
  }
  EXPECT_EQ(count, 30);
  av_packet_free(const_cast<AVPacket**>(&packet));
  avformat_close_input(&file);
}

TEST_F(Record, TellsOfAFullDiskOnceAndGoesOn) {
  const auto units = encode_pictures(30);
  ASSERT_FALSE(units.empty()) << "libavcodec without libx264";
  auto recorder = MkvRecorder::open("/dev/full", kSize);
  ASSERT_TRUE(recorder);
  int errors = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto added = recorder->add(units[i], milliseconds(100) * i);
    if (added) continue;
    ++errors;
    EXPECT_EQ(added.error().what, "recording to /dev/full stopped: No space left on device");
  }
  EXPECT_EQ(errors, 1);
  EXPECT_TRUE(recorder->finish());
}

TEST_F(Record, RefusesAPathThatCannotBeWritten) {
  const auto recorder = MkvRecorder::open(folder_ + "/no/such/folder.mkv", kSize);
  ASSERT_FALSE(recorder);
  EXPECT_EQ(recorder.error().kind, ErrorKind::refused);
}

TEST_F(Record, SavesAPictureThatLooksAsItWasDrawn) {
  const auto units = encode_pictures(30);
  ASSERT_FALSE(units.empty()) << "libavcodec without libx264";
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  Result<std::optional<decode::DecodedPicture>> picture;
  for (std::size_t i = 0; i < units.size(); ++i) picture = (*decoder)->decode(units[i], FrameId{i});
  ASSERT_TRUE(picture && *picture);
  ASSERT_TRUE(pattern::read_picture(view_of(**picture)));
  const std::string path = folder_ + "/picture.png";
  ASSERT_TRUE(write_png(path, **picture, {639, 359}));

  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
  EXPECT_EQ(image.width, 639u);
  EXPECT_EQ(image.height, 359u);
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
  const pattern::Layout layout = pattern::layout_of(kSize);
  for (std::uint32_t i = 0; i < pattern::kPatchCount; ++i) {
    const RectPx middle = pattern::middle_of(pattern::patch_of(layout, i));
    const std::uint8_t* const px =
        &pixels[(std::size_t{middle.y + middle.height / 2} * 639 + middle.x + middle.width / 2) *
                3];
    EXPECT_NEAR(px[0], pattern::kPatches[i].r, 6) << pattern::kPatches[i].name;
    EXPECT_NEAR(px[1], pattern::kPatches[i].g, 6) << pattern::kPatches[i].name;
    EXPECT_NEAR(px[2], pattern::kPatches[i].b, 6) << pattern::kPatches[i].name;
  }
  EXPECT_FALSE(write_png("/dev/full", **picture, kSize));
  EXPECT_FALSE(write_png(path, **picture, {641, 360}));
}

}  // namespace
}  // namespace pf::record
