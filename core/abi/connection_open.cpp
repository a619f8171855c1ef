// Making and ending connections, and the calls that need none: who this device is, whether a host
// is there, pairing with it.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/abi/connection.h"
#include "core/abi/log.h"
#include "core/abi/system.h"
#include "core/endpoint/pair_call.h"
#include "core/endpoint/reach_call.h"
#include "core/message/text.h"
#include "core/net/resolve.h"
#include "core/runtime/log.h"

namespace pf::abi {
namespace {

constexpr std::size_t kMaxHostBytes = 255;         // of a name in the DNS
constexpr std::size_t kMaxPemBytes = 64 << 10;     // ours have 1 KiB; RSA chains of others some
constexpr std::size_t kMaxPinBytes = 64;           // hosts show four digits
constexpr std::size_t kMaxHostNameBytes = 256;     // of this machine
constexpr Nanos kLeastPatience = milliseconds(1);  // 0 would mean for ever to QUIC

// What a connect function was given.
struct Wanted {
  const char* host = nullptr;
  std::uint16_t port = 0;
  std::uint32_t width = 0, height = 0, refresh_hz = 0;
  std::uint32_t compositor = 0, gamepad = 0;
  std::uint32_t bitrate_kbps = 0;
  std::uint8_t video_caps = 0;
  std::uint8_t audio_channels = 0;
  std::uint32_t audio_rate_hz = 0;
  std::uint8_t audio_bits = 0;
  std::uint8_t video_codecs = 0;
  std::uint8_t preferred_codec = 0;
  std::uint8_t client_caps = 0;
  const char* launch_id = nullptr;
  const std::uint8_t* pin_sha256 = nullptr;
  std::uint8_t* observed_sha256_out = nullptr;
  const char* client_cert_pem = nullptr;
  const char* client_key_pem = nullptr;
  const char* device_name = nullptr;
  std::uint32_t timeout_ms = 0;
  std::int32_t* status_out = nullptr;
};

// Of the video capabilities those that only the embedder knows; the rest is the library's to say.
constexpr std::uint8_t kEmbedderVideoCaps = 0xC7;
constexpr std::uint8_t kLibraryVideoCaps = 0x38;
// The planes of cursors are not here, and what is not pulled must not be asked for.
constexpr std::uint8_t kKnownClientCaps = 0x1E;

// A failure that has its status already.
struct Refusal {
  PunktfunkStatus status = PUNKTFUNK_STATUS_PANIC;
  std::string sentence;
};
template <class T>
using Answer = tl::expected<T, Refusal>;

template <class... Args>
tl::unexpected<Refusal> refusal(PunktfunkStatus status, fmt::format_string<Args...> format,
                                Args&&... args) {
  return tl::unexpected(
      Refusal{.status = status, .sentence = fmt::format(format, std::forward<Args>(args)...)});
}

// Reads no further than a text of that kind can be long.
std::string text_of(const char* text, std::size_t most) { return {text, strnlen(text, most)}; }

std::string this_machine() {
  std::array<char, kMaxHostNameBytes> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "a client";
  return name.data();
}

std::string device_name(const char* given) {
  const std::string name =
      given == nullptr ? this_machine() : text_of(given, 4 * message::kMaxDeviceNameBytes);
  return message::printable(name, message::kMaxDeviceNameBytes);
}

Answer<crypto::Identity> identity_of(const char* certificate_pem, const char* key_pem) {
  auto identity = crypto::parse_identity(
      std::string_view(certificate_pem, strnlen(certificate_pem, kMaxPemBytes)),
      std::string_view(key_pem, strnlen(key_pem, kMaxPemBytes)));
  if (!identity) return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "{}", identity.error().what);
  return *std::move(identity);
}

Answer<Endpoint> address_of(const char* host, std::uint16_t port) {
  const auto address = net::resolve(text_of(host, kMaxHostBytes), port);
  if (!address) return refusal(PUNKTFUNK_STATUS_IO, "{}", address.error().what);
  return *address;
}

Nanos patience_of(std::uint32_t timeout_ms) {
  return std::max<Nanos>(milliseconds(timeout_ms), kLeastPatience);
}

Answer<message::AudioFormat> audio_of(const Wanted& wanted) {
  if (wanted.audio_bits != 0 && wanted.audio_bits != 16 && wanted.audio_bits != 24)
    return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "audio of {} bits: 16 or 24", wanted.audio_bits);
  message::AudioFormat format;
  if (wanted.audio_rate_hz != 0) format.rate_hz = wanted.audio_rate_hz;
  if (wanted.audio_bits != 0) format.bits = wanted.audio_bits;
  return format;
}

