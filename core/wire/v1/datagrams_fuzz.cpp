// Any datagram: parsers read within it and keep their bounds.
#include <cstdint>

#include "core/base/check.h"
#include "core/wire/v1/client_datagrams.h"
#include "core/wire/v1/datagrams.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  const Bytes datagram(reinterpret_cast<const std::byte*>(data), size);
  (void)wire::v1::parse_host_timing(datagram);
  (void)wire::v1::parse_hdr_datagram(datagram);
  if (const auto voice = wire::v1::parse_microphone(datagram))
    PF_CHECK(voice->opus.size() + 13 == size);
  if (const auto audio = wire::v1::parse_audio(datagram, milliseconds(5))) {
    const std::size_t repeated = audio->previous ? audio->previous->bytes.size() : 0;
    PF_CHECK(audio->frame.bytes.size() + repeated <= size);
  }
  if (const auto rumble = wire::v1::parse_rumble(datagram)) {
    PF_CHECK(rumble->pad < message::kMaxPads);
    PF_CHECK(rumble->lease || !rumble->triggers);
  }
  if (const auto audio = wire::v1::parse_pad_audio(datagram)) {
    PF_CHECK(audio->pad < message::kMaxPads);
  }
  if (const auto output = wire::v1::parse_hid_output(datagram)) {
    if (const auto* effect = std::get_if<message::TriggerEffect>(&*output)) {
      PF_CHECK(!effect->effect.empty());
      PF_CHECK(effect->effect.size() <= message::kMaxTriggerEffectBytes);
    }
    if (const auto* raw = std::get_if<message::RawHidReport>(&*output)) {
      PF_CHECK(!raw->report.empty());
      PF_CHECK(raw->report.size() <= message::kMaxHidReportBytes);
    }
  }
  return 0;
}
