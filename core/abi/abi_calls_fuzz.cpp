// Any sequence of calls with any arguments: never a crash, and only the statuses that the contract
// names. Sessions are joined crosswise by a transport that the input bends; connections take any
// datagram.
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <vector>

#include "core/abi/connection_testing.h"
#include "core/abi/include/punktfunk_core.h"
#include "core/base/check.h"

namespace {

// The input as a source of decisions; zeros when it has run out.
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool over() const { return at_ >= size_; }
  std::uint8_t byte() { return over() ? std::uint8_t{0} : data_[at_++]; }
  std::uint32_t word() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | byte();
    return value;
  }
  // Mostly a sensible value, sometimes anything.
  std::uint32_t near(std::uint32_t sensible) { return byte() % 8 == 0 ? word() : sensible; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

constexpr std::size_t kMaxQueued = 256;
constexpr std::size_t kMaxFrameBytes = 20'000;
constexpr int kMaxCalls = 400;

struct World {
  explicit World(Script& from) : script(from) {}
  Script& script;
  std::deque<std::vector<std::uint8_t>> queue;  // one for everybody: packets come back, too
  std::array<PunktfunkSession*, 4> sessions{};
  std::vector<pf::message::ClientDatagram> sent;
  PunktfunkConnection* connection = nullptr;
  pf::endpoint::ClientPlanes* planes = nullptr;  // of the connection, while it is open
  ReanchorGate* gate = nullptr;
};

std::int32_t send(const std::uint8_t* packets, std::uint32_t count, std::uint32_t bytes,
                  void* user) {
  auto& world = *static_cast<World*>(user);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (world.queue.size() >= kMaxQueued) return static_cast<std::int32_t>(i);
    world.queue.emplace_back(packets + i * bytes, packets + (i + 1) * bytes);
  }
  return world.script.byte() % 32 == 31 ? -1 : static_cast<std::int32_t>(count);
}

std::int32_t receive(std::uint8_t* into, std::uint32_t capacity, void* user) {
  auto& world = *static_cast<World*>(user);
  if (world.queue.empty()) return 0;
  std::vector<std::uint8_t> packet = std::move(world.queue.front());
  world.queue.pop_front();
  const std::uint8_t fate = world.script.byte();
  if (fate % 16 == 1) return -1;
  if (fate % 16 == 2) packet[world.script.byte() % packet.size()] ^= fate;
  if (fate % 16 == 3) packet.resize(1 + world.script.byte() % packet.size());
  if (fate % 16 == 4) world.queue.push_back(packet);
  PF_CHECK(packet.size() <= capacity);
  std::memcpy(into, packet.data(), packet.size());
  return static_cast<std::int32_t>(packet.size());
}

void on_input(const PunktfunkInputEvent* event, void* user) {
  PF_CHECK(event->kind <= PUNKTFUNK_INPUT_KIND_TEXT_INPUT);
  auto& world = *static_cast<World*>(user);
  // Back into the library: refused or harmless.
  if (world.script.byte() % 4 == 0) punktfunk_session_free(world.sessions[world.script.byte() % 4]);
  for (PunktfunkSession* session : world.sessions) {
    punktfunk_host_poll_input(session);
    punktfunk_set_input_callback(session, nullptr, nullptr);
  }
}

PunktfunkConfig config(Script& script, std::uint32_t role) {
  PunktfunkConfig made{};
  made.struct_size = script.near(sizeof made);
  made.role = script.near(role);
  made.phase = script.near(1);
  made.fec_scheme = script.near(1);
  made.fec_percent = script.near(30);
  made.max_data_per_block = script.near(16);
  made.shard_payload = script.near(512);
  const std::uint8_t choices = script.byte();
  made.encrypt = choices % 2;  // half of the packets may say anything
  if (choices / 2 % 2 == 1) made.fec_scheme = 0;
  made.key[0] = script.byte() % 8 == 0 ? std::uint8_t{0} : std::uint8_t{1};
  made.max_frame_bytes = script.near(kMaxFrameBytes);
  if (made.max_frame_bytes <= 64u << 20) {
    made.max_frame_bytes %= 1u << 20;  // larger ones are legal, and slow under sanitizers
  }
  return made;
}

