#include "client/gamestream/stream_link.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "client/gamestream/rtsp_client.h"

namespace pf::gamestream_client {
namespace {

constexpr Nanos kMediaPingEvery = milliseconds(500);
constexpr Nanos kControlPingEvery = milliseconds(100);
constexpr Nanos kPublishEvery = milliseconds(100);
// ENet looks at its timers when it is turned.
constexpr int kTurnEvery_ms = 10;
constexpr Nanos kFirstPacketPatience = seconds(10);
constexpr Nanos kFirstKeyPatience = seconds(10);
constexpr std::size_t kDatagramsAtOnce = 64;
constexpr std::uint8_t kStartChannel = 0x00, kUrgentChannel = 0x01;

}  // namespace

StreamLink::StreamLink(Params params, const Clock& clock)
    : params_(std::move(params)), clock_(clock), datagrams_(kDatagramsAtOnce) {}

StreamLink::~StreamLink() { close(); }

Result<std::unique_ptr<StreamLink>> StreamLink::open(Params params, const Clock& clock) {
  std::unique_ptr<StreamLink> link(new StreamLink(std::move(params), clock));
  PF_TRY_VOID(link->open_ports());
  PF_TRY_VOID(link->talk());
  PF_TRY_VOID(link->connect());
  link->thread_ = std::thread([raw = link.get()] { raw->run(); });
  return link;
}

Result<void> StreamLink::open_ports() {
  const Endpoint any = params_.host.is_ipv6() ? Endpoint::ipv6({}, 0) : Endpoint::any(0);
  PF_TRY(video_port_, net::UdpPort::open(any, clock_, {}));
  PF_TRY(audio_port_, net::UdpPort::open(any, clock_, {}));
  return {};
}

Result<void> StreamLink::talk() {
  RtspConversation conversation(params_.wish, params_.url);
  std::optional<RtspSeal> seal;
  if (params_.url.encrypted) seal.emplace(params_.keys.key);
  while (conversation.step() != RtspConversation::Step::done) {
    const bool audio_set_up = conversation.step() == RtspConversation::Step::setup_audio;
    PF_TRY_VOID(say_next(conversation, seal, params_.host.with_port(params_.url.port), clock_));
    grant_ = conversation.grant();
    if (!audio_set_up) continue;
    audio_ping_ = {params_.host.with_port(grant_.audio_port), grant_.audio_ping, 0, {}};
    ping(*audio_port_, audio_ping_, clock_.now());
  }
  if (params_.agreed) params_.agreed(grant_);
  video_ping_ = {params_.host.with_port(grant_.video_port), grant_.video_ping, 0, {}};
  video_.emplace(grant_.packet_size, grant_.invalidates_references);
  AudioDepacketiser::Params sound{.packet_ms = params_.wish.audio_packet_ms,
                                  .key = std::nullopt,
                                  .key_id = params_.keys.key_id};
  if ((grant_.encryption & kEncryptAudio) != 0) sound.key = params_.keys.key;
  audio_.emplace(sound);
  if ((grant_.encryption & kEncryptVideo) != 0) opener_.emplace(params_.keys.key);
  return {};
}

Result<void> StreamLink::connect() {
  const bool v2 = (grant_.encryption & kEncryptControlV2) != 0;
  PF_TRY(control_, ControlLink::connect(params_.host.with_port(grant_.control_port),
                                        grant_.connect_data, params_.keys.key,
                                        v2 ? ControlSeal::Iv::v2 : ControlSeal::Iv::legacy));
  say(request_idr(), kStartChannel);
  say(start_b(), kStartChannel);
  connected_at_ = clock_.now();
  // What stock clients do next; the movements wake the display.
  send(haptics_enable());
  send(mouse_move(1, 1));
  send(mouse_move(-1, -1));
  return {};
}

void StreamLink::say(ControlMessage message, std::uint8_t channel, Delivery delivery) {
  {
    const std::lock_guard lock(mutex_);
    outgoing_.push_back({std::move(message), channel, delivery});
  }
  thread_bell_.ring();
}

void StreamLink::send(InputPacket packet) {
  say(input_data(packet.bytes), packet.channel,
      packet.reliable ? Delivery::reliable : Delivery::sequenced);
}

void StreamLink::ask_for_idr() { say(request_idr(), kUrgentChannel); }

Result<std::optional<VideoFrame>> StreamLink::next_frame(Nanos patience) {
  const LocalTime deadline = clock_.now() + patience;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (!frames_.empty()) {
        VideoFrame frame = std::move(frames_.front());
        frames_.pop_front();
        return std::optional<VideoFrame>(std::move(frame));
      }
      if (ended_) return fail(ErrorKind::lost, "{}", ending_.sentence);
    }
    const Nanos left = deadline - clock_.now();
    if (left <= Nanos(0)) return std::optional<VideoFrame>();
    owner_bell_.wait(left);
  }
}

StreamFigures StreamLink::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

void StreamLink::close() {
  stopping_ = true;
  thread_bell_.ring();
  if (thread_.joinable()) thread_.join();
}

void StreamLink::run() {
  while (!stopping_) {
    wait_for_something();
    take_video();
    take_audio();
    tell_wishes();
    send_outgoing();
    const LocalTime now = clock_.now();
    send_pings(now);
    const bool alive =
        control_->turn([this](const ControlSeal::Opened& opened) { hear_host(opened); });
    if (!alive) end(StreamEnding::Cause::lost, "the control connection to the host broke");
    watch_silence(now);
    if (now - published_at_ >= kPublishEvery) {
      published_at_ = now;
      publish();
    }
    const std::lock_guard lock(mutex_);
    if (ended_) break;
  }
  if (stopping_) {
    send_outgoing();
    control_->disconnect();
  }
  publish();
}

