#include "core/wire/v1/typed_messages.h"

#include <algorithm>
#include <string>

#include "core/message/text.h"
#include "core/wire/v1/fields.h"
#include "core/wire/v1/framing.h"

namespace pf::wire::v1 {
namespace {

using namespace pf::message;

enum class Type : std::uint8_t {
  reconfigure = 0x01,
  reconfigured = 0x02,
  request_keyframe = 0x03,
  loss_report = 0x04,
  set_bitrate = 0x05,
  bitrate_changed = 0x06,
  rfi_request = 0x07,
  shard_payload_changed = 0x08,
  shard_payload_ack = 0x09,
  pipeline_gap = 0x0A,
  pair_request = 0x10,
  pair_challenge = 0x11,
  pair_proof = 0x12,
  pair_result = 0x13,
  probe_request = 0x20,
  probe_result = 0x21,
  clock_probe = 0x30,
  clock_echo = 0x31,
  phase_report = 0x32,
  clip_control = 0x40,
  clip_state = 0x41,
  clip_offer = 0x42,
  clip_fetch = 0x43,
  clip_fetch_header = 0x44,
  cursor_shape = 0x50,
  cursor_render_mode = 0x51,
  access_update = 0x58,
  frame_reports_wanted = 0xE0,
  frame_report = 0xE1,
};

constexpr std::uint32_t kNoFileIndex = 0xFFFFFFFF;
constexpr std::uint32_t kNoInstant = 0xFFFFFFFF;
constexpr std::size_t kReportedFrameBytes = 24;

std::uint8_t u8(ByteReader& in) noexcept { return in.little<std::uint8_t>(); }
std::uint16_t u16(ByteReader& in) noexcept { return in.little<std::uint16_t>(); }
std::uint32_t u32(ByteReader& in) noexcept { return in.little<std::uint32_t>(); }
std::uint64_t u64(ByteReader& in) noexcept { return in.little<std::uint64_t>(); }
bool flag(ByteReader& in) noexcept { return u8(in) != 0; }
WireTime wire_time(ByteReader& in) noexcept {
  return WireTime(Nanos(static_cast<std::int64_t>(u64(in))));
}

std::vector<std::byte> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// `in` stands behind the type byte. The caller checks that nothing is left over.
Reconfigure read_reconfigure(ByteReader& in) noexcept { return {.mode = read_mode(in)}; }

Reconfigured read_reconfigured(ByteReader& in) noexcept {
  const bool accepted = flag(in);
  return {.accepted = accepted, .mode = read_mode(in)};
}

RfiRequest read_rfi_request(ByteReader& in) noexcept {
  const std::uint32_t first = u32(in);
  return {.first_frame = first, .last_frame = u32(in)};
}

ProbeRequest read_probe_request(ByteReader& in) noexcept {
  const std::uint32_t target_kbps = u32(in);
  return {.target_kbps = target_kbps, .duration_ms = u32(in)};
}

// 21 bytes in all, or 29 and more: the last two fields count only when both are complete.
ProbeResult read_probe_result(ByteReader& in) noexcept {
  ProbeResult result;
  result.bytes_sent = u64(in);
  result.packets_sent = u32(in);
  result.duration_ms = u32(in);
  if (in.remaining() >= 8) {
    result.wire_packets_sent = u32(in);
    result.send_dropped = u32(in);
  }
  if (in.ok()) in.rest();
  return result;
}

ClockEcho read_clock_echo(ByteReader& in) noexcept {
  ClockEcho echo;
  echo.client_sent_ns = u64(in);
  echo.host_received = wire_time(in);
  echo.host_sent = wire_time(in);
  return echo;
}

PhaseReport read_phase_report(ByteReader& in) noexcept {
  PhaseReport report;
  report.next_latch = wire_time(in);
  report.period_ns = u32(in);
  report.uncertainty_ns = u32(in);
  report.lead_ns = u32(in);
  if (in.remaining() == 2) report.coherence_permille = u16(in);
  return report;
}

std::optional<std::uint32_t> instant(ByteReader& in) noexcept {
  const std::uint32_t us = u32(in);
  return us == kNoInstant ? std::nullopt : std::optional(us);
}

// As many frames as fit the length exactly.
std::optional<FrameReport> read_frame_report(ByteReader& in) {
  FrameReport report{.clock_error_us = u32(in), .frames = {}};
  const std::size_t count = in.remaining() / kReportedFrameBytes;
  if (count == 0 || count > FrameReport::kMaxFrames) return std::nullopt;
  report.frames.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    FrameReport::Frame frame;
    frame.pts = wire_time(in);
    frame.first_received_us = u32(in);
    frame.received_us = u32(in);
    frame.decoded_us = instant(in);
    frame.presented_us = instant(in);
    report.frames.push_back(frame);
  }
  return report;
}

AccessUpdate read_access_update(ByteReader& in) noexcept {
  const Grants grants = Grants::from_bits(u32(in));
  return {.grants = grants, .remaining = std::chrono::seconds(u32(in))};
}

ClipControl read_clip_control(ByteReader& in) noexcept {
  const bool enabled = flag(in);
  return {.enabled = enabled, .files_wanted = (u8(in) & 1) != 0};
}

ClipState read_clip_state(ByteReader& in) noexcept {
  ClipState state;
  state.enabled = flag(in);
  const std::uint8_t policy = u8(in);
  state.text_and_images = (policy & 1) != 0;
  state.files = (policy & 2) != 0;
  state.reason =
      ClipState::Reason{std::min(u8(in), static_cast<std::uint8_t>(ClipState::Reason::other))};
  return state;
}

std::optional<ClipOffer> read_clip_offer(ByteReader& in) {
  ClipOffer offer;
  offer.sequence = u32(in);
  const std::size_t count = u8(in);
  if (count > kMaxClipKinds) return std::nullopt;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::size_t mime_bytes = u8(in);
    if (mime_bytes > kMaxMimeBytes) return std::nullopt;
    ClipOffer::Kind kind;
    kind.mime = as_text(in.take(mime_bytes));
    kind.size_bytes = u64(in);
    if (!is_utf8(kind.mime)) return std::nullopt;
    offer.kinds.push_back(std::move(kind));
  }
  return offer;
}