bool is_status(std::int32_t status) {
  return status == PUNKTFUNK_STATUS_OK || status == PUNKTFUNK_STATUS_INVALID_ARG ||
         status == PUNKTFUNK_STATUS_FEC || status == PUNKTFUNK_STATUS_NO_FRAME ||
         status == PUNKTFUNK_STATUS_UNSUPPORTED || status == PUNKTFUNK_STATUS_IO ||
         status == PUNKTFUNK_STATUS_NULL_POINTER || status == PUNKTFUNK_STATUS_CLOSED;
}

void open_one(World& world, PunktfunkSession*& session) {
  const PunktfunkConfig made = config(world.script, world.script.byte() % 2);
  const PunktfunkTransport transport{
      .struct_size = world.script.near(sizeof(PunktfunkTransport)) % 256,
      ._reserved = 0,
      .send = world.script.byte() == 1 ? nullptr : send,
      .receive = receive,
      .user = &world};
  if (session != nullptr) punktfunk_session_free(session);
  PF_CHECK(is_status(punktfunk_session_new_with_transport(&made, &transport, &session)));
}

void open_pair(World& world, PunktfunkSession*& host, PunktfunkSession*& client) {
  PunktfunkConfig host_config = config(world.script, 0), client_config = config(world.script, 1);
  host_config.loopback_drop_period = world.script.byte();
  punktfunk_session_free(host);
  punktfunk_session_free(client);
  PF_CHECK(is_status(punktfunk_test_loopback_pair(&host_config, &client_config, &host, &client)));
}

void poll(PunktfunkSession* session) {
  PunktfunkFrame frame{};
  const std::int32_t status = punktfunk_client_poll_frame(session, &frame);
  PF_CHECK(is_status(status));
  if (status != PUNKTFUNK_STATUS_OK) return;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < frame.len; ++i) sum += frame.data[i];  // all of it must be there
  volatile std::uint32_t kept = sum;
  (void)kept;
}

void open_connection(World& world) {
  using namespace pf::abi;
  if (world.planes != nullptr) return;
  auto quiet = std::make_unique<QuietEndpoint>(world.sent);
  world.planes = &quiet->planes();
  auto connection = std::make_unique<Connection>();
  connection->endpoint = std::move(quiet);
  world.connection =
      reinterpret_cast<PunktfunkConnection*>(connections().insert(std::move(connection)));
}

void close_connection(World& world) {
  punktfunk_connection_close(world.connection);
  world.planes = nullptr;
}

void send_on(World& world) {
  Script& script = world.script;
  PunktfunkRichInputEx rich{.struct_size = script.near(sizeof(PunktfunkRichInputEx)),
                            .kind = script.byte()};
  rich.x = static_cast<std::int16_t>(script.word());
  std::array<PunktfunkPenSample, PUNKTFUNK_PEN_BATCH_MAX> pen{};
  const std::uint32_t x = script.word();
  std::memcpy(&pen[0].x, &x, sizeof x);
  pen[0].state = script.byte();
  PunktfunkInputEvent event{};
  event.kind = script.byte() % 20;
  const std::array<std::uint8_t, 64> opus{};
  PunktfunkConnection* const c = world.connection;
  PF_CHECK(is_status(punktfunk_connection_send_rich_input2(c, &rich)));
  PF_CHECK(is_status(punktfunk_connection_send_pen(c, pen.data(), script.byte() % 9)));
  PF_CHECK(is_status(punktfunk_connection_send_input(c, &event)));
  PF_CHECK(is_status(punktfunk_connection_send_mic(c, opus.data(), script.byte() % 65, 0, 0)));
  PF_CHECK(is_status(punktfunk_connection_request_rfi(c, script.word(), script.word())));
  world.sent.clear();
}

void pull_all(World& world) {
  PunktfunkConnection* const c = world.connection;
  PunktfunkFrame frame{};
  PunktfunkAudioPacket packet{};
  PunktfunkHidOutput output{};
  PunktfunkHdrMeta meta{};
  PF_CHECK(is_status(punktfunk_connection_next_au(c, &frame, 0)));
  PF_CHECK(is_status(punktfunk_connection_next_rumble(c, nullptr, nullptr, nullptr, 0)));
  PF_CHECK(is_status(punktfunk_connection_next_hdr_meta(c, &meta, 0)));
  PF_CHECK(is_status(punktfunk_connection_next_hidout(c, &output, 0)));
  PF_CHECK(output.effect_len <= sizeof output.effect);
  PF_CHECK(is_status(punktfunk_connection_next_audio(c, &packet, 0)));
  PF_CHECK(
      is_status(punktfunk_connection_next_rumble_cmd(c, nullptr, nullptr, nullptr, nullptr, 0)));
  PunktfunkAudioPcm pcm;
  PF_CHECK(is_status(punktfunk_connection_next_audio_pcm(c, &pcm, 0)));
  PF_CHECK(is_status(punktfunk_connection_audio_plc(c, &pcm)));
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < packet.len; ++i) sum += packet.data[i];  // all of it must be there
  volatile std::uint32_t kept = sum;
  (void)kept;
}