void StreamLink::wait_for_something() {
  std::array<pollfd, 4> handles{{{video_port_->poll_handle(), POLLIN, 0},
                                 {audio_port_->poll_handle(), POLLIN, 0},
                                 {control_->poll_handle(), POLLIN, 0},
                                 {thread_bell_.poll_handle(), POLLIN, 0}}};
  ::poll(handles.data(), handles.size(), kTurnEvery_ms);
  thread_bell_.take();
}

void StreamLink::take_video() {
  // Until the socket is empty: what is waiting there is older than the next turn of anything else.
  while (const std::size_t count = video_port_->receive(datagrams_, thread_bell_, Nanos(0))) {
    for (std::size_t i = 0; i < count; ++i) {
      const net::Datagram& datagram = datagrams_[i];
      if (datagram.source != video_ping_.to) {
        ++own_figures_.stranger_packets;
        continue;
      }
      own_figures_.video_bytes += datagram.bytes.size();
      if (!first_packet_at_) first_packet_at_ = datagram.received_at;
      MutableBytes text = datagram.bytes;
      if (opener_) {
        const auto opened = opener_->open(text);
        if (!opened) {
          ++own_figures_.forged_video;
          continue;
        }
        text = *opened;
      }
      auto frame = video_->take(text, datagram.received_at);
      if (!frame) continue;
      first_key_seen_ = true;  // the first one that is let through is one
      const std::lock_guard lock(mutex_);
      if (frames_.size() < kMaxFrames) {
        frames_.push_back(*std::move(frame));
        owner_bell_.ring();
      } else {
        ++own_figures_.overruns;
      }
    }
  }
}

void StreamLink::take_audio() {
  while (const std::size_t count = audio_port_->receive(datagrams_, thread_bell_, Nanos(0))) {
    for (std::size_t i = 0; i < count; ++i) {
      if (datagrams_[i].source != audio_ping_.to) {
        ++own_figures_.stranger_packets;
        continue;
      }
      audio_->take(datagrams_[i].bytes);
    }
    while (const auto packet = audio_->next()) {
      if (params_.hear) params_.hear(*packet);
    }
  }
}

void StreamLink::tell_wishes() {
  while (const auto wish = video_->next_wish()) {
    if (std::holds_alternative<WantIdr>(*wish)) {
      control_->send(request_idr(), kUrgentChannel, Delivery::reliable);
    } else if (const auto* lost = std::get_if<WantInvalidation>(&*wish)) {
      control_->send(invalidate_references(lost->first, lost->last), kUrgentChannel,
                     Delivery::reliable);
    } else if (const auto* status = std::get_if<FecStatus>(&*wish)) {
      control_->send(fec_status(*status), kStartChannel, Delivery::unsequenced);
    }
  }
}

void StreamLink::send_outgoing() {
  std::vector<Outgoing> outgoing;
  {
    const std::lock_guard lock(mutex_);
    outgoing.swap(outgoing_);
  }
  for (const Outgoing& one : outgoing) control_->send(one.message, one.channel, one.delivery);
}

void StreamLink::send_pings(LocalTime now) {
  ping(*video_port_, video_ping_, now);
  ping(*audio_port_, audio_ping_, now);
  if (now < control_ping_due_) return;
  control_ping_due_ = now + kControlPingEvery;
  control_->send(periodic_ping(), kStartChannel, Delivery::reliable);
}

void StreamLink::ping(net::UdpPort& port, Ping& ping, LocalTime now) {
  if (now < ping.due) return;
  ping.due = now + kMediaPingEvery;
  std::array<std::byte, 20> packet{};
  ByteWriter writer(packet);
  writer.put(as_bytes(ping.payload));
  writer.big(++ping.count);
  port.send({.base = packet.data(), .count = 1, .stride = packet.size()}, ping.to);
}

void StreamLink::hear_host(const ControlSeal::Opened& opened) {
  if (opened.fault != ControlSeal::Opened::Fault::none) {
    ++own_figures_.control_faults;
    return;
  }
  const auto message = parse_host_message(opened.type, opened.payload);
  if (!message) {
    ++own_figures_.control_faults;
  } else if (std::holds_alternative<PadRumble>(*message)) {
    ++own_figures_.rumbles;
  } else if (std::holds_alternative<HdrMode>(*message)) {
    own_figures_.hdr_told = true;
  } else if (const auto* termination = std::get_if<Termination>(&*message)) {
    const bool graceful = termination->reason == Termination::kGraceful;
    end(StreamEnding::Cause::host,
        graceful ? std::string("the host ended the stream")
                 : fmt::format("the host ended the stream: error {:#x}", termination->reason),
        termination->reason);
  }
}

void StreamLink::watch_silence(LocalTime now) {
  if (!first_packet_at_) {
    if (now - connected_at_ > kFirstPacketPatience)
      end(StreamEnding::Cause::silent, "the host sent no video within 10 s");
  } else if (!first_key_seen_ && now - *first_packet_at_ > kFirstKeyPatience) {
    end(StreamEnding::Cause::silent, "the host sent no whole key frame within 10 s");
  }
}

void StreamLink::end(StreamEnding::Cause cause, std::string sentence, std::uint32_t reason) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    ending_ = {cause, reason, std::move(sentence)};
    ended_ = true;
  }
  owner_bell_.ring();
}

void StreamLink::publish() {
  own_figures_.video = video_->counts();
  own_figures_.audio = audio_->counts();
  own_figures_.round_trip_ms = control_->round_trip_ms();
  const std::lock_guard lock(mutex_);
  figures_ = own_figures_;
}

}  // namespace pf::gamestream_client
