// Arbitrary events in arbitrary order into both session machines. They must never crash, must end
// with exactly one verdict, and must stay silent afterwards.
#include <cstdint>
#include <span>

#include "core/base/check.h"
#include "core/control/client_session.h"
#include "core/control/host_session.h"
#include "core/wire/v1/handshake.h"
#include "core/wire/v1/typed_messages.h"

namespace {

using namespace pf;
using namespace pf::control;

struct Script {
  ByteReader in;
  std::uint8_t byte() { return in.little<std::uint8_t>(); }
  std::uint32_t word() { return in.little<std::uint32_t>(); }

  // A message in wire form behind its length; nullopt: nothing readable.
  std::optional<message::ControlMessage> message() {
    const Bytes payload = in.take(std::min<std::size_t>(byte(), in.remaining()));
    if (auto hello = wire::v1::parse_hello(payload)) return *std::move(hello);
    if (auto welcome = wire::v1::parse_welcome(payload)) return *std::move(welcome);
    if (auto start = wire::v1::parse_start(payload)) return *start;
    return wire::v1::parse_typed(payload);
  }
};

DisplayMode some_mode(Script& script) {
  return {{script.word(), script.word()}, {script.byte(), 1}};
}

PlanReady some_plan(Script& script) {
  PlanReady plan;
  plan.welcome.mode = {{1280, 720}, {60, 1}};
  plan.can_drop_references = (script.byte() & 1) != 0;
  plan.max_bitrate_kbps = script.word();
  plan.modes =
      ModeLimits{.smallest_px = {64, 64}, .largest_px = {7680, 4320}, .highest_refresh_hz = 480};
  plan.largest_shard_bytes = 1408;
  return plan;
}

AccessTerms some_access(Script& script) {
  AccessTerms terms{.grants = message::Grants::from_bits(script.byte()), .until = std::nullopt};
  if (const std::uint8_t until = script.byte(); until != 0) terms.until = LocalTime(seconds(until));
  return terms;
}

std::optional<HostSession::Input> host_input(Script& script) {
  switch (script.byte() % 18) {
    case 0:
      return StreamOpened{};
    case 1:
      return BrokenHandshake{};
    case 2:
      return StreamClosed{};
    case 3:
      return some_plan(script);
    case 4:
      return PlanRefused{};
    case 5:
      return KeyframeSent{};
    case 6:
      return SourceLost{};
    case 7:
      if ((script.byte() & 1) != 0)
        return ModeBuilt{.asked = std::nullopt, .mode = some_mode(script)};
      return SourceHealed{};
    case 8:
      return BitrateApplied{script.word()};
    case 9:
      return EndSession{};
    case 10:
      return MediaStopped{};
    case 11:
      return PeerClosed{message::CloseCode{script.byte()}, "x"};
    case 13:
      return Approved{some_access(script)};
    case 14:
      return ApprovalRefused{};
    case 15:
      return AccessChanged{some_access(script)};
    case 16:
      return AccessRevoked{};
    case 12:
      return InputArrived{{.kind = message::InputKind{static_cast<std::uint8_t>(
                               script.byte() % message::kInputKinds)},
                           .code = script.byte(),
                           .x = static_cast<std::int32_t>(script.word()),
                           .flags = script.word()}};
    case 17:
      if ((script.byte() & 1) != 0) return PathProven{script.word()};
      return SpeedTestDone{{.bytes_sent = script.word()}};
    default: {
      auto message = script.message();
      if (!message) return std::nullopt;
      return *std::move(message);
    }
  }
}

// A way to leave, a wish, or what rate control looks at.
ClientSession::Input leave_or_look(Script& script) {
  const std::uint8_t choice = script.byte();
  const auto wire = [&] { return WireTime(Nanos(static_cast<std::int64_t>(script.word()) << 32)); };
  if (choice >= 240) return DecoderBacklog{script.byte()};
  if (choice >= 220) return message::HostTiming{.pts = wire(), .host_us = script.word()};
  if (choice >= 200) {
    const LocalTime first{milliseconds(script.word())};
    return FrameReceived{wire(), first, first + microseconds(script.word()), script.word(),
                         script.word()};
  }
  if (choice >= 180)
    return SpeedTestWanted{.target_kbps = script.word(), .length = milliseconds(script.word())};
  if (choice >= 160) return FillerSeen{LocalTime(milliseconds(script.word())), script.word()};
  if ((choice & 2) != 0) return ModeWanted{some_mode(script)};
  return (choice & 1) != 0 ? Leave::quit : Leave::detach;
}

std::optional<ClientSession::Input> client_input(Script& script) {
  switch (script.byte() % 12) {
    case 0:
      return BrokenHandshake{};
    case 1:
      return StreamClosed{};
    case 2:
      return PeerClosed{message::CloseCode{script.byte()}, "x"};
    case 3:
      return MediaOpened{};
    case 4:
      return MediaFailed{"x"};
    case 5:
      return ReceptionTotals{script.word(), script.word(), script.word(),
                             script.byte(), script.word(), script.word()};
    case 6:
      return FrameGap{script.word(), script.word()};
    case 7:
      return FrameAbandoned{};
    case 8:
      return DecoderStumbled{};
    case 9: {
      const std::uint8_t flags = script.byte();
      return FrameArrived{script.word(), (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};
    }
    case 10:
      return leave_or_look(script);
    default: {
      auto message = script.message();
      if (!message) return std::nullopt;
      return *std::move(message);
    }
  }
}

template <class Verdict, class Session>
void drain(Session& session, int& verdicts) {
  while (auto output = session.poll()) {
    PF_CHECK(verdicts == 0);  // silent after the verdict
    if (std::holds_alternative<Verdict>(*output)) ++verdicts;
  }
  PF_CHECK((verdicts == 1) == session.over());
}

template <class Verdict, class Session, class MakeInput>
void play(Session session, Script script, MakeInput&& make_input) {
  LocalTime now;
  int verdicts = 0;
  while (script.in.remaining() > 0) {
    now += milliseconds(script.byte() * 8);
    if (const auto due = session.next_timeout(); due && *due <= now) session.handle_timeout(now);
    drain<Verdict>(session, verdicts);
    if (auto input = make_input(script)) session.handle(*std::move(input), now);
    drain<Verdict>(session, verdicts);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Script script{ByteReader(std::as_bytes(std::span(data, size)))};
  const HostSessionParams params{.open = true, .clock = SessionClock(LocalTime(), WireTime())};
  play<HostSessionOver>(HostSession(params, LocalTime()), script, host_input);
  const HostSessionParams closed{.has_identity = true,
                                 .clock = SessionClock(LocalTime(), WireTime())};
  play<HostSessionOver>(HostSession(closed, LocalTime()), script, host_input);
  message::Hello hello;
  hello.max_shard_bytes = message::kMaxShardBytes;
  play<ClientSessionOver>(ClientSession({.hello = hello}, LocalTime()), script, client_input);
  return 0;
}