// Connections and gates.
void call_further(World& world) {
  Script& script = world.script;
  bool answer = false;
  std::uint32_t width = 0;
  switch (script.byte() % 8) {
    case 0:
      return open_connection(world);
    case 1:
      return close_connection(world);  // and used on
    case 2: {
      std::vector<std::byte> datagram(script.byte());
      for (auto& value : datagram) value = std::byte{script.byte()};
      if (world.planes != nullptr) world.planes->on_datagram(datagram, {});
      return;
    }
    case 3:
      return send_on(world);
    case 4:
      PF_CHECK(is_status(
          punktfunk_connection_note_frame_index_ex(world.connection, script.word(), &width)));
      return;
    case 5:
      punktfunk_reanchor_gate_free(world.gate);
      if (script.byte() % 2 == 0) world.gate = punktfunk_reanchor_gate_new(script.byte());
      return;
    case 6:
      PF_CHECK(is_status(punktfunk_reanchor_gate_poll(world.gate, script.byte(), &answer)));
      PF_CHECK(
          is_status(punktfunk_reanchor_gate_on_decoded(world.gate, script.byte(), false, &answer)));
      PF_CHECK(is_status(punktfunk_reanchor_gate_on_no_output(world.gate, nullptr)));
      return;
    default:
      return pull_all(world);
  }
}

void call(World& world, const std::vector<std::uint8_t>& picture) {
  Script& script = world.script;
  const std::uint8_t what = script.byte();
  PunktfunkSession*& session = world.sessions[what / 16 % 4];
  PunktfunkInputEvent event{};
  PunktfunkStats stats{};
  switch (what % 16) {
    case 0:
      return open_one(world, session);
    case 1:
      return open_pair(world, world.sessions[0], world.sessions[1]);
    case 2:
      return punktfunk_session_free(session);  // and used on
    case 3:
    case 4:
    case 5: {
      const std::size_t bytes = script.word() % picture.size();
      const std::uint32_t pts = script.word(), flags = script.word();
      PF_CHECK(is_status(punktfunk_host_submit_frame(session, picture.data(), bytes, pts, flags)));
      return;
    }
    case 6:
      PF_CHECK(is_status(punktfunk_host_submit_frame(session, nullptr, script.byte() % 2, 0, 1)));
      return;
    case 7:
      event.kind = script.byte() % 20;
      PF_CHECK(is_status(punktfunk_send_input(session, script.byte() == 0 ? nullptr : &event)));
      return;
    case 8:
      PF_CHECK(is_status(punktfunk_set_input_callback(session, on_input, &world)));
      return;
    case 9: {
      const std::int32_t count = punktfunk_host_poll_input(session);
      PF_CHECK(count >= 0 || is_status(count));
      return;
    }
    case 10:
      PF_CHECK(is_status(punktfunk_get_stats(session, script.byte() == 0 ? nullptr : &stats)));
      return;
    case 11: {  // a number that perhaps never was a handle
      std::uintptr_t number = script.word();
      number ^= reinterpret_cast<std::uintptr_t>(session);
      auto* const wild = reinterpret_cast<PunktfunkSession*>(number);
      PF_CHECK(is_status(punktfunk_get_stats(wild, &stats)));
      return;
    }
    case 12: {  // a datagram out of nothing
      std::vector<std::uint8_t> packet(1 + script.byte());
      for (auto& value : packet) value = script.byte();
      if (world.queue.size() < kMaxQueued) world.queue.push_back(std::move(packet));
      return;
    }
    case 13:
      return call_further(world);
    default:
      return poll(session);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world(script);
  std::vector<std::uint8_t> picture(kMaxFrameBytes + 100);
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<std::uint8_t>(i * 7);
  for (int calls = 0; calls < kMaxCalls && !script.over(); ++calls) call(world, picture);
  for (PunktfunkSession* session : world.sessions) punktfunk_session_free(session);
  close_connection(world);
  punktfunk_reanchor_gate_free(world.gate);
  return 0;
}