message::Capabilities capabilities_of(const Wanted& wanted) {
  message::Capabilities capabilities;
  capabilities.set_byte(
      0, static_cast<std::uint8_t>((wanted.video_caps & kEmbedderVideoCaps) | kLibraryVideoCaps));
  capabilities.set_byte(1, static_cast<std::uint8_t>(wanted.client_caps & kKnownClientCaps));
  if (wanted.audio_rate_hz != 0 || wanted.audio_bits != 0)
    capabilities.add(message::Capability::hears_pcm);
  return capabilities;
}

Answer<message::Hello> hello_of(const Wanted& wanted) {
  if (wanted.width == 0 || wanted.height == 0 || wanted.refresh_hz == 0) {
    return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "{}x{}@{} is no mode", wanted.width, wanted.height,
                   wanted.refresh_hz);
  }
  if (wanted.compositor > PUNKTFUNK_COMPOSITOR_GAMESCOPE ||
      wanted.gamepad > PUNKTFUNK_GAMEPAD_XBOXELITE) {
    return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "compositor {}, gamepad {}: unknown",
                   wanted.compositor, wanted.gamepad);
  }
  const std::uint8_t channels = wanted.audio_channels == 0 ? 2 : wanted.audio_channels;
  if (channels != 2 && channels != 6 && channels != 8)
    return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "{} channels: 2, 6 or 8", channels);
  message::Hello hello;
  PF_TRY(hello.audio, audio_of(wanted));
  hello.mode = {.size_px = {wanted.width, wanted.height}, .refresh = {wanted.refresh_hz, 1}};
  hello.compositor = message::CompositorKind{static_cast<std::uint8_t>(wanted.compositor)};
  hello.gamepad = message::GamepadKind{static_cast<std::uint8_t>(wanted.gamepad)};
  hello.bitrate_kbps = wanted.bitrate_kbps;
  hello.device_name = device_name(wanted.device_name);
  if (wanted.launch_id != nullptr) {
    std::string id = text_of(wanted.launch_id, message::kMaxLaunchIdBytes + 1);
    if (id.size() > message::kMaxLaunchIdBytes || !message::is_utf8(id)) {
      return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "the launch id is no text of at most {} bytes",
                     message::kMaxLaunchIdBytes);
    }
    hello.launch_id = std::move(id);
  }
  hello.capabilities = capabilities_of(wanted);
  hello.audio_channels = channels;
  hello.codecs = message::CodecSet::from_bits(wanted.video_codecs);
  hello.preferred_codecs = message::CodecSet::from_bits(wanted.preferred_codec);
  return hello;
}

PunktfunkStatus status_of(const endpoint::Ending& ending, bool out_of_time) noexcept {
  switch (ending.cause) {
    case endpoint::Ending::Cause::ours:
      return PUNKTFUNK_STATUS_CLOSED;
    case endpoint::Ending::Cause::host: {
      const PunktfunkStatus rejection = rejection_of(ending.code);
      return rejection != PUNKTFUNK_STATUS_OK ? rejection : PUNKTFUNK_STATUS_IO;
    }
    case endpoint::Ending::Cause::unreachable:
    case endpoint::Ending::Cause::lost:
      return PUNKTFUNK_STATUS_TIMEOUT;
    case endpoint::Ending::Cause::wrong_fingerprint:
      return PUNKTFUNK_STATUS_CRYPTO;
    case endpoint::Ending::Cause::failed:
      return out_of_time ? PUNKTFUNK_STATUS_TIMEOUT : PUNKTFUNK_STATUS_IO;
  }
  return PUNKTFUNK_STATUS_PANIC;
}

