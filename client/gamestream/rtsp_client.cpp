#include "client/gamestream/rtsp_client.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "client/gamestream/tcp_stream.h"

namespace pf::gamestream_client {
namespace {

constexpr Nanos kConnectPatience = seconds(10);
constexpr Nanos kConnectAgain = milliseconds(500);
constexpr Nanos kRtspPatience = seconds(15);
// Stock clients write so many bytes at a time, so hosts must put requests together.
constexpr std::size_t kPieceBytes = 536;

// A host whose listener is not ready yet is tried again, as stock clients do.
Result<TcpStream> connect(const Endpoint& host, const Clock& clock) {
  const LocalTime deadline = clock.now() + kConnectPatience;
  for (;;) {
    auto stream = TcpStream::connect(host, clock, deadline);
    if (stream || stream.error().kind != ErrorKind::refused || clock.now() > deadline)
      return stream;
    std::this_thread::sleep_for(kConnectAgain);
  }
}

}  // namespace

Result<void> say_next(RtspConversation& conversation, std::optional<RtspSeal>& seal,
                      const Endpoint& host, const Clock& clock) {
  const std::string request = *conversation.request();
  PF_TRY(TcpStream stream, connect(host, clock));
  const LocalTime deadline = clock.now() + kRtspPatience;
  std::vector<std::byte> message;
  if (seal) {
    message = seal->seal(request);
  } else {
    const Bytes text = as_bytes(request);
    message.assign(text.begin(), text.end());
  }
  for (Bytes rest = message; !rest.empty();) {
    const Bytes piece = rest.first(std::min(rest.size(), kPieceBytes));
    PF_TRY_VOID(stream.write(piece, deadline));
    rest = rest.subspan(piece.size());
  }
  PF_TRY(std::string answer, stream.read_all(kMaxRtspAnswerBytes, deadline));
  if (seal) {
    PF_TRY(answer, seal->open(as_bytes(answer)));
  }
  return conversation.answer(answer);
}

}  // namespace pf::gamestream_client
