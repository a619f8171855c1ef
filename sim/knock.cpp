#include "sim/knock.h"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "core/control/client_pairing.h"
#include "core/control/client_session.h"
#include "core/control/host_pairing.h"
#include "core/control/host_session.h"
#include "core/wire/v1/control_stream.h"
#include "sim/checkers.h"
#include "sim/clocks.h"
#include "sim/world.h"

namespace pf::sim {
namespace {

using message::CloseCode;

constexpr std::array kTable = {
    Row{Circumstance::host_is_open, "the host is open", CloseCode::quit, false, true},
    Row{Circumstance::device_is_paired, "the device is paired", CloseCode::done, false, true},
    Row{Circumstance::operator_approves, "the operator approves", CloseCode::quit, false, true},
    Row{Circumstance::access_runs_out, "access runs out", CloseCode::access_ended, false, true},
    Row{Circumstance::device_is_unpaired, "it is unpaired", CloseCode::access_ended, false, true},
    Row{Circumstance::wire_is_another, "another wire version", CloseCode::wire_version},
    Row{Circumstance::no_identity, "no certificate", CloseCode::no_identity},
    Row{Circumstance::operator_denies, "the operator denies", CloseCode::denied},
    Row{Circumstance::operator_is_away, "nobody answers", CloseCode::approval_timed_out},
    Row{Circumstance::knocked_again, "a newer knock", CloseCode::superseded},
    Row{Circumstance::launch_is_forbidden, "no launching", CloseCode::launch_not_permitted},
    Row{Circumstance::host_is_busy, "the host is busy", CloseCode::busy},
    Row{Circumstance::set_up_fails, "set-up fails", CloseCode::setup_failed},
    Row{Circumstance::pin_is_right, "the PIN is right", CloseCode::done, true},
    Row{Circumstance::pin_is_wrong, "the PIN is wrong", CloseCode::internal_error, true},
    Row{Circumstance::pairing_is_not_armed, "not armed", CloseCode::pairing_not_armed, true},
    Row{Circumstance::pairing_is_for_another, "for another", CloseCode::pairing_other_device, true},
    Row{Circumstance::pairing_is_too_soon, "too soon", CloseCode::pairing_rate_limited, true},
    Row{Circumstance::pairing_without_identity, "pairing without certificate",
        CloseCode::no_identity, true},
    Row{Circumstance::disk_is_full, "the disk is full", CloseCode::internal_error, true},
};

constexpr std::string_view kPin = "4321", kWrongPin = "1234";
constexpr Nanos kLongest = seconds(400);  // an approval nobody gives is 180
// Beyond what the way and the machines' own graces explain.
constexpr Nanos kAgreeMargin = seconds(1);

crypto::Fingerprint print(std::uint8_t number) {
  crypto::Fingerprint fingerprint{};
  fingerprint.fill(std::byte{number});
  return fingerprint;
}
const crypto::Fingerprint kClientPrint = print(0x11), kHostPrint = print(0x22);

template <class Machine>
void read_into(Machine& machine, wire::v1::ControlStream& stream, Bytes bytes, LocalTime now) {
  stream.read(bytes, [&](wire::v1::ControlStream::Event event) {
    if (auto* message = std::get_if<message::ControlMessage>(&event)) {
      machine.handle(std::move(*message), now);
    } else {
      machine.handle(control::BrokenHandshake{}, now);
    }
  });
}

// What both ends have in common: a way out, and what is told about them.
class End {
 public:
  End(EndName name, const KnockParams& params, StreamLink& out, Checkers& checkers)
      : name_(name), params_(params), out_(out), checkers_(checkers) {}

  bool over() const noexcept { return over_; }

 protected:
  void say(const message::ControlMessage& message, LocalTime world) {
    std::vector<std::byte> bytes = wire::v1::ControlStream::write(message);
    checkers_.on_control(name_, bytes);
    out_.send(std::move(bytes), world);
  }
  void close(const control::Close& what, LocalTime world) {
    code_ = what.code;
    if (params_.sabotage == Sabotage::close_swallowed) return;
    out_.send(control::PeerClosed{what.code, what.text}, world);
  }
  void heard(const control::PeerClosed& closed) {
    if (!over_) code_ = closed.code;
  }
  void finish(std::optional<CloseCode> code) {
    checkers_.on_over(name_, code);
    if (params_.sabotage == Sabotage::over_told_twice) checkers_.on_over(name_, code);
    over_ = true;
  }

