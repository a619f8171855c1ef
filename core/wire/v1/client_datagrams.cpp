#include "core/wire/v1/client_datagrams.h"

#include <array>
#include <bit>

#include "core/base/check.h"
#include "core/wire/v1/input_event.h"

namespace pf::wire::v1 {
namespace {

constexpr std::uint8_t kMicrophoneTag = 0xCB, kRichInputTag = 0xCC;
constexpr std::size_t kMicrophoneHeaderBytes = 13;
constexpr std::size_t kPenSampleBytes = 21;
constexpr std::size_t kPenHeaderBytes = 6;
constexpr std::size_t kMaxBytes = kMicrophoneHeaderBytes + message::kMaxOpusBytes;

enum class RichKind : std::uint8_t { touch = 1, motion = 2, touch_ex = 3, pen = 5 };

void begin(ByteWriter& out, RichKind kind) {
  out.little(kRichInputTag);
  out.little(static_cast<std::uint8_t>(kind));
}

void write(const message::InputEvent& event, ByteWriter& out) { out.put(write_input_event(event)); }

void write(const message::Microphone& microphone, ByteWriter& out) {
  out.little(kMicrophoneTag);
  out.little(microphone.sequence);
  out.little(static_cast<std::uint64_t>(microphone.pts.ns()));
  out.put(microphone.opus);
}

void write(const message::PadTouch& touch, ByteWriter& out) {
  begin(out, RichKind::touch);
  out.little(touch.pad);
  out.little(touch.finger);
  out.little(static_cast<std::uint8_t>(touch.active));
  out.little(touch.x);
  out.little(touch.y);
}

void write(const message::PadTouchEx& touch, ByteWriter& out) {
  begin(out, RichKind::touch_ex);
  out.little(touch.pad);
  out.little(touch.surface);
  out.little(touch.finger);
  out.little(static_cast<std::uint8_t>((touch.touching ? 1 : 0) | (touch.clicked ? 2 : 0)));
  out.little(touch.x);
  out.little(touch.y);
  out.little(touch.pressure);
}

void write(const message::PadMotion& motion, ByteWriter& out) {
  begin(out, RichKind::motion);
  out.little(motion.pad);
  for (const std::int16_t value : motion.gyro) out.little(value);
  for (const std::int16_t value : motion.accel) out.little(value);
}

void write(const message::PenSample& sample, ByteWriter& out) {
  out.little(sample.state);
  out.little(sample.tool);
  out.little(std::bit_cast<std::uint32_t>(sample.x));
  out.little(std::bit_cast<std::uint32_t>(sample.y));
  out.little(sample.pressure);
  out.little(sample.distance);
  out.little(sample.tilt_degrees);
  out.little(sample.azimuth_degrees);
  out.little(sample.roll_degrees);
  out.little(sample.since_previous_us);
}

void write(const message::PenBatch& batch, ByteWriter& out) {
  PF_CHECK(!batch.samples.empty() && batch.samples.size() <= message::kMaxPenSamples);
  begin(out, RichKind::pen);
  out.little(std::uint8_t{0});  // flags
  out.little(static_cast<std::uint8_t>(batch.samples.size()));
  out.little(batch.sequence);
  for (const message::PenSample& sample : batch.samples) write(sample, out);
}

static_assert(kPenHeaderBytes + message::kMaxPenSamples * kPenSampleBytes <= kMaxBytes);

}  // namespace

std::vector<std::byte> write_client_datagram(const message::ClientDatagram& datagram) {
  std::array<std::byte, kMaxBytes> room;
  ByteWriter out(room);
  std::visit([&](const auto& what) { write(what, out); }, datagram);
  PF_CHECK(out.ok());
  return {out.written().begin(), out.written().end()};
}

std::optional<message::Microphone> parse_microphone(Bytes datagram) noexcept {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kMicrophoneTag) return std::nullopt;
  message::Microphone voice;
  voice.sequence = in.little<std::uint32_t>();
  voice.pts = LocalTime(Nanos(static_cast<std::int64_t>(in.little<std::uint64_t>())));
  voice.opus = in.rest();
  if (!in.ok()) return std::nullopt;
  return voice;
}

}  // namespace pf::wire::v1