std::optional<CursorShape> read_cursor_shape(ByteReader& in) {
  CursorShape shape;
  shape.serial = u32(in);
  shape.width_px = u16(in);
  shape.height_px = u16(in);
  shape.hot_x_px = u16(in);
  shape.hot_y_px = u16(in);
  const auto legal = [](std::uint16_t side_px) {
    return side_px >= 1 && side_px <= kMaxCursorSidePx;
  };
  if (!legal(shape.width_px) || !legal(shape.height_px)) return std::nullopt;
  shape.rgba = copy(in.take(std::size_t{4} * shape.width_px * shape.height_px));
  return shape;
}

std::optional<PairRequest> read_pair_request(ByteReader& in) {
  PairRequest request;
  const std::size_t name_bytes = u8(in);
  if (name_bytes > kMaxDeviceNameBytes) return std::nullopt;
  request.device_name = as_text(in.take(name_bytes));
  if (!is_utf8(request.device_name)) return std::nullopt;
  request.spake = copy(in.take(u16(in)));
  return request;
}

PairChallenge read_pair_challenge(ByteReader& in) {
  PairChallenge challenge;
  challenge.spake = copy(in.take(u16(in)));
  const Bytes confirmation = in.take(challenge.confirmation.size());
  std::copy(confirmation.begin(), confirmation.end(), challenge.confirmation.begin());
  return challenge;
}

PairProof read_pair_proof(ByteReader& in) noexcept {
  PairProof proof;
  const Bytes confirmation = in.take(proof.confirmation.size());
  std::copy(confirmation.begin(), confirmation.end(), proof.confirmation.begin());
  return proof;
}