  const EndName name_;
  const KnockParams& params_;
  StreamLink& out_;
  Checkers& checkers_;
  std::optional<CloseCode> code_;  // said or heard

 private:
  bool over_ = false;
};

class KnockedHost : public End {
 public:
  KnockedHost(const KnockParams& params, StreamLink& out, Rng& rng, Checkers& checkers,
              LocalTime now)
      : End(EndName::host, params, out, checkers), rng_(rng), session_(session_params(now), now) {}

  void take(StreamLink::Delivery delivery, LocalTime now) {
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&delivery)) {
      if (pairing_) {
        read_into(*pairing_, stream_, *bytes, now);
      } else {
        session_.handle(control::StreamOpened{}, now);
        read_into(session_, stream_, *bytes, now);
      }
    } else {
      auto& closed = std::get<control::PeerClosed>(delivery);
      heard(closed);
      if (pairing_) {
        pairing_->handle(std::move(closed), now);
      } else {
        session_.handle(std::move(closed), now);
      }
    }
    turn(now);
  }

  void turn(LocalTime now) {
    answer_if_due(now);
    pf::turn(session_, now, [&](const control::HostSession::Output& output) {
      if (over()) checkers_.on_output(EndName::host);
      std::visit([&](const auto& what) { apply(what, now); }, output);
    });
    if (!pairing_) return;
    pf::turn(*pairing_, now, [&](const control::HostPairing::Output& output) {
      checkers_.on_output(EndName::host);
      std::visit([&](const auto& what) { apply(what, now); }, output);
    });
  }

  std::optional<LocalTime> next_timeout() const {
    std::optional<LocalTime> due = pairing_ ? pairing_->next_timeout() : session_.next_timeout();
    if (answer_at_ && (!due || *answer_at_ < *due)) due = answer_at_;
    return due;
  }

 private:
  control::HostSessionParams session_params(LocalTime now) const {
    const Circumstance at = params_.row.circumstance;
    control::HostSessionParams made{.clock = control::SessionClock(now, to_wire(now))};
    made.open = at == Circumstance::host_is_open;
    made.has_identity =
        at != Circumstance::no_identity && at != Circumstance::pairing_without_identity;
    const bool asks = at == Circumstance::operator_approves || at == Circumstance::knocked_again ||
                      at == Circumstance::operator_denies || at == Circumstance::operator_is_away;
    made.paired = made.has_identity && !asks && !params_.row.pairs;
    if (at == Circumstance::launch_is_forbidden) made.grants = message::Grants::from_bits(0);
    if (at == Circumstance::access_runs_out) made.access_until = now + params_.patience + kStay;
    return made;
  }

  // The operator takes a while, and so does what happens in the midst of a session.
  void answer_if_due(LocalTime now) {
    if (!answer_at_ || *answer_at_ > now) return;
    answer_at_.reset();
    switch (params_.row.circumstance) {
      case Circumstance::operator_approves:
        return session_.handle(control::Approved{}, now);
      case Circumstance::operator_denies:
        return session_.handle(control::ApprovalRefused{CloseCode::denied, "no"}, now);
      case Circumstance::knocked_again:
        return session_.handle(control::ApprovalRefused{CloseCode::superseded, ""}, now);
      case Circumstance::device_is_unpaired:
        return session_.handle(control::AccessRevoked{}, now);
      default:
        return;
    }
  }

