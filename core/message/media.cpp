#include "core/message/media.h"

namespace pf::message {

std::optional<VideoCodec> choose_codec(CodecSet client, CodecSet host,
                                       CodecSet preferred) noexcept {
  if (client.empty()) client = CodecSet{VideoCodec::hevc};
  const auto shared = [&](VideoCodec codec) { return client.has(codec) && host.has(codec); };
  for (const VideoCodec codec :
       {VideoCodec::h264, VideoCodec::hevc, VideoCodec::av1, VideoCodec::pyrowave}) {
    if (preferred.has(codec) && shared(codec)) return codec;
  }
  for (const VideoCodec codec : {VideoCodec::hevc, VideoCodec::av1, VideoCodec::h264}) {
    if (shared(codec)) return codec;
  }
  return std::nullopt;
}

}  // namespace pf::message