std::optional<ControlMessage> read_body(Type type, ByteReader& in) {
  switch (type) {
    case Type::reconfigure:
      return read_reconfigure(in);
    case Type::reconfigured:
      return read_reconfigured(in);
    case Type::request_keyframe:
      return RequestKeyframe{};
    case Type::loss_report:
      return LossReport{.loss_ppm = u32(in)};
    case Type::set_bitrate:
      return SetBitrate{.bitrate_kbps = u32(in)};
    case Type::bitrate_changed:
      return BitrateChanged{.bitrate_kbps = u32(in)};
    case Type::rfi_request:
      return read_rfi_request(in);
    case Type::shard_payload_changed:
      return ShardPayloadChanged{.shard_bytes = u16(in)};
    case Type::shard_payload_ack:
      return ShardPayloadAck{.shard_bytes = u16(in)};
    case Type::pipeline_gap:
      return PipelineGap{.gap_ms = u32(in)};
    case Type::pair_request:
      return read_pair_request(in);
    case Type::pair_challenge:
      return read_pair_challenge(in);
    case Type::pair_proof:
      return read_pair_proof(in);
    case Type::pair_result:
      return PairResult{.paired = flag(in)};
    case Type::probe_request:
      return read_probe_request(in);
    case Type::probe_result:
      return read_probe_result(in);
    case Type::clock_probe:
      return ClockProbe{.client_sent_ns = u64(in)};
    case Type::clock_echo:
      return read_clock_echo(in);
    case Type::phase_report:
      return read_phase_report(in);
    case Type::clip_control:
      return read_clip_control(in);
    case Type::clip_state:
      return read_clip_state(in);
    case Type::clip_offer:
      return read_clip_offer(in);
    case Type::cursor_shape:
      return read_cursor_shape(in);
    case Type::cursor_render_mode:
      return CursorRenderMode{.client_draws = flag(in)};
    case Type::access_update:
      return read_access_update(in);
    case Type::frame_reports_wanted:
      return FrameReportsWanted{.interval_ms = u16(in)};
    case Type::frame_report:
      return read_frame_report(in);
    case Type::clip_fetch:
    case Type::clip_fetch_header:
      break;  // only on a clipboard stream
  }
  return std::nullopt;
}