  void apply(const control::SendControl& what, LocalTime now) { say(what.message, now); }
  void apply(const control::Close& what, LocalTime now) { close(what, now); }
  void apply(const control::ApprovalWanted&, LocalTime now) {
    if (params_.row.circumstance != Circumstance::operator_is_away)
      answer_at_ = now + params_.patience;
  }
  void apply(const control::PairingWanted& wanted, LocalTime now) {
    const bool known = params_.row.circumstance != Circumstance::pairing_without_identity;
    pairing_.emplace(
        control::HostPairingParams{.client = known ? std::optional(kClientPrint) : std::nullopt,
                                   .host = kHostPrint},
        rng_, now);
    pairing_->handle(message::ControlMessage(wanted.request), now);
  }
  void apply(const control::PlanWanted& wanted, LocalTime now) {
    switch (params_.row.circumstance) {
      case Circumstance::host_is_busy:
        return session_.handle(control::PlanRefused{CloseCode::busy, "somebody else plays"}, now);
      case Circumstance::set_up_fails:
        return session_.handle(control::PlanRefused{.text = "no display could be made"}, now);
      default:
        break;
    }
    message::Welcome welcome{.media_port = 41'000,
                             .mode = wanted.hello.mode,
                             .bitrate_kbps = 20'000,
                             .codec = message::VideoCodec::h264};
    rng_.fill(welcome.keys.aes128.fill());
    rng_.fill(welcome.keys.salt);
    if (params_.sabotage == Sabotage::keys_repeated) welcome.keys = {};
    checkers_.on_keys(welcome.keys);
    session_.handle(control::PlanReady{.welcome = welcome}, now);
  }
  void apply(const control::StartMedia&, LocalTime now) {
    if (params_.row.circumstance == Circumstance::device_is_unpaired)
      answer_at_ = now + params_.patience;
  }
  void apply(const control::StopMedia&, LocalTime now) {
    session_.handle(control::MediaStopped{}, now);
  }
  void apply(const control::HostSessionOver&, LocalTime) {
    if (!params_.row.pairs || !pairing_) finish_session();
  }
  // A client that pairs has no session that could be over.
  void finish_session() {
    if (!asked_to_pair()) finish(code_);
  }
  bool asked_to_pair() const { return pairing_.has_value(); }

  void apply(control::PinWanted, LocalTime now) {
    switch (params_.row.circumstance) {
      case Circumstance::pairing_is_not_armed:
        return pairing_->handle(control::PinRefused{CloseCode::pairing_not_armed}, now);
      case Circumstance::pairing_is_for_another:
        return pairing_->handle(control::PinRefused{CloseCode::pairing_other_device}, now);
      case Circumstance::pairing_is_too_soon:
        return pairing_->handle(control::PinRefused{CloseCode::pairing_rate_limited}, now);
      default:
        return pairing_->handle(control::PinGiven{crypto::SecretText(std::string(kPin))}, now);
    }
  }
  void apply(const control::DeviceProven&, LocalTime now) {
    control::DeviceSaved saved;
    if (params_.row.circumstance == Circumstance::disk_is_full) saved.trouble = "the disk is full";
    pairing_->handle(std::move(saved), now);
  }
  void apply(const control::HostPairingOver&, LocalTime) { finish(code_); }
  template <class Other>  // a matter of the media, the mode, or the log
  void apply(const Other&, LocalTime) {}

  static constexpr Nanos kStay = seconds(3);  // access lasts until the client is surely in

  Rng& rng_;
  control::HostSession session_;
  std::optional<control::HostPairing> pairing_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::host};
  std::optional<LocalTime> answer_at_;
};

class KnockingClient : public End {
 public:
  // Times are the client's, as in ClientEnd.
  KnockingClient(const KnockParams& params, StreamLink& out, Rng& rng, Checkers& checkers,
                 LocalTime now)
      : End(EndName::client, params, out, checkers) {
    if (params.row.pairs) {
      const bool wrong = params.row.circumstance == Circumstance::pin_is_wrong;
      pairing_.emplace(control::ClientPairingParams{.pin = crypto::SecretText(
                                                        std::string(wrong ? kWrongPin : kPin)),
                                                    .device_name = "sim",
                                                    .client = kClientPrint,
                                                    .host = kHostPrint},
                       rng, now);
    } else {
      session_.emplace(control::ClientSessionParams{.hello = hello()}, now);
    }
    turn(now);
  }

