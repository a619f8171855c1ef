#include "sound/pipewire/stream.h"

#include <pipewire/pipewire.h>
#include <spa/param/audio/format-utils.h>
#include <spa/param/props.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include "sound/pipewire/loop_lock.h"

namespace pf::sound {
namespace {

struct SpeakerName {
  std::uint32_t channel;
  const char* name;
};

constexpr std::array<SpeakerName, 9> kSpeakers{{{SPA_AUDIO_CHANNEL_MONO, "MONO"},
                                                {SPA_AUDIO_CHANNEL_FL, "FL"},
                                                {SPA_AUDIO_CHANNEL_FR, "FR"},
                                                {SPA_AUDIO_CHANNEL_FC, "FC"},
                                                {SPA_AUDIO_CHANNEL_LFE, "LFE"},
                                                {SPA_AUDIO_CHANNEL_RL, "RL"},
                                                {SPA_AUDIO_CHANNEL_RR, "RR"},
                                                {SPA_AUDIO_CHANNEL_SL, "SL"},
                                                {SPA_AUDIO_CHANNEL_SR, "SR"}}};

const SpeakerName& speaker(Speaker which) { return kSpeakers[static_cast<std::size_t>(which)]; }

std::string position_text(const std::vector<Speaker>& position) {
  std::string text = "[";
  for (const Speaker which : position) text += fmt::format(" {}", speaker(which).name);
  return text + " ]";
}

pw_properties* properties_of(const StreamSpec& spec) {
  pw_properties* all = pw_properties_new(PW_KEY_MEDIA_TYPE, "Audio", nullptr);
  const auto set = [all](const char* key, const std::string& value) {
    if (!value.empty()) pw_properties_set(all, key, value.c_str());
  };
  const bool device = !spec.media_class.empty();
  const bool records = spec.direction == StreamDirection::from_graph;
  if (!device) set(PW_KEY_MEDIA_CATEGORY, records ? "Capture" : "Playback");
  set(PW_KEY_MEDIA_CLASS, spec.media_class);
  set(PW_KEY_NODE_NAME, spec.node_name);
  set(PW_KEY_NODE_DESCRIPTION, spec.description);
  set(PW_KEY_TARGET_OBJECT, spec.target);
  if (spec.latency_frames != 0)
    set(PW_KEY_NODE_LATENCY, fmt::format("{}/{}", spec.latency_frames, kSampleRateHz));
  set("audio.position", position_text(spec.position));
  if (spec.record_sink) set(PW_KEY_STREAM_CAPTURE_SINK, "true");
  for (const auto& property : spec.properties) set(property.first.c_str(), property.second);
  return all;
}

const spa_pod* format_of(const StreamSpec& spec, spa_pod_builder& builder) {
  spa_audio_info_raw info{};
  info.format = SPA_AUDIO_FORMAT_F32;
  info.rate = kSampleRateHz;
  info.channels = static_cast<std::uint32_t>(spec.position.size());
  for (std::size_t i = 0; i < spec.position.size(); ++i)
    info.position[i] = speaker(spec.position[i]).channel;
  return spa_format_audio_raw_build(&builder, SPA_PARAM_EnumFormat, &info);
}

}  // namespace

struct Stream::Insides {
  Connection* connection = nullptr;
  pw_stream* stream = nullptr;
  spa_hook listener{};
  pw_registry* registry = nullptr;
  pw_proxy* node = nullptr;  // ours, as others see it
  spa_hook node_listener{};
  Process process;
  std::string node_name;
  StreamDirection direction = StreamDirection::from_graph;
  std::uint32_t frame_bytes = 0;
  std::atomic<StreamState> state{StreamState::connecting};
  std::atomic<std::uint32_t> cycle_frames{0};
  std::atomic<std::uint32_t> node_id{SPA_ID_INVALID};
  std::atomic<bool> muted{false};
  std::string failure;  // guarded by the loop's lock