// A payload under construction.
class Payload {
 public:
  explicit Payload(Type type, std::size_t max_bytes = 64) : bytes_(max_bytes), out_(bytes_) {
    out_.put(as_bytes(kTypedMagic));
    byte(static_cast<std::uint8_t>(type));
  }
  template <std::integral T>
  Payload& number(T value) {
    out_.little(value);
    return *this;
  }
  Payload& byte(std::uint8_t value) { return number(value); }
  Payload& flag(bool value) { return byte(value ? 1 : 0); }
  Payload& time(WireTime value) { return number(static_cast<std::uint64_t>(value.ns())); }
  Payload& mode(const DisplayMode& value) {
    write_mode(value, out_);
    return *this;
  }
  Payload& raw(Bytes value) {
    out_.put(value);
    return *this;
  }
  // A text behind its length byte, cut to its bound.
  Payload& text(std::string_view value, std::size_t max_bytes) {
    value = cut_utf8(value, max_bytes);
    return byte(static_cast<std::uint8_t>(value.size())).raw(as_bytes(value));
  }
  // Bytes behind a 16-bit length.
  Payload& counted(Bytes value) {
    return number(static_cast<std::uint16_t>(value.size())).raw(value);
  }
  std::vector<std::byte> finish() {
    if (!out_.ok()) return {};
    bytes_.resize(out_.size());
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
  ByteWriter out_;
};

struct Writer {
  using Result = std::vector<std::byte>;
  Result operator()(const Hello&) const { return {}; }
  Result operator()(const Welcome&) const { return {}; }
  Result operator()(const Start&) const { return {}; }
  Result operator()(const Reconfigure& m) const {
    return Payload(Type::reconfigure).mode(m.mode).finish();
  }
  Result operator()(const Reconfigured& m) const {
    return Payload(Type::reconfigured).flag(m.accepted).mode(m.mode).finish();
  }
  Result operator()(const RequestKeyframe&) const {
    return Payload(Type::request_keyframe).finish();
  }
  Result operator()(const RfiRequest& m) const {
    return Payload(Type::rfi_request).number(m.first_frame).number(m.last_frame).finish();
  }
  Result operator()(const LossReport& m) const {
    return Payload(Type::loss_report).number(m.loss_ppm).finish();
  }
  Result operator()(const PipelineGap& m) const {
    return Payload(Type::pipeline_gap).number(m.gap_ms).finish();
  }
  Result operator()(const SetBitrate& m) const {
    return Payload(Type::set_bitrate).number(m.bitrate_kbps).finish();
  }
  Result operator()(const BitrateChanged& m) const {
    return Payload(Type::bitrate_changed).number(m.bitrate_kbps).finish();
  }
  Result operator()(const ProbeRequest& m) const {
    return Payload(Type::probe_request).number(m.target_kbps).number(m.duration_ms).finish();
  }
  Result operator()(const ProbeResult& m) const {
    return Payload(Type::probe_result)
        .number(m.bytes_sent)
        .number(m.packets_sent)
        .number(m.duration_ms)
        .number(m.wire_packets_sent)
        .number(m.send_dropped)
        .finish();
  }
  Result operator()(const ClockProbe& m) const {
    return Payload(Type::clock_probe).number(m.client_sent_ns).finish();
  }
  Result operator()(const ClockEcho& m) const {
    return Payload(Type::clock_echo)
        .number(m.client_sent_ns)
        .time(m.host_received)
        .time(m.host_sent)
        .finish();
  }
  Result operator()(const PhaseReport& m) const {
    Payload payload(Type::phase_report);
    payload.time(m.next_latch).number(m.period_ns).number(m.uncertainty_ns).number(m.lead_ns);
    if (m.coherence_permille) payload.number(*m.coherence_permille);
    return payload.finish();
  }
  Result operator()(const FrameReportsWanted& m) const {
    return Payload(Type::frame_reports_wanted).number(m.interval_ms).finish();
  }
  Result operator()(const FrameReport& m) const {
    const std::size_t count = std::min(m.frames.size(), FrameReport::kMaxFrames);
    Payload payload(Type::frame_report, 9 + count * kReportedFrameBytes);
    payload.number(m.clock_error_us);
    for (std::size_t i = 0; i < count; ++i) {
      const FrameReport::Frame& frame = m.frames[i];
      payload.time(frame.pts)
          .number(frame.first_received_us)
          .number(frame.received_us)
          .number(frame.decoded_us.value_or(kNoInstant))
          .number(frame.presented_us.value_or(kNoInstant));
    }
    return payload.finish();
  }
  Result operator()(const ShardPayloadChanged& m) const {
    return Payload(Type::shard_payload_changed).number(m.shard_bytes).finish();
  }
  Result operator()(const ShardPayloadAck& m) const {
    return Payload(Type::shard_payload_ack).number(m.shard_bytes).finish();
  }
  Result operator()(const AccessUpdate& m) const {
    return Payload(Type::access_update)
        .number(m.grants.bits())
        .number(static_cast<std::uint32_t>(m.remaining.count()))
        .finish();
  }
  Result operator()(const CursorShape& m) const {
    return Payload(Type::cursor_shape, kMaxFrameBytes)
        .number(m.serial)
        .number(m.width_px)
        .number(m.height_px)
        .number(m.hot_x_px)
        .number(m.hot_y_px)
        .raw(m.rgba)
        .finish();
  }
  Result operator()(const CursorRenderMode& m) const {
    return Payload(Type::cursor_render_mode).flag(m.client_draws).finish();
  }
  Result operator()(const ClipControl& m) const {
    return Payload(Type::clip_control).flag(m.enabled).flag(m.files_wanted).finish();
  }
  Result operator()(const ClipState& m) const {
    const auto policy = static_cast<std::uint8_t>((m.text_and_images ? 1 : 0) | (m.files ? 2 : 0));
    return Payload(Type::clip_state)
        .flag(m.enabled)
        .byte(policy)
        .byte(static_cast<std::uint8_t>(m.reason))
        .finish();
  }
  Result operator()(const ClipOffer& m) const {
    const std::size_t count = std::min(m.kinds.size(), kMaxClipKinds);
    Payload payload(Type::clip_offer, kMaxFrameBytes);
    payload.number(m.sequence).byte(static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      payload.text(m.kinds[i].mime, kMaxMimeBytes).number(m.kinds[i].size_bytes);
    }
    return payload.finish();
  }
  Result operator()(const PairRequest& m) const {
    return Payload(Type::pair_request, kMaxFrameBytes)
        .text(m.device_name, kMaxDeviceNameBytes)
        .counted(m.spake)
        .finish();
  }
  Result operator()(const PairChallenge& m) const {
    return Payload(Type::pair_challenge, kMaxFrameBytes)
        .counted(m.spake)
        .raw(m.confirmation)
        .finish();
  }
  Result operator()(const PairProof& m) const {
    return Payload(Type::pair_proof).raw(m.confirmation).finish();
  }
  Result operator()(const PairResult& m) const {
    return Payload(Type::pair_result).flag(m.paired).finish();
  }
};

// The type byte, with `in` then behind it; nullopt: not a typed message.
std::optional<Type> read_type(ByteReader& in) noexcept {
  if (as_text(in.take(kMagicBytes)) != kTypedMagic) return std::nullopt;
  const Type type{u8(in)};
  if (!in.ok()) return std::nullopt;
  return type;
}

}  // namespace

