#include "client/record/mkv_recorder.h"

#include <algorithm>
#include <optional>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/log.h>
}

#include "core/video/annexb.h"

namespace pf::record {
namespace {

constexpr AVRational kNanosecond{1, 1'000'000'000};
// How much a crash may cost; clusters are written as a whole.
constexpr const char* kClusterMs = "1000";

std::string words_of(int error) {
  char words[AV_ERROR_MAX_STRING_SIZE];
  return av_make_error_string(words, sizeof words, error);
}

struct Free {
  void operator()(AVFormatContext* muxer) const noexcept {
    if (muxer->pb != nullptr) avio_closep(&muxer->pb);
    avformat_free_context(muxer);
  }
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};
using Muxer = std::unique_ptr<AVFormatContext, Free>;
using Packet = std::unique_ptr<AVPacket, Free>;

}  // namespace

class MkvRecorder::File {
 public:
  File(std::string path, SizePx size, Muxer muxer, Packet packet)
      : path_(std::move(path)),
        size_px_(size),
        muxer_(std::move(muxer)),
        packet_(std::move(packet)) {}
  ~File() { (void)finish(); }

  Result<void> add(Bytes access_unit, Nanos shown_at) {
    if (!muxer_) return {};
    const std::vector<std::byte> sets = video::parameter_sets_of_key_frame(access_unit);
    if (!first_shown_at_) {
      if (sets.empty()) return {};
      PF_TRY_VOID(check(write_header(sets)));
      first_shown_at_ = shown_at;
    }
    return check(write(access_unit, shown_at - *first_shown_at_, !sets.empty()));
  }

  Result<void> finish() {
    if (!muxer_) return {};
    Result<void> done;
    if (first_shown_at_) done = check(av_write_trailer(muxer_.get()));
    muxer_.reset();
    return done;
  }

 private:
  // Closes the file on the first error, which is thereby told once.
  Result<void> check(int error) {
    if (error >= 0 && muxer_->pb->error >= 0) return {};
    const std::string words = words_of(error < 0 ? error : muxer_->pb->error);
    muxer_.reset();
    return fail(ErrorKind::exhausted, "recording to {} stopped: {}", path_, words);
  }

  int write_header(const std::vector<std::byte>& sets) {
    AVStream* const stream = avformat_new_stream(muxer_.get(), nullptr);
    if (stream == nullptr) return AVERROR(ENOMEM);
    stream->time_base = kNanosecond;
    AVCodecParameters& codec = *stream->codecpar;
    codec.codec_type = AVMEDIA_TYPE_VIDEO;
    codec.codec_id = AV_CODEC_ID_H264;
    codec.width = static_cast<int>(size_px_.width);
    codec.height = static_cast<int>(size_px_.height);
    codec.color_primaries = AVCOL_PRI_BT709;
    codec.color_trc = AVCOL_TRC_BT709;
    codec.color_space = AVCOL_SPC_BT709;
    codec.color_range = AVCOL_RANGE_MPEG;
    // The muxer makes its AVCDecoderConfigurationRecord of these.
    codec.extradata =
        static_cast<std::uint8_t*>(av_mallocz(sets.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (codec.extradata == nullptr) return AVERROR(ENOMEM);
    codec.extradata_size = static_cast<int>(sets.size());
    std::copy(sets.begin(), sets.end(), reinterpret_cast<std::byte*>(codec.extradata));

    AVDictionary* options = nullptr;
    av_dict_set(&options, "cluster_time_limit", kClusterMs, 0);
    const int error = avformat_write_header(muxer_.get(), &options);
    av_dict_free(&options);
    return error;
  }

  int write(Bytes access_unit, Nanos shown_at, bool key_frame) {
    last_shown_at_ = std::max(last_shown_at_, shown_at);
    const int error = av_new_packet(packet_.get(), static_cast<int>(access_unit.size()));
    if (error < 0) return error;
    std::copy(access_unit.begin(), access_unit.end(), reinterpret_cast<std::byte*>(packet_->data));
    packet_->pts = packet_->dts = last_shown_at_.count();
    packet_->flags = key_frame ? AV_PKT_FLAG_KEY : 0;
    av_packet_rescale_ts(packet_.get(), kNanosecond, muxer_->streams[0]->time_base);
    const int written = av_write_frame(muxer_.get(), packet_.get());
    av_packet_unref(packet_.get());
    return written;
  }

  std::string path_;
  SizePx size_px_;
  Muxer muxer_;  // null: finished, or failed
  Packet packet_;
  std::optional<Nanos> first_shown_at_;  // empty: no key frame yet, nothing written
  Nanos last_shown_at_{0};
};

Result<MkvRecorder> MkvRecorder::open(const std::string& path, SizePx size) {
  av_log_set_level(AV_LOG_QUIET);  // errors come back as values
  AVFormatContext* bare = nullptr;
  if (avformat_alloc_output_context2(&bare, nullptr, "matroska", nullptr) < 0) {
    return fail(ErrorKind::unavailable, "this libavformat does not write Matroska");
  }
  Muxer muxer(bare);
  muxer->flags |= AVFMT_FLAG_FLUSH_PACKETS;
  Packet packet(av_packet_alloc());
  if (!packet) return fail(ErrorKind::exhausted, "no memory for a recording");
  // With its protocol, so that a colon in the path is not taken for one.
  const int error = avio_open(&muxer->pb, ("file:" + path).c_str(), AVIO_FLAG_WRITE);
  if (error < 0) return fail(ErrorKind::refused, "cannot record to {}: {}", path, words_of(error));
  return MkvRecorder(std::make_unique<File>(path, size, std::move(muxer), std::move(packet)));
}

MkvRecorder::MkvRecorder(std::unique_ptr<File> file) noexcept : file_(std::move(file)) {}
MkvRecorder::MkvRecorder(MkvRecorder&&) noexcept = default;
MkvRecorder& MkvRecorder::operator=(MkvRecorder&&) noexcept = default;
MkvRecorder::~MkvRecorder() = default;

Result<void> MkvRecorder::add(Bytes access_unit, Nanos shown_at) {
  return file_->add(access_unit, shown_at);
}

Result<void> MkvRecorder::finish() { return file_->finish(); }

}  // namespace pf::record