  ~Insides() {
    if (stream == nullptr) return;
    LoopLock lock(connection->loop());
    if (node != nullptr) {
      spa_hook_remove(&node_listener);
      pw_proxy_destroy(node);
    }
    if (registry != nullptr) pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry));
    spa_hook_remove(&listener);
    pw_stream_destroy(stream);
  }

  static void on_state(void* data, pw_stream_state, pw_stream_state state, const char* error) {
    auto& self = *static_cast<Insides*>(data);
    switch (state) {
      case PW_STREAM_STATE_ERROR:
      case PW_STREAM_STATE_UNCONNECTED:
        self.failure = error != nullptr ? error : "the sound server has let go of it";
        self.state.store(StreamState::failed, std::memory_order_release);
        break;
      case PW_STREAM_STATE_CONNECTING:
        self.state.store(StreamState::connecting, std::memory_order_release);
        break;
      case PW_STREAM_STATE_PAUSED:
        self.node_id.store(pw_stream_get_node_id(self.stream), std::memory_order_relaxed);
        self.state.store(StreamState::idle, std::memory_order_release);
        break;
      case PW_STREAM_STATE_STREAMING:
        self.state.store(StreamState::streaming, std::memory_order_release);
        break;
    }
    pw_thread_loop_signal(self.connection->loop(), false);
    self.connection->ring();
  }

  static void on_node_param(void* data, int, std::uint32_t id, std::uint32_t, std::uint32_t,
                            const spa_pod* param) {
    if (id != SPA_PARAM_Props || param == nullptr) return;
    const spa_pod_prop* mute = spa_pod_find_prop(param, nullptr, SPA_PROP_mute);
    bool value = false;
    if (mute == nullptr || spa_pod_get_bool(&mute->value, &value) < 0) return;
    static_cast<Insides*>(data)->muted.store(value, std::memory_order_relaxed);
  }

  // The stream itself does not tell what a volume control sets: so its node is looked at as other
  // programs look at it.
  Result<void> watch_node() {
    LoopLock lock(connection->loop());
    registry = pw_core_get_registry(connection->core(), PW_VERSION_REGISTRY, 0);
    node = registry == nullptr
               ? nullptr
               : static_cast<pw_proxy*>(pw_registry_bind(registry, node_id, PW_TYPE_INTERFACE_Node,
                                                         PW_VERSION_NODE, 0));
    if (node == nullptr) return fail(ErrorKind::lost, "cannot look at {}", node_name);
    static const pw_node_events kEvents{.version = PW_VERSION_NODE_EVENTS, .param = on_node_param};
    auto* const as_node = reinterpret_cast<pw_node*>(node);
    pw_node_add_listener(as_node, &node_listener, &kEvents, this);
    std::uint32_t wanted = SPA_PARAM_Props;
    pw_node_subscribe_params(as_node, &wanted, 1);
    return {};
  }

  // The data thread. PipeWire's own timing calls are made for it.
  void fill_times(StreamBlock& block) const noexcept {
    pw_time time{};
    if (pw_stream_get_time_n(stream, &time, sizeof time) != 0 || time.rate.denom == 0) return;
    block.began_at = LocalTime(Nanos(time.now));
    block.delay = Nanos(time.delay * static_cast<std::int64_t>(SPA_NSEC_PER_SEC) *
                        static_cast<std::int64_t>(time.rate.num) /
                        static_cast<std::int64_t>(time.rate.denom));
  }

  static void on_process(void* data) {
    auto& self = *static_cast<Insides*>(data);
    pw_buffer* buffer = pw_stream_dequeue_buffer(self.stream);
    if (buffer == nullptr) return;
    spa_data& memory = buffer->buffer->datas[0];
    if (memory.data != nullptr) self.move_samples(*buffer, memory);
    pw_stream_queue_buffer(self.stream, buffer);
  }

  void move_samples(pw_buffer& buffer, spa_data& memory) {
    StreamBlock block;
    fill_times(block);
    auto* base = static_cast<std::byte*>(memory.data);
    std::uint32_t frame_count = memory.maxsize / frame_bytes;
    std::uint32_t offset = 0;
    if (direction == StreamDirection::from_graph) {
      // The other end's numbers: clamped, because they arrive in shared memory.
      offset = std::min(memory.chunk->offset, memory.maxsize);
      frame_count = std::min(memory.chunk->size, memory.maxsize - offset) / frame_bytes;
    } else {
      if (buffer.requested != 0)
        frame_count =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(frame_count, buffer.requested));
      memory.chunk->offset = 0;
      memory.chunk->stride = static_cast<std::int32_t>(frame_bytes);
      memory.chunk->size = frame_count * frame_bytes;
      buffer.size = frame_count;
    }
    cycle_frames.store(frame_count, std::memory_order_relaxed);
    block.samples = {reinterpret_cast<float*>(base + offset),
                     std::size_t{frame_count} * frame_bytes / sizeof(float)};
    if (!block.samples.empty()) process(block);
  }

  Result<void> connect(const StreamSpec& spec) {
    LoopLock lock(connection->loop());
    stream = pw_stream_new(connection->core(), spec.node_name.c_str(), properties_of(spec));
    if (stream == nullptr)
      return fail_os(ErrorKind::exhausted, errno, "cannot make the stream " + spec.node_name);
    static const pw_stream_events kEvents{
        .version = PW_VERSION_STREAM_EVENTS, .state_changed = on_state, .process = on_process};
    pw_stream_add_listener(stream, &listener, &kEvents, this);
    std::array<std::byte, 1024> space;
    spa_pod_builder builder{};
    spa_pod_builder_init(&builder, space.data(), space.size());
    const spa_pod* params[] = {format_of(spec, builder)};
    unsigned flags = PW_STREAM_FLAG_MAP_BUFFERS | PW_STREAM_FLAG_RT_PROCESS;
    if (spec.media_class.empty()) flags |= PW_STREAM_FLAG_AUTOCONNECT;
    const int code = pw_stream_connect(
        stream,
        spec.direction == StreamDirection::from_graph ? PW_DIRECTION_INPUT : PW_DIRECTION_OUTPUT,
        PW_ID_ANY, static_cast<pw_stream_flags>(flags), params, 1);
    if (code < 0) return fail_os(ErrorKind::lost, -code, "cannot connect " + spec.node_name);
    return {};
  }

  // A node has a number once it is paused; whether it is ever linked is another matter.
  Result<void> wait_for_node(Nanos patience) {
    LoopLock lock(connection->loop());
    timespec deadline{};
    pw_thread_loop_get_time(connection->loop(), &deadline, patience.count());
    while (state == StreamState::connecting && connection->check()) {
      if (pw_thread_loop_timed_wait_full(connection->loop(), &deadline) != 0)
        return fail(ErrorKind::timed_out, "the sound server has not taken {} within {} ms",
                    node_name, std::chrono::duration_cast<milliseconds>(patience).count());
    }
    return {};
  }
};

