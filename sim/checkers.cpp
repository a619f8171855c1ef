#include "sim/checkers.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/control/refresh_policy.h"
#include "sim/clocks.h"

namespace pf::sim {
namespace {

std::string to_string(std::optional<message::CloseCode> code) {
  if (!code) return "without a code";
  return fmt::format("with 0x{:x}", static_cast<std::uint64_t>(*code));
}

}  // namespace

void Checkers::begin_session(const Endpoint& client) {
  finish_session();
  client_ = client;
  numbers_.clear();
  waiting_.clear();
  over_ = {};
  keyframe_ordered_at_.reset();
}

void Checkers::on_keys(const message::MediaKeys& keys) {
  std::vector<std::byte> bytes(keys.aes128.reveal().begin(), keys.aes128.reveal().end());
  bytes.insert(bytes.end(), keys.salt.begin(), keys.salt.end());
  if (!keys_.insert(std::move(bytes)).second) {
    violate(Property::number_once, "the keys of an earlier session are used again");
  }
}

void Checkers::on_destination(const Endpoint& client) {
  if (client == client_) return;
  violate(Property::destination_kept,
          fmt::format("media go to {}, not to {}", client.to_string(), client_.to_string()));
}

void Checkers::on_sealed(std::uint64_t number) {
  trace(Event::sealed, number);
  if (!numbers_.insert(number).second) {
    violate(Property::number_once, fmt::format("packet number {} was sealed twice", number));
  }
}

void Checkers::on_keyframe_ordered() {
  constexpr Nanos kSpacing = control::RefreshPolicy::kKeyframeSpacing;
  if (keyframe_ordered_at_ && now_ - *keyframe_ordered_at_ < kSpacing) {
    violate(Property::keyframes_spaced,
            fmt::format("a key frame {} ms after another", whole_ms(now_ - *keyframe_ordered_at_)));
  }
  keyframe_ordered_at_ = now_;
}

void Checkers::on_sent(FrameId id, Content content) {
  trace(Event::sent, value(id));
  ++frames_sent_;
  if (content == Content::fresh) waiting_.push_back({id, now_});
}

void Checkers::on_shown(FrameId id, Decoded decoded) {
  trace(Event::shown, value(id) << 2 | static_cast<std::uint64_t>(decoded));
  if (decoded == Decoded::wrong_bytes) {
    violate(Property::bytes_right, fmt::format("frame {} has a wrong byte", value(id)));
  }
  if (decoded == Decoded::missing_reference) {
    violate(Property::reference_there, fmt::format("frame {} lacks its reference", value(id)));
  }
  if (decoded != Decoded::good) return;
  ++frames_shown_;
  if (last_shown_at_) note_freeze(now_);
  last_shown_at_ = now_;
  if (!waiting_.empty() && waiting_.front().id <= id) check_wait(waiting_.front(), now_);
  while (!waiting_.empty() && waiting_.front().id <= id) waiting_.pop_front();
}

void Checkers::note_freeze(LocalTime until) {
  const Nanos stood = until - *last_shown_at_;
  longest_freeze_ = std::max(longest_freeze_, stood);
  if (stood > kNoticed) frozen_ += stood;
}

// The oldest waits longest, so it stands for all that are healed with it.
void Checkers::check_wait(const Sent& sent, LocalTime until) {
  longest_heal_ = std::max(longest_heal_, until - sent.at);
  const LocalTime since = std::max(sent.at, excused_until_);
  if (until - since > bounds_.heal) {
    violate(Property::healed_in_time, fmt::format("frame {} was not made good for {} ms",
                                                  value(sent.id), whole_ms(until - since)));
  }
}

void Checkers::on_memory(std::size_t used_bytes) {
  most_memory_bytes_ = std::max(most_memory_bytes_, used_bytes);
  if (used_bytes > bounds_.memory_bytes) {
    violate(Property::memory_bounded, fmt::format("the reassembler holds {} bytes, more than {}",
                                                  used_bytes, bounds_.memory_bytes));
  }
}

void Checkers::on_queue(std::size_t frames) {
  if (frames > bounds_.queued_frames) {
    violate(Property::queue_bounded, fmt::format("{} frames wait in the host", frames));
  }
}

void Checkers::on_clock(WireTime believed, Nanos error_bound) {
  const Nanos error = believed - to_wire(now_);
  trace(Event::clock, static_cast<std::uint64_t>(error.count()));
  if (std::chrono::abs(error) > error_bound) {
    violate(Property::clock_bounded, fmt::format("the client's clock is {} ns off, said {} at most",
                                                 error.count(), error_bound.count()));
  }
}

void Checkers::on_control(EndName sender, Bytes bytes) {
  trace(Event::control, index(sender));
  for (const std::byte byte : bytes) hash(std::to_integer<std::uint64_t>(byte));
}

void Checkers::on_output(EndName end) {
  if (over(end)) violate(Property::ends_once, "an end that is over has something to say");
}

void Checkers::on_over(EndName end, std::optional<message::CloseCode> code) {
  if (over(end)) violate(Property::ends_once, "an end is over twice");
  trace(Event::over, index(end) | (code ? static_cast<std::uint64_t>(*code) << 1 : 0));
  over_[index(end)] = Over{now_, code};
}

void Checkers::finish() { finish_session(); }

void Checkers::finish_session() {
  const auto& host = over_[index(EndName::host)];
  const auto& client = over_[index(EndName::client)];
  LocalTime end = now_;
  if (host) end = std::min(end, host->at);
  if (client) end = std::min(end, client->at);
  if (!waiting_.empty() && waiting_.front().at < end) {
    check_wait(waiting_.front(), end);
    if (last_shown_at_) note_freeze(end);
  }

  if (host && client) {
    if (host->code != client->code) {
      violate(Property::ends_agree, fmt::format("the host ended {}, the client {}",
                                                to_string(host->code), to_string(client->code)));
    }
    if (const Nanos apart = std::chrono::abs(host->at - client->at); apart > bounds_.agree) {
      violate(Property::ends_agree, fmt::format("the ends were over {} ms apart", whole_ms(apart)));
    }
  } else if ((host || client) && now_ - end > bounds_.agree) {
    violate(Property::ends_agree,
            fmt::format("the {} knows nothing of the end", host ? "client" : "host"));
  }
}

bool Checkers::found(Property property) const noexcept {
  return std::any_of(violations_.begin(), violations_.end(),
                     [&](const Violation& one) { return one.property == property; });
}

std::optional<message::CloseCode> Checkers::close_code(EndName end) const noexcept {
  const auto& over = over_[index(end)];
  return over ? over->code : std::nullopt;
}

void Checkers::trace(Event event, std::uint64_t value) noexcept {
  hash(static_cast<std::uint64_t>(event));
  hash(static_cast<std::uint64_t>(now_.ns()));
  hash(value);
}

// FNV-1a over words.
void Checkers::hash(std::uint64_t word) noexcept {
  trace_hash_ = (trace_hash_ ^ word) * 0x100000001B3u;
}

void Checkers::violate(Property property, std::string sentence) {
  if (violations_.size() < kMaxViolations)
    violations_.push_back({property, now_, std::move(sentence)});
}

}  // namespace pf::sim
