// RTSP requests, sealed or not, one after the other; ANNOUNCE bodies are among them.
#include "host/gamestream/protocol/rtsp_session.h"

using namespace pf;
using namespace pf::gamestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RtspSession session({.offer = {.codec_modes = 0x30301},
                       .ports = {.video = 1, .control = 2, .audio = 3},
                       .ping_payload = "0123456789ABCDEF",
                       .connect_data = 1});
  const Bytes bytes{reinterpret_cast<const std::byte*>(data), size};
  static_cast<void>(RtspSeal(Secret<16>()).open(bytes));
  std::string_view text = as_text(bytes);
  for (int i = 0; i < 16 && !text.empty(); ++i) {
    const RtspArrival arrival = parse_rtsp(text);
    if (arrival.state != RtspArrival::State::complete) break;
    const auto outcome = session.handle(arrival.request);
    if (outcome.announced) {
      const StreamRequest& stream = *outcome.announced;
      if (stream.packet_size % 16 != 0 || stream.bitrate_kbps == 0 ||
          stream.mode.refresh.numerator == 0 || stream.mode.refresh.denominator == 0)
        __builtin_trap();
    }
    static_cast<void>(write_rtsp(outcome.answer, arrival.request.header("cseq")));
    text.remove_prefix(text.find("\r\n\r\n") + 4 + arrival.request.body.size());
  }
  return 0;
}
