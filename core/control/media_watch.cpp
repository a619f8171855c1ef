#include "core/control/media_watch.h"

#include <algorithm>
#include <utility>

namespace pf::control {

void MediaWatch::on_packets(std::uint64_t packets, LocalTime now) noexcept {
  if (packets == packets_ || !last_packet_at_) return;
  packets_ = packets;
  if (std::exchange(silent_, false)) back_ = MediaBack{now - *last_packet_at_};
  if (asked_first_at_) {
    quiet_ = std::min(quiet_ * 2, kLongestQuiet);
    answered_at_ = now;
    asked_first_at_.reset();
    asked_last_at_.reset();
  } else if (!answered_at_ || now - *answered_at_ >= kAnswerTime) {
    quiet_ = kQuiet;  // nobody asked: the screen moves again
  }
  last_packet_at_ = now;
}

bool MediaWatch::host_heals(LocalTime now) const noexcept {
  return host_said_at_ && now - *host_said_at_ < kHostSaidFor && *last_packet_at_ < *host_said_at_;
}

LocalTime MediaWatch::question_due() const noexcept {
  LocalTime due = asked_last_at_ ? *asked_last_at_ + kAskSpacing : *last_packet_at_ + quiet_;
  // A host that heals gives a key frame by itself.
  if (host_said_at_ && *last_packet_at_ < *host_said_at_)
    due = std::max(due, *host_said_at_ + kHostSaidFor);
  return due;
}

std::optional<LocalTime> MediaWatch::silent_due() const noexcept {
  if (silent_) return std::nullopt;
  std::optional<LocalTime> due;
  if (asked_first_at_) due = *asked_first_at_ + kAnswerTime;
  if (host_said_at_ && *last_packet_at_ < *host_said_at_) {
    const LocalTime healing = std::max(*last_packet_at_ + kHealingTime, *host_said_at_);
    due = due ? std::min(*due, healing) : healing;
  }
  return due;
}

bool MediaWatch::poll_question(LocalTime now) noexcept {
  if (!last_packet_at_ || now < question_due()) return false;
  asked_last_at_ = now;
  if (!asked_first_at_) asked_first_at_ = now;
  return true;
}

std::optional<MediaSilent> MediaWatch::poll_silent(LocalTime now) noexcept {
  if (!last_packet_at_) return std::nullopt;
  const auto due = silent_due();
  if (!due || now < *due) return std::nullopt;
  silent_ = true;
  return MediaSilent{.length = now - *last_packet_at_, .healing = host_heals(now)};
}

std::optional<MediaBack> MediaWatch::poll_back() noexcept {
  return std::exchange(back_, std::nullopt);
}

std::optional<LocalTime> MediaWatch::next_timeout() const noexcept {
  if (!last_packet_at_) return std::nullopt;
  const LocalTime question = question_due();
  const auto silent = silent_due();
  return silent ? std::min(question, *silent) : question;
}

}  // namespace pf::control