std::optional<ControlMessage> parse_typed(Bytes payload) {
  ByteReader in(payload);
  const auto type = read_type(in);
  if (!type) return std::nullopt;
  auto message = read_body(*type, in);
  if (!in.finished()) return std::nullopt;  // short, or something left over
  return message;
}

std::vector<std::byte> write_typed(const ControlMessage& message) {
  return std::visit(Writer{}, message);
}

std::optional<ClipFetch> parse_clip_fetch(Bytes payload) {
  ByteReader in(payload);
  if (read_type(in) != Type::clip_fetch) return std::nullopt;
  ClipFetch fetch;
  fetch.sequence = u32(in);
  const std::uint32_t file_index = u32(in);
  if (file_index != kNoFileIndex) fetch.file_index = file_index;
  const std::size_t mime_bytes = u8(in);
  if (mime_bytes > kMaxMimeBytes) return std::nullopt;
  fetch.mime = as_text(in.take(mime_bytes));
  if (!in.finished() || !is_utf8(fetch.mime)) return std::nullopt;
  return fetch;
}

std::vector<std::byte> write_clip_fetch(const ClipFetch& fetch) {
  return Payload(Type::clip_fetch, 14 + kMaxMimeBytes)
      .number(fetch.sequence)
      .number(fetch.file_index.value_or(kNoFileIndex))
      .text(fetch.mime, kMaxMimeBytes)
      .finish();
}

std::optional<ClipFetchHeader> parse_clip_fetch_header(Bytes payload) noexcept {
  ByteReader in(payload);
  if (read_type(in) != Type::clip_fetch_header) return std::nullopt;
  const std::uint8_t status = u8(in);
  ClipFetchHeader header;
  header.status = status > static_cast<std::uint8_t>(ClipFetchHeader::Status::denied)
                      ? ClipFetchHeader::Status::unavailable
                      : ClipFetchHeader::Status{status};
  header.total_bytes = u64(in);
  if (!in.finished()) return std::nullopt;
  return header;
}

std::vector<std::byte> write_clip_fetch_header(const ClipFetchHeader& header) {
  return Payload(Type::clip_fetch_header)
      .byte(static_cast<std::uint8_t>(header.status))
      .number(header.total_bytes)
      .finish();
}

}  // namespace pf::wire::v1
