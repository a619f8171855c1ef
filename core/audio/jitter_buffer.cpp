#include "core/audio/jitter_buffer.h"

#include <algorithm>

namespace pf::audio {
namespace {

constexpr std::uint64_t kFarFromZero = std::uint64_t{1} << 32;

}  // namespace

JitterBuffer::JitterBuffer() : slots_(std::make_unique<Slot[]>(kMaxPackets)) {}

JitterBuffer::Put JitterBuffer::put(const Packet& packet) noexcept {
  if (packet.bytes.size() > kMaxPacketBytes) return Put::oversized;
  if (!begun_) {
    begun_ = true;
    next_ = end_ = kFarFromZero + packet.sequence;
  }
  // The number nearest to the end that ends in these 32 bits.
  const auto ahead = static_cast<std::int32_t>(packet.sequence - static_cast<std::uint32_t>(end_));
  const std::uint64_t number = end_ + static_cast<std::uint64_t>(std::int64_t{ahead});
  constexpr auto kReach = static_cast<std::int32_t>(kMaxPackets);
  if (ahead >= kReach || ahead < -kReach) return on_stranger(packet);
  strangers_ = 0;
  if (number < next_) return Put::late;
  if (number < end_ && slot(number).taken) return Put::duplicate;
  keep(number, packet);
  return Put::kept;
}

JitterBuffer::Put JitterBuffer::on_stranger(const Packet& packet) noexcept {
  const std::uint32_t step = packet.sequence - stranger_;
  const bool in_a_row = strangers_ > 0 && step > 0 && step < kMaxPackets;
  strangers_ = in_a_row ? strangers_ + 1 : 1;
  stranger_ = packet.sequence;
  if (strangers_ < kStrangersUntilBelieved) return Put::stranger;
  strangers_ = 0;
  pass(end_);
  next_ = end_ = kFarFromZero + packet.sequence;
  keep(next_, packet);
  return Put::restarted;
}

void JitterBuffer::keep(std::uint64_t number, const Packet& packet) noexcept {
  if (number >= next_ + kMaxPackets) pass(number - kMaxPackets + 1);  // the oldest give way
  Slot& into = slot(number);
  into.taken = true;
  into.size = static_cast<std::uint16_t>(packet.bytes.size());
  into.pts = packet.pts;
  std::copy(packet.bytes.begin(), packet.bytes.end(), into.bytes.begin());
  end_ = std::max(end_, number + 1);
}

void JitterBuffer::pass(std::uint64_t until) noexcept {
  for (; next_ < until; ++next_) slot(next_).taken = false;
  end_ = std::max(end_, next_);
}

JitterBuffer::Taken JitterBuffer::take() noexcept {
  if (next_ == end_) return {};
  Slot& from = slot(next_);
  Taken taken{.kind = from.taken ? Taken::Kind::packet : Taken::Kind::missing,
              .packet = {.sequence = static_cast<std::uint32_t>(next_), .pts = {}, .bytes = {}}};
  if (from.taken) {
    taken.packet.pts = from.pts;
    taken.packet.bytes = Bytes(from.bytes).first(from.size);
  }
  pass(next_ + 1);
  return taken;
}

void JitterBuffer::skip_missing() noexcept {
  while (next_ < end_ && !slot(next_).taken) pass(next_ + 1);
}

void JitterBuffer::drop_until(std::uint32_t waiting) noexcept {
  if (this->waiting() > waiting) pass(end_ - waiting);
}

}  // namespace pf::audio