Answer<std::uintptr_t> open(const Wanted& wanted) {
  if (wanted.host == nullptr)
    return refusal(PUNKTFUNK_STATUS_NULL_POINTER, "no host to connect to");
  if ((wanted.client_cert_pem == nullptr) != (wanted.client_key_pem == nullptr))
    return refusal(PUNKTFUNK_STATUS_NULL_POINTER, "a certificate without its key, or a key alone");
  endpoint::ConnectRequest request;
  PF_TRY(request.hello, hello_of(wanted));
  if (wanted.client_cert_pem != nullptr) {
    PF_TRY(request.identity, identity_of(wanted.client_cert_pem, wanted.client_key_pem));
  }
  PF_TRY(request.host, address_of(wanted.host, wanted.port));
  if (wanted.pin_sha256 != nullptr) {
    std::memcpy(request.fingerprint.emplace().data(), wanted.pin_sha256,
                sizeof(crypto::Fingerprint));
  }
  request.patience = patience_of(wanted.timeout_ms);

  const LocalTime deadline = system_clock().now() + request.patience;
  auto opened = endpoint::ClientEndpoint::connect(request, system_clock(), system_rng());
  if (!opened) {
    const bool out_of_time = system_clock().now() >= deadline;
    return refusal(status_of(opened.error(), out_of_time), "{}", opened.error().sentence);
  }
  const crypto::Fingerprint observed = (*opened)->host_fingerprint();
  auto connection = std::make_unique<Connection>();
  connection->endpoint = *std::move(opened);
  const std::uintptr_t handle = connections().insert(std::move(connection));
  if (handle == 0) {
    return refusal(PUNKTFUNK_STATUS_IO, "there are {} connections already",
                   HandleTable<Connection>::kMaxObjects);
  }
  if (wanted.observed_sha256_out != nullptr)
    std::memcpy(wanted.observed_sha256_out, observed.data(), observed.size());
  return handle;
}

// The last edge of what has no handle.
template <class Work>
PunktfunkStatus guarded_call(std::string_view what, Work&& work) noexcept {
  try {
    install_log_sink();
    const Answer<void> done = work();
    if (done) return PUNKTFUNK_STATUS_OK;
    log::error(what, "{}", done.error().sentence);
    return done.error().status;
  } catch (...) {
    return PUNKTFUNK_STATUS_PANIC;
  }
}

PunktfunkConnection* connect(const Wanted& wanted) noexcept {
  std::uintptr_t handle = 0;
  const PunktfunkStatus status = guarded_call("connect", [&]() -> Answer<void> {
    PF_TRY(handle, open(wanted));
    return {};
  });
  if (wanted.status_out != nullptr) *wanted.status_out = status;
  return reinterpret_cast<PunktfunkConnection*>(handle);
}

PunktfunkStatus status_of(const endpoint::PairFailure& failure) noexcept {
  switch (failure.end) {
    case control::PairingEnd::wrong_pin:
      return PUNKTFUNK_STATUS_CRYPTO;
    case control::PairingEnd::rejected: {
      const PunktfunkStatus rejection =
          failure.code ? rejection_of(*failure.code) : PUNKTFUNK_STATUS_OK;
      return rejection != PUNKTFUNK_STATUS_OK ? rejection : PUNKTFUNK_STATUS_IO;
    }
    case control::PairingEnd::lost:
      return PUNKTFUNK_STATUS_TIMEOUT;
    case control::PairingEnd::paired:
    case control::PairingEnd::failed:
      return PUNKTFUNK_STATUS_IO;
  }
  return PUNKTFUNK_STATUS_PANIC;
}

void hand_out(std::string_view text, char* into) noexcept {
  std::memcpy(into, text.data(), text.size());
  into[text.size()] = '\0';
}

}  // namespace