  void take(StreamLink::Delivery delivery, LocalTime now) {
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&delivery)) {
      if (pairing_) {
        read_into(*pairing_, stream_, *bytes, now);
      } else {
        read_into(*session_, stream_, *bytes, now);
      }
    } else {
      auto& closed = std::get<control::PeerClosed>(delivery);
      heard(closed);
      if (pairing_) {
        pairing_->handle(std::move(closed), now);
      } else {
        session_->handle(std::move(closed), now);
      }
    }
    turn(now);
  }

  void turn(LocalTime now) {
    if (leave_at_ && *leave_at_ <= now) {
      leave_at_.reset();
      if (!over()) {
        const bool quits = params_.row.code == CloseCode::quit;
        session_->handle(quits ? control::Leave::quit : control::Leave::detach, now);
      }
    }
    const auto apply_output = [&](const auto& output) {
      checkers_.on_output(EndName::client);
      std::visit([&](const auto& what) { apply(what, now); }, output);
    };
    if (pairing_) {
      pf::turn(*pairing_, now, apply_output);
    } else {
      pf::turn(*session_, now, apply_output);
    }
  }

  std::optional<LocalTime> next_timeout() const {
    std::optional<LocalTime> due = pairing_ ? pairing_->next_timeout() : session_->next_timeout();
    if (leave_at_ && (!due || *leave_at_ < *due)) due = leave_at_;
    return due;
  }

  bool streamed() const noexcept { return streamed_; }
  const std::string& sentence() const noexcept { return sentence_; }
  bool paired() const noexcept { return paired_; }

 private:
  message::Hello hello() const {
    message::Hello made{.mode = {{1280, 720}, {60, 1}},
                        .codecs = message::CodecSet{message::VideoCodec::h264}};
    if (params_.row.circumstance == Circumstance::wire_is_another) ++made.wire_version;
    if (params_.row.circumstance == Circumstance::launch_is_forbidden) made.launch_id = "steam:570";
    return made;
  }

  void apply(const control::SendControl& what, LocalTime now) { say(what.message, to_world(now)); }
  void apply(const control::Close& what, LocalTime now) { close(what, to_world(now)); }
  void apply(const control::OpenMedia&, LocalTime now) {
    streamed_ = true;
    session_->handle(control::MediaOpened{42'000}, now);
    const bool leaves = params_.row.code == CloseCode::quit || params_.row.code == CloseCode::done;
    if (leaves) leave_at_ = now + params_.patience;
  }
  void apply(const control::ClientSessionOver& ended, LocalTime) {
    sentence_ = ended.sentence;
    finish(code_ ? code_ : ended.code);
  }
  void apply(const control::ClientPairingOver& ended, LocalTime) {
    sentence_ = ended.sentence;
    paired_ = ended.end == control::PairingEnd::paired;
    finish(code_ ? code_ : ended.code);
  }
  template <class Other>
  void apply(const Other&, LocalTime) {}

  std::optional<control::ClientSession> session_;  // one of the two
  std::optional<control::ClientPairing> pairing_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::client};
  std::optional<LocalTime> leave_at_;
  bool streamed_ = false, paired_ = false;
  std::string sentence_;
};

Checkers::Bounds bounds_of(const KnockParams& params) {
  const Nanos way = params.ways.delay + params.ways.jitter + 12 * params.ways.retransmission;
  const Nanos idle = params.lost_at ? World::kIdleTimeout : Nanos(0);
  return {.heal = Nanos(0),
          .memory_bytes = 0,
          .queued_frames = 0,
          .agree = 2 * way + idle + control::HostSession::kStopGrace + kAgreeMargin};
}

// Two ends and what is between them.
class Doorstep {
 public:
  Doorstep(const KnockParams& params, Rng& rng)
      : params_(params),
        checkers_(bounds_of(params)),
        down_(params.ways, rng),
        up_(params.ways, rng),
        host_(params_, down_, rng, checkers_, now_),
        client_(params_, up_, rng, checkers_, to_client(now_)) {}

  void run() {
    for (LocalTime next = next_event(); next < kWorldStart + kLongest; next = next_event()) {
      now_ = std::max(now_, next);
      checkers_.set_time(now_);
      lose_if_due();
      while (auto what = down_.arrive(now_)) client_.take(*std::move(what), to_client(now_));
      while (auto what = up_.arrive(now_)) host_.take(*std::move(what), now_);
      host_.turn(now_);
      client_.turn(to_client(now_));
      if (host_.over() && client_.over() && !up_.next_arrival() && !down_.next_arrival()) return;
    }
  }

  KnockOutcome judge() {
    KnockOutcome outcome{.streamed = client_.streamed(), .length = now_ - kWorldStart};
    const auto complain = [&](const std::string& sentence) {
      outcome.violations += fmt::format("{}: {}\n", params_.row.what, sentence);
    };
    if (!client_.over()) complain("the client knows nothing of the end");
    if (!host_.over()) complain("the host knows nothing of the end");
    if (client_.over() && client_.sentence().empty()) complain("the user is told nothing");
    if (!params_.lost_at) {
      checkers_.finish();
      judge_code(complain);
    }
    for (const Violation& violation : checkers_.violations()) complain(violation.sentence);
    return outcome;
  }
  std::uint64_t trace_hash() const noexcept { return checkers_.trace_hash(); }

