// RTSP as stock clients speak it: one request and one answer for each connection, plain or sealed
// (docs/protocol/gamestream.md sections 7.1 to 7.3).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"

namespace pf::gamestream {

// An ANNOUNCE, the largest, has 1.5 kB.
inline constexpr std::size_t kMaxRtspBytes = 16 << 10;

struct RtspRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string_view header(const std::string& name) const;  // empty: not there
};

// How much of a request has come over a connection.
struct RtspArrival {
  enum class State : std::uint8_t { incomplete, complete, malformed };
  State state = State::incomplete;
  RtspRequest request;  // when complete
};
RtspArrival parse_rtsp(std::string_view received);

struct RtspAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // besides CSeq
  std::string body;
};
// `cseq` is echoed.
std::string write_rtsp(const RtspAnswer& answer, std::string_view cseq);

// Seals answers and opens requests of clients that were given an rtspenc:// address. The key is
// that of the launch, so which one opens a request tells whose it is.
class RtspSeal {
 public:
  static constexpr std::size_t kHeaderBytes = 24;

  explicit RtspSeal(const Secret<16>& key);

  // Whether `received` begins like a sealed message, and then its whole length in bytes; empty: it
  // does not, or more bytes are needed to say, or it is longer than any request.
  static std::optional<std::size_t> sealed_bytes(Bytes received) noexcept;

  // The text of one whole sealed message; empty: sealed with another key, or damaged.
  std::optional<std::string> open(Bytes message) const;
  std::vector<std::byte> seal(std::string_view text);

 private:
  std::unique_ptr<crypto::Aead> sealer_, opener_;
  std::uint32_t next_sequence_ = 1;
};

}  // namespace pf::gamestream
