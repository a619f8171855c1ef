#include "client/gamestream/protocol/rtsp.h"

#include <array>
#include <charconv>

namespace pf::gamestream_client {
namespace {

constexpr std::size_t kTagBytes = crypto::kTagBytes;
constexpr std::size_t kSealHeaderBytes = 4 + 4 + kTagBytes;  // length, number, tag
constexpr std::size_t kTagAt = 8;
constexpr std::uint32_t kSealedBit = 0x8000'0000;

crypto::Nonce nonce_of(std::uint32_t sequence, char origin) noexcept {
  crypto::Nonce nonce{};
  detail::store(nonce.data(), sequence, false);
  nonce[10] = static_cast<std::byte>(origin);
  nonce[11] = std::byte{'R'};
  return nonce;
}

std::unique_ptr<crypto::Aead> make(const Secret<16>& key, crypto::Aead::Use use) {
  return crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(), use);
}

Failure wrong(const char* why) {
  return fail(ErrorKind::malformed, "the host's RTSP answer {}", why);
}

// A line without its CRLF; false: there is no more CRLF.
bool take_line(std::string_view& rest, std::string_view& line) {
  const std::size_t end = rest.find("\r\n");
  if (end == rest.npos) return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return true;
}

Result<void> check_status(std::string_view line) {
  constexpr std::string_view kProtocol = "RTSP/1.0 ";
  if (line.substr(0, kProtocol.size()) != kProtocol) return wrong("does not begin with RTSP/1.0");
  line.remove_prefix(kProtocol.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || space + 1 == line.size()) return wrong("gives no reason");
  int status = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + space, status);
  if (parsed.ec != std::errc() || parsed.ptr != line.data() + space)
    return wrong("has no number for a status");
  if (status != 200) {
    return tl::unexpected(Error{ErrorKind::refused,
                                fmt::format("the host refused the stream over RTSP: {}", line),
                                status});
  }
  return {};
}

}  // namespace

std::string write_rtsp_request(const RtspRequest& request, unsigned cseq, std::string_view host) {
  std::string text =
      fmt::format("{} {} RTSP/1.0\r\nCSeq: {}\r\nX-GS-ClientVersion: 14\r\nHost: {}\r\n",
                  request.method, request.target, cseq, host);
  for (const auto& header : request.headers)
    text += fmt::format("{}: {}\r\n", header.first, header.second);
  return text + "\r\n" + request.body;
}

const std::string* RtspAnswer::header(std::string_view name) const {
  for (const auto& one : headers) {
    if (one.first == name) return &one.second;
  }
  return nullptr;
}

Result<RtspAnswer> parse_rtsp_answer(std::string_view text, unsigned cseq) {
  std::string_view line;
  if (!take_line(text, line)) return wrong("has no status line");
  PF_TRY_VOID(check_status(line));
  RtspAnswer answer;
  for (;;) {
    if (!take_line(text, line)) return wrong("ends within its headers");
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    // Exactly one space: stock clients skip one byte without looking.
    if (colon == line.npos || colon + 1 >= line.size() || line[colon + 1] != ' ' ||
        line.substr(colon + 2, 1) == " ")
      return wrong("has a header that is not \"Name: value\"");
    answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  if (answer.headers.empty()) return wrong("has no header at all");
  const std::string* const echoed = answer.header("CSeq");
  if (echoed == nullptr || *echoed != std::to_string(cseq)) return wrong("does not echo CSeq");
  answer.body = std::string(text);
  return answer;
}

RtspSeal::RtspSeal(const Secret<16>& key)
    : sealer_(make(key, crypto::Aead::Use::seal)), opener_(make(key, crypto::Aead::Use::open)) {}

std::vector<std::byte> RtspSeal::seal(std::string_view text) {
  std::vector<std::byte> message(kSealHeaderBytes + text.size());
  ByteWriter writer(message);
  writer.big(kSealedBit | static_cast<std::uint32_t>(text.size()));
  writer.big(next_sequence_);
  sealer_->seal(nonce_of(next_sequence_++, 'C'), {}, as_bytes(text),
                message.data() + kSealHeaderBytes,
                MutableBytes(message).subspan<kTagAt, kTagBytes>());
  return message;
}

Result<std::string> RtspSeal::open(Bytes message) {
  ByteReader reader(message);
  const auto head = reader.big<std::uint32_t>();
  const auto sequence = reader.big<std::uint32_t>();
  const Bytes tag = reader.take(kTagBytes);
  const Bytes sealed = reader.rest();
  if ((head & kSealedBit) == 0) return wrong("is not encrypted");
  if (tag.empty() || (head & ~kSealedBit) != sealed.size()) return wrong("says a wrong length");
  std::string text(as_text(sealed));
  const MutableBytes in_place(reinterpret_cast<std::byte*>(text.data()), text.size());
  if (!opener_->open(nonce_of(sequence, 'H'), {}, in_place, tag.first<kTagBytes>()))
    return wrong("is not sealed with the session's key");
  if (sequence <= host_sequence_) return wrong("uses a number a second time under one key");
  host_sequence_ = sequence;
  return text;
}

}  // namespace pf::gamestream_client