 private:
  template <class Complain>
  void judge_code(const Complain& complain) {
    const auto code = checkers_.close_code(EndName::client);
    if (code != params_.row.code) {
      complain(fmt::format("ended with 0x{:x}, not 0x{:x}",
                           code ? static_cast<std::uint64_t>(*code) : ~0ull,
                           static_cast<std::uint64_t>(params_.row.code)));
    }
    if (client_.streamed() != params_.row.streams)
      complain("streamed, or did not, against its row");
    const bool pairs = params_.row.circumstance == Circumstance::pin_is_right;
    if (client_.paired() != pairs) complain("paired, or was not, against its row");
  }

  // From then on nothing passes; both notice after the idle timeout.
  void lose_if_due() {
    const auto lost_at = params_.lost_at;
    if (!lost_at) return;
    if (!broken_ && now_ >= kWorldStart + *lost_at) {
      broken_ = true;
      down_.break_off();
      up_.break_off();
    }
    if (!told_ && now_ >= idle_at()) {
      told_ = true;
      host_.take(control::PeerClosed{.code = {}, .reason = ""}, now_);
      client_.take(control::PeerClosed{.code = {}, .reason = ""}, to_client(now_));
    }
  }
  LocalTime idle_at() const { return kWorldStart + *params_.lost_at + World::kIdleTimeout; }

  LocalTime next_event() const {
    LocalTime next = kWorldStart + kLongest;
    const auto consider = [&](const std::optional<LocalTime>& due) {
      if (due) next = std::min(next, *due);
    };
    consider(down_.next_arrival());
    consider(up_.next_arrival());
    consider(host_.next_timeout());
    if (const auto due = client_.next_timeout()) consider(to_world(*due));
    if (params_.lost_at && !broken_) consider(kWorldStart + *params_.lost_at);
    if (params_.lost_at && !told_) consider(idle_at());
    return next;
  }

  const KnockParams params_;
  LocalTime now_ = kWorldStart;
  Checkers checkers_;
  StreamLink down_, up_;
  KnockedHost host_;
  KnockingClient client_;
  bool broken_ = false, told_ = false;
};

KnockParams draw_knock(const Row& row, Rng& rng) {
  const auto ms = [&](std::uint64_t least, std::uint64_t most) {
    return milliseconds(static_cast<std::int64_t>(least + rng.below(most - least + 1)));
  };
  KnockParams made{.row = row, .patience = ms(0, 3000)};
  made.ways = {.delay = ms(0, 150), .jitter = ms(0, 40), .loss = rng.unit() * 0.2};
  made.ways.retransmission = 2 * made.ways.delay + ms(5, 50);
  if (rng.unit() < 0.15) made.lost_at = ms(0, 3000);
  return made;
}

}  // namespace

std::span<const Row> reject_table() { return kTable; }

KnockOutcome knock(const KnockParams& params, Rng& rng) {
  Doorstep doorstep(params, rng);
  doorstep.run();
  return doorstep.judge();
}

Outcome play_knocks(std::uint64_t seed) {
  constexpr std::uint64_t kMostVisits = 6;
  constexpr std::uint64_t kFnvPrime = 0x100000001B3u;
  SeededRng rng(seed);
  Outcome outcome;
  std::string visits;
  const std::uint64_t visit_count = 1 + rng.below(kMostVisits);
  for (std::uint64_t i = 0; i < visit_count; ++i) {
    const Row& row = kTable[(i == 0 ? seed : rng.next()) % kTable.size()];
    const KnockParams params = draw_knock(row, rng);
    const KnockOutcome visit = knock(params, rng);
    outcome.violations += visit.violations;
    outcome.trace_hash =
        (outcome.trace_hash ^ static_cast<std::uint64_t>(visit.length.count())) * kFnvPrime;
    visits += fmt::format("{}{}{}", i > 0 ? ", " : "", row.what, params.lost_at ? " (lost)" : "");
  }
  outcome.sessions = static_cast<int>(visit_count);
  outcome.description = visits;
  outcome.summary =
      fmt::format("{} visits: {}, trace {:016x}", visit_count, visits, outcome.trace_hash);
  return outcome;
}

}  // namespace pf::sim
