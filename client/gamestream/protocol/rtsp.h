// RTSP as stock GameStream clients speak it: one request and one answer on each connection, plain
// or sealed (docs/protocol/gamestream.md sections 7.1 to 7.3). Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"

namespace pf::gamestream_client {

// Hosts send less than a tenth of it; clients read up to 1 MiB.
inline constexpr std::size_t kMaxRtspAnswerBytes = 64 << 10;

struct RtspRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  // behind the ones that all have
  std::string body;
};
// `host`: of the Host header.
std::string write_rtsp_request(const RtspRequest& request, unsigned cseq, std::string_view host);

struct RtspAnswer {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  const std::string* header(std::string_view name) const;  // as it is spelled; null: none
};
// All that came until the host closed the connection. `refused`: a status other than 200;
// `malformed`: what stock clients cannot read, or another CSeq than `cseq`.
Result<RtspAnswer> parse_rtsp_answer(std::string_view text, unsigned cseq);

// Seals requests and opens answers where the session's address begins with rtspenc://. Numbers of
// ours start at 1 and never come again under one key.
class RtspSeal {
 public:
  explicit RtspSeal(const Secret<16>& key);

  std::vector<std::byte> seal(std::string_view text);
  // One whole answer, without a byte too many.
  Result<std::string> open(Bytes message);

 private:
  std::unique_ptr<crypto::Aead> sealer_, opener_;
  std::uint32_t next_sequence_ = 1;
  std::uint32_t host_sequence_ = 0;  // the last one seen
};

}  // namespace pf::gamestream_client