Stream::Stream(std::unique_ptr<Insides> insides) noexcept : insides_(std::move(insides)) {}
Stream::~Stream() = default;

Result<std::unique_ptr<Stream>> Stream::open(Connection& connection, const StreamSpec& spec,
                                             Process process, Nanos patience) {
  if (spec.position.empty() || spec.position.size() > kMaxChannels)
    return fail(ErrorKind::malformed, "a stream of {} channels: from 1 to {} are possible",
                spec.position.size(), kMaxChannels);
  auto insides = std::make_unique<Insides>();
  insides->connection = &connection;
  insides->process = std::move(process);
  insides->node_name = spec.node_name;
  insides->direction = spec.direction;
  insides->frame_bytes = static_cast<std::uint32_t>(spec.position.size() * sizeof(float));
  PF_TRY_VOID(insides->connect(spec));
  PF_TRY_VOID(insides->wait_for_node(patience));
  if (!spec.media_class.empty()) PF_TRY_VOID(insides->watch_node());
  std::unique_ptr<Stream> stream(new Stream(std::move(insides)));
  PF_TRY_VOID(stream->check());
  return stream;
}

StreamState Stream::state() const noexcept {
  return insides_->state.load(std::memory_order_acquire);
}
bool Stream::muted() const noexcept { return insides_->muted.load(std::memory_order_relaxed); }
std::uint32_t Stream::cycle_frames() const noexcept {
  return insides_->cycle_frames.load(std::memory_order_relaxed);
}
std::uint32_t Stream::node_id() const noexcept {
  return insides_->node_id.load(std::memory_order_relaxed);
}

Result<void> Stream::check() const {
  PF_TRY_VOID(insides_->connection->check());
  if (state() != StreamState::failed) return {};
  LoopLock lock(insides_->connection->loop());
  return fail(ErrorKind::lost, "{} is gone: {}", insides_->node_name, insides_->failure);
}

}  // namespace pf::sound