HandleTable<Connection>& connections() {
  static HandleTable<Connection>& table = *new HandleTable<Connection>;
  return table;
}

}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_generate_identity(char* cert_pem_out, uintptr_t cert_cap,
                                                       char* key_pem_out, uintptr_t key_cap) {
  if (cert_pem_out == nullptr || key_pem_out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  return guarded_call("identity", [&]() -> Answer<void> {
    const auto identity = pf::crypto::make_identity(pf::crypto::client_names());
    if (!identity) return refusal(PUNKTFUNK_STATUS_CRYPTO, "{}", identity.error().what);
    const std::string_view key = identity->key_pem.reveal();
    if (identity->certificate_pem.size() >= cert_cap || key.size() >= key_cap) {
      return refusal(PUNKTFUNK_STATUS_INVALID_ARG, "buffers of {} and {} bytes are too small",
                     cert_cap, key_cap);
    }
    hand_out(identity->certificate_pem, cert_pem_out);
    hand_out(key, key_pem_out);
    return {};
  });
}

extern "C" PunktfunkStatus punktfunk_probe(const char* host, uint16_t port, uint32_t timeout_ms) {
  if (host == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  return guarded_call("probe", [&]() -> Answer<void> {
    PF_TRY(const auto address, address_of(host, port));
    const auto reached =
        pf::endpoint::reach_host(address, patience_of(timeout_ms), system_clock(), system_rng());
    if (reached) return {};
    const bool silent = reached.error().kind == pf::ErrorKind::timed_out;
    return refusal(silent ? PUNKTFUNK_STATUS_TIMEOUT : PUNKTFUNK_STATUS_IO, "{}",
                   reached.error().what);
  });
}

extern "C" PunktfunkStatus punktfunk_pair(const char* host, uint16_t port,
                                          const char* client_cert_pem, const char* client_key_pem,
                                          const char* pin, const char* name,
                                          uint8_t* host_sha256_out, uint32_t timeout_ms) {
  for (const void* given :
       {static_cast<const void*>(host), static_cast<const void*>(pin),
        static_cast<const void*>(client_cert_pem), static_cast<const void*>(client_key_pem),
        static_cast<const void*>(host_sha256_out)}) {
    if (given == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  }
  return guarded_call("pair", [&]() -> Answer<void> {
    PF_TRY(auto identity, identity_of(client_cert_pem, client_key_pem));
    PF_TRY(const auto address, address_of(host, port));
    const auto paired =
        pf::endpoint::pair_with_host({.host = address,
                                      .identity = std::move(identity),
                                      .pin = pf::crypto::SecretText(text_of(pin, kMaxPinBytes)),
                                      .device_name = device_name(name),
                                      .patience = patience_of(timeout_ms)},
                                     system_clock(), system_rng());
    if (!paired) return refusal(status_of(paired.error()), "{}", paired.error().sentence);
    std::memcpy(host_sha256_out, paired->data(), paired->size());
    return {};
  });
}

// Each is the next one with that one's new parameter left at what it means to leave it out.

extern "C" PunktfunkConnection* punktfunk_connect(const char* host, uint16_t port, uint32_t width,
                                                  uint32_t height, uint32_t refresh_hz,
                                                  const uint8_t* pin_sha256,
                                                  uint8_t* observed_sha256_out,
                                                  const char* client_cert_pem,
                                                  const char* client_key_pem, uint32_t timeout_ms) {
  return punktfunk_connect_ex(host, port, width, height, refresh_hz, 0, pin_sha256,
                              observed_sha256_out, client_cert_pem, client_key_pem, timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, uint32_t timeout_ms) {
  return punktfunk_connect_ex2(host, port, width, height, refresh_hz, compositor, 0, pin_sha256,
                               observed_sha256_out, client_cert_pem, client_key_pem, timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex2(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, uint32_t timeout_ms) {
  return punktfunk_connect_ex3(host, port, width, height, refresh_hz, compositor, gamepad, 0,
                               pin_sha256, observed_sha256_out, client_cert_pem, client_key_pem,
                               timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex3(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, const uint8_t* pin_sha256,
    uint8_t* observed_sha256_out, const char* client_cert_pem, const char* client_key_pem,
    uint32_t timeout_ms) {
  return punktfunk_connect_ex4(host, port, width, height, refresh_hz, compositor, gamepad,
                               bitrate_kbps, nullptr, pin_sha256, observed_sha256_out,
                               client_cert_pem, client_key_pem, timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex4(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, const char* launch_id,
    const uint8_t* pin_sha256, uint8_t* observed_sha256_out, const char* client_cert_pem,
    const char* client_key_pem, uint32_t timeout_ms) {
  return punktfunk_connect_ex5(host, port, width, height, refresh_hz, compositor, gamepad,
                               bitrate_kbps, 0, launch_id, pin_sha256, observed_sha256_out,
                               client_cert_pem, client_key_pem, timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex5(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    const char* launch_id, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, uint32_t timeout_ms) {
  return punktfunk_connect_ex6(host, port, width, height, refresh_hz, compositor, gamepad,
                               bitrate_kbps, video_caps, 0, launch_id, pin_sha256,
                               observed_sha256_out, client_cert_pem, client_key_pem, timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex6(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, const char* launch_id, const uint8_t* pin_sha256,
    uint8_t* observed_sha256_out, const char* client_cert_pem, const char* client_key_pem,
    uint32_t timeout_ms) {
  return punktfunk_connect_ex7(host, port, width, height, refresh_hz, compositor, gamepad,
                               bitrate_kbps, video_caps, audio_channels, PUNKTFUNK_CODEC_HEVC, 0,
                               launch_id, pin_sha256, observed_sha256_out, client_cert_pem,
                               client_key_pem, timeout_ms);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex7(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, const char* launch_id,
    const uint8_t* pin_sha256, uint8_t* observed_sha256_out, const char* client_cert_pem,
    const char* client_key_pem, uint32_t timeout_ms) {
  return punktfunk_connect_ex8(host, port, width, height, refresh_hz, compositor, gamepad,
                               bitrate_kbps, video_caps, audio_channels, video_codecs,
                               preferred_codec, launch_id, pin_sha256, observed_sha256_out,
                               client_cert_pem, client_key_pem, timeout_ms, nullptr);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex8(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, const char* launch_id,
    const uint8_t* pin_sha256, uint8_t* observed_sha256_out, const char* client_cert_pem,
    const char* client_key_pem, uint32_t timeout_ms, int32_t* status_out) {
  return punktfunk_connect_ex9(host, port, width, height, refresh_hz, compositor, gamepad,
                               bitrate_kbps, video_caps, audio_channels, video_codecs,
                               preferred_codec, 0, launch_id, pin_sha256, observed_sha256_out,
                               client_cert_pem, client_key_pem, timeout_ms, status_out);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex9(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, uint8_t client_caps,
    const char* launch_id, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, uint32_t timeout_ms,
    int32_t* status_out) {
  return punktfunk_connect_ex10(
      host, port, width, height, refresh_hz, compositor, gamepad, bitrate_kbps, video_caps,
      audio_channels, video_codecs, preferred_codec, client_caps, launch_id, pin_sha256,
      observed_sha256_out, client_cert_pem, client_key_pem, nullptr, timeout_ms, status_out);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex10(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, uint8_t client_caps,
    const char* launch_id, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, const char* device_name,
    uint32_t timeout_ms, int32_t* status_out) {
  return punktfunk_connect_ex11(
      host, port, width, height, refresh_hz, compositor, gamepad, bitrate_kbps, video_caps,
      audio_channels, 0, 0, video_codecs, preferred_codec, client_caps, launch_id, pin_sha256,
      observed_sha256_out, client_cert_pem, client_key_pem, device_name, timeout_ms, status_out);
}

extern "C" PunktfunkConnection* punktfunk_connect_ex11(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint32_t audio_rate_hz, uint8_t audio_bits, uint8_t video_codecs,
    uint8_t preferred_codec, uint8_t client_caps, const char* launch_id, const uint8_t* pin_sha256,
    uint8_t* observed_sha256_out, const char* client_cert_pem, const char* client_key_pem,
    const char* device_name, uint32_t timeout_ms, int32_t* status_out) {
  return connect({.host = host,
                  .port = port,
                  .width = width,
                  .height = height,
                  .refresh_hz = refresh_hz,
                  .compositor = compositor,
                  .gamepad = gamepad,
                  .bitrate_kbps = bitrate_kbps,
                  .video_caps = video_caps,
                  .audio_channels = audio_channels,
                  .audio_rate_hz = audio_rate_hz,
                  .audio_bits = audio_bits,
                  .video_codecs = video_codecs,
                  .preferred_codec = preferred_codec,
                  .client_caps = client_caps,
                  .launch_id = launch_id,
                  .pin_sha256 = pin_sha256,
                  .observed_sha256_out = observed_sha256_out,
                  .client_cert_pem = client_cert_pem,
                  .client_key_pem = client_key_pem,
                  .device_name = device_name,
                  .timeout_ms = timeout_ms,
                  .status_out = status_out});
}

extern "C" void punktfunk_connection_disconnect_quit(PunktfunkConnection* c) {
  guarded(c, [](Connection& connection) {
    connection.quit = true;
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" void punktfunk_connection_close(PunktfunkConnection* c) {
  guarded(c, [](Connection& connection) {  // wakes whoever waits in it
    connection.endpoint->close(connection.quit ? pf::message::CloseCode::quit
                                               : pf::message::CloseCode::done);
    return PUNKTFUNK_STATUS_OK;
  });
  if (c != nullptr) connections().close(reinterpret_cast<std::uintptr_t>(c));
}
