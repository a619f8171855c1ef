#include "host/gamestream/protocol/rtsp_message.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace pf::gamestream {
namespace {

constexpr std::size_t kMaxHeaders = 32;
constexpr std::uint32_t kSealedBit = 0x80000000;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

std::string_view take_until(std::string_view& text, std::string_view mark) {
  const std::size_t end = text.find(mark);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + mark.size());
  return taken;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Empty: a header without a colon, or too many of them.
std::optional<RtspRequest> parse_head(std::string_view head) {
  RtspRequest request;
  std::string_view line = take_until(head, "\r\n");
  request.method = take_until(line, " ");
  request.target = take_until(line, " ");
  if (request.method.empty() || request.target.empty() || line != "RTSP/1.0") return std::nullopt;
  while (!head.empty()) {
    line = take_until(head, "\r\n");
    if (line.find(':') == std::string_view::npos || request.headers.size() == kMaxHeaders)
      return std::nullopt;
    const std::string name = lower(take_until(line, ":"));
    request.headers.emplace(name, trimmed(line));
  }
  return request;
}

std::optional<std::size_t> body_bytes(const RtspRequest& request) {
  const std::string_view text = request.header("content-length");
  if (text.empty()) return 0;
  std::size_t bytes = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || rest != text.data() + text.size() || bytes > kMaxRtspBytes)
    return std::nullopt;
  return bytes;
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 455:
      return "Method Not Valid in This State";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

crypto::Nonce nonce_of(std::uint32_t sequence, char origin) noexcept {
  crypto::Nonce nonce{};
  detail::store(nonce.data(), sequence, false);
  nonce[10] = static_cast<std::byte>(origin);
  nonce[11] = std::byte{'R'};
  return nonce;
}

}  // namespace

std::string_view RtspRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

RtspArrival parse_rtsp(std::string_view received) {
  using State = RtspArrival::State;
  const std::size_t head_end = received.find(kEndOfHead);
  const bool too_long = received.size() > kMaxRtspBytes;
  if (head_end == std::string_view::npos)
    return {too_long ? State::malformed : State::incomplete, {}};
  auto request = parse_head(received.substr(0, head_end));
  const auto body = request ? body_bytes(*request) : std::nullopt;
  if (!body) return {State::malformed, {}};
  const std::string_view rest = received.substr(head_end + kEndOfHead.size());
  if (rest.size() < *body) return {too_long ? State::malformed : State::incomplete, {}};
  request->body = rest.substr(0, *body);
  return {State::complete, *std::move(request)};
}

std::string write_rtsp(const RtspAnswer& answer, std::string_view cseq) {
  std::string text = fmt::format("RTSP/1.0 {} {}\r\nCSeq: {}\r\n", answer.status,
                                 reason(answer.status), cseq.empty() ? "0" : cseq);
  for (const auto& [name, value] : answer.headers) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n" + answer.body;
}

RtspSeal::RtspSeal(const Secret<16>& key)
    : sealer_(crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(),
                                crypto::Aead::Use::seal)),
      opener_(crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(),
                                crypto::Aead::Use::open)) {}

std::optional<std::size_t> RtspSeal::sealed_bytes(Bytes received) noexcept {
  ByteReader reader(received);
  const auto first = reader.big<std::uint32_t>();
  const std::size_t text_bytes = first & ~kSealedBit;
  if (!reader.ok() || (first & kSealedBit) == 0 || text_bytes > kMaxRtspBytes) return std::nullopt;
  return kHeaderBytes + text_bytes;
}

std::optional<std::string> RtspSeal::open(Bytes message) const {
  if (sealed_bytes(message) != message.size()) return std::nullopt;
  ByteReader reader(message);
  reader.big<std::uint32_t>();
  const auto sequence = reader.big<std::uint32_t>();
  const Bytes tag = reader.take(crypto::kTagBytes);
  std::string text(as_text(reader.rest()));
  const bool good =
      opener_->open(nonce_of(sequence, 'C'), {},
                    {reinterpret_cast<std::byte*>(text.data()), text.size()}, tag.first<16>());
  if (!good) return std::nullopt;
  return text;
}

std::vector<std::byte> RtspSeal::seal(std::string_view text) {
  std::vector<std::byte> message(kHeaderBytes + text.size());
  detail::store(message.data(), kSealedBit | static_cast<std::uint32_t>(text.size()), true);
  detail::store(message.data() + 4, next_sequence_, true);
  sealer_->seal(nonce_of(next_sequence_, 'H'), {}, as_bytes(text), message.data() + kHeaderBytes,
                MutableBytes(message).subspan<8, 16>());
  ++next_sequence_;
  return message;
}

}  // namespace pf::gamestream
