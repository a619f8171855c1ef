#include "host/config/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <limits>

#include "core/base/check.h"
#include "host/config/suggestion.h"

namespace pf::config {
namespace {

template <auto Section, auto Field>
auto& field(HostConfig& config) {
  return (config.*Section).*Field;
}

template <auto Section, auto Field>
WholeNumber whole(std::int64_t least, std::int64_t most) {
  using T = std::remove_reference_t<decltype(field<Section, Field>(std::declval<HostConfig&>()))>;
  PF_CHECK(least >= 0 && most <= std::numeric_limits<T>::max());
  return {.least = least,
          .most = most,
          .get = [](const HostConfig& config) -> std::int64_t { return (config.*Section).*Field; },
          .set = [](HostConfig& config,
                    std::int64_t value) { (config.*Section).*Field = static_cast<T>(value); }};
}

template <auto Section, auto Field>
Flag flag() {
  return {field<Section, Field>};
}

template <auto Section, auto Field>
Text text(bool (*allowed)(const std::string&), std::string_view rule) {
  return {field<Section, Field>, allowed, rule};
}

template <auto Section, auto Field>
Choice choice(std::vector<std::string_view> choices) {
  return {field<Section, Field>, std::move(choices)};
}

template <auto Section, auto Field>
TextList list() {
  return {field<Section, Field>};
}

bool is_address(const std::string& text) {
  std::byte address[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), address) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address) == 1;
}

bool is_user_or_empty(const std::string& text) {
  // What useradd(8) allows at most, seen from a path's and a shell's point of view: no separators.
  return text.size() <= 32 && text.find_first_of("/: \t") == std::string::npos;
}

bool is_display_name_or_empty(const std::string& text) {
  // One label of a DNS service name (RFC 6763 section 4.1.1).
  return text.size() <= 63 && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

std::vector<Setting> make_settings() {
  using enum TakesEffect;
  using C = HostConfig;
  return {
      {"network.port", "", restart,
       "UDP port on which clients connect (QUIC); 0 lets the system choose.",
       whole<&C::network, &NetworkConfig::port>(0, 65'535)},
      {"network.bind_address", "", restart,
       "Address the host listens on; `::` means all, IPv4 too.",
       text<&C::network, &NetworkConfig::bind_address>(
           is_address, "a numeric IPv4 or IPv6 address such as 0.0.0.0 or ::1")},
      {"network.data_port", "", next_session,
       "UDP port for video and sound; 0 lets the system choose one for each session.",
       whole<&C::network, &NetworkConfig::data_port>(0, 65'535)},
      {"network.mtu_bytes", "bytes", next_session,
       "The largest IP packet that passes to the clients, where the host cannot find it out, as "
       "behind PPPoE (1492); 0 tries for an Ethernet and looks at what the path carries.",
       whole<&C::network, &NetworkConfig::mtu_bytes>(0, 1'500)},
      {"network.mdns", "", live,
       "Announces the host on the local network, so that clients find it by themselves (mDNS).",
       flag<&C::network, &NetworkConfig::mdns>()},
      {"network.mark_traffic", "", next_session,
       "Marks pictures and sound in private networks, so that routers and Wi-Fi put them before "
       "what is less urgent (DSCP AF41 and EF). Moonlight clients may wish for none.",
       flag<&C::network, &NetworkConfig::mark_traffic>()},
      {"network.name", "", live,
       "Name under which clients show the host; empty: the machine's own name.",
       text<&C::network, &NetworkConfig::name>(
           is_display_name_or_empty, "at most 63 bytes without control characters, or empty")},

      {"session.max_clients", "", live, "How many clients may be connected at a time.",
       whole<&C::session, &SessionConfig::max_clients>(1, 64)},
      {"session.open", "", live,
       "Accepts clients that were never paired. Anybody who reaches the port then sees the "
       "desktop.",
       flag<&C::session, &SessionConfig::open>()},
      {"session.conflict", "", live,
       "What happens when a client comes while another device streams: `separate` gives it a "
       "desktop of its own, `join` shows it the desktop of whoever was first, `steal` ends the "
       "others, `reject` turns it away.",
       choice<&C::session, &SessionConfig::conflict>({"separate", "join", "steal", "reject"})},
      // RFC 9000 section 10.1; the effective value is the smaller one of both ends.
      {"session.idle_timeout_ms", "ms", next_session,
       "A client that has been silent for so long is gone.",
       whole<&C::session, &SessionConfig::idle_timeout_ms>(1'000, 3'600'000)},

      {"video.bitrate_kbps", "kbit/s", next_session,
       "Bit rate of the video when the client does not ask for one.",
       whole<&C::video, &VideoConfig::bitrate_kbps>(500, 8'000'000)},
      {"video.fec_percent", "%", next_session,
       "Parity packets sent for each 100 data packets; 0 sends none.",
       whole<&C::video, &VideoConfig::fec_percent>(0, 90)},
      {"video.fec_adaptive", "", next_session,
       "Lets the amount of parity follow the loss that the client reports; `fec_percent` is where "
       "it starts.",
       flag<&C::video, &VideoConfig::fec_adaptive>()},
      {"video.encoder", "", next_session,
       "The encoder; `auto` takes the best one that works on this machine.",
       choice<&C::video, &VideoConfig::encoder>({"auto", "x264", "openh264"})},
      // H.264 allows more, but each slice costs bits and a start code; 32 is beyond any gain.
      {"video.slices", "", next_session,
       "Slices in each picture for clients that take more than one; each is cut into packets "
       "while the next is being encoded.",
       whole<&C::video, &VideoConfig::slices>(1, 32)},

      {"audio.play_on", "", next_session,
       "Where the desktop's sound is heard: `client` makes a sound device of the host's own, which "
       "is silent there; `both` sends along what the default device plays; `host` sends none. "
       "`punktfunk-host "
       "set-sound` says otherwise for a paired device.",
       choice<&C::audio, &AudioConfig::play_on>({"client", "both", "host"})},
      {"audio.quality", "", next_session,
       "Bits for sound: 96, 128 or 256 kbit/s in stereo, up to 768 in 7.1, and at most a twentieth "
       "of the video's.",
       choice<&C::audio, &AudioConfig::quality>({"low", "high", "max"})},
      {"audio.redundancy", "", next_session,
       "Sends each piece of sound twice, so that a lost packet is not heard; for clients that "
       "understand it.",
       flag<&C::audio, &AudioConfig::redundancy>()},
      {"audio.lossless", "", next_session,
       "Sends sound uncompressed to clients that ask for it, where video has four times the rate.",
       flag<&C::audio, &AudioConfig::lossless>()},
      {"audio.backend", "", next_session,
       "Where sound comes from; `tone` is a test tone on every channel.",
       choice<&C::audio, &AudioConfig::backend>({"auto", "pipewire", "tone"})},

      {"desktop.command", "", next_session,
       "Program and arguments, started in the desktop of each session and ended with it.",
       list<&C::desktop, &DesktopConfig::command>()},
      {"desktop.run_as", "", next_session,
       "User that desktop and command run as when the host is root; empty: the host's own user.",
       text<&C::desktop, &DesktopConfig::run_as>(is_user_or_empty,
                                                 "a user name (at most 32 bytes) or empty")},
      {"desktop.linger_s", "s", live,
       "How long the desktop and its programs wait for their client after its connection was lost; "
       "0 ends them with the session. A client that quits ends them at once. For Moonlight clients "
       "`gamestream.resume_s` says it.",
       whole<&C::desktop, &DesktopConfig::linger_s>(0, 86'400)},

      {"display.backend", "", next_session,
       "What makes the screen that is streamed; `desktop` is our own compositor, `synthetic` a "
       "test picture.",
       choice<&C::display, &DisplayConfig::backend>({"auto", "desktop", "synthetic"})},
      {"capture.backend", "", next_session,
       "How pictures are taken; `desktop` shares buffers with our own compositor, `wlr` works with "
       "any "
       "compositor that speaks wlr-screencopy.",
       choice<&C::capture, &CaptureConfig::backend>({"auto", "desktop", "wlr"})},

      {"sound_server.run", "", restart,
       "Whether the host runs a sound server of its own (PipeWire), which ends with it: `auto` "
       "with --headless where none runs, or with `desktop.run_as`; `always`; `never` uses the "
       "user's.",
       choice<&C::sound_server, &SoundServerConfig::run>({"auto", "always", "never"})},
      {"microphone.enabled", "", live,
       "Offers programs a microphone, `punktfunk-mic`, into which clients speak.",
       flag<&C::microphone, &MicrophoneConfig::enabled>()},
      {"gamestream.enabled", "", restart,
       "Serves stock Moonlight clients too (GameStream), over IPv4. Its pairing goes over plain "
       "HTTP, where whoever controls the network can find the PIN out and pair a device of his "
       "own: for networks that you trust.",
       flag<&C::gamestream, &GameStreamConfig::enabled>()},
      // docs/protocol/gamestream.md section 1: from 5 below to 21 above.
      {"gamestream.base_port", "", restart,
       "TCP port that Moonlight clients look for the host on. Besides it TCP 5 below and 21 above, "
       "and UDP 9, 10 and 11 above.",
       whole<&C::gamestream, &GameStreamConfig::base_port>(1'029, 65'514)},
      {"gamestream.encryption", "", restart,
       "What of a stream is encrypted: `control` keys, mouse and pads; `wanted` pictures and sound "
       "too, for clients that can; `required` turns the others away.",
       choice<&C::gamestream, &GameStreamConfig::encryption>({"control", "wanted", "required"})},
      // As users of Moonlight know it, a game goes on until they quit it; somebody who has lost his
      // device shall not keep a desktop for ever.
      {"gamestream.resume_s", "s", next_session,
       "How long an application goes on without its Moonlight client, which left or was lost and "
       "may resume it; 0 ends it with the stream. To quit it in Moonlight ends it at once.",
       whole<&C::gamestream, &GameStreamConfig::resume_s>(0, 604'800)},
      {"blackbox.enabled", "", live,
       "Keeps the last seconds of each session in memory, pictures and sound as they were sent, so "
       "that they can be saved when something went wrong. Asks for a key frame every 20 s, which "
       "shows at low bit rates.",
       flag<&C::blackbox, &BlackBoxConfig::enabled>()},
      {"blackbox.seconds", "s", live,
       "How long before now the black box reaches back, while there is memory for it.",
       whole<&C::blackbox, &BlackBoxConfig::span_s>(5, 60)},
      // Nine of them are queues (session_tap.h).
      {"blackbox.megabytes", "MiB", live,
       "Memory that the black box takes for each session, at most; it is taken as it fills.",
       whole<&C::blackbox, &BlackBoxConfig::memory_mb>(32, 256)},
      {"blackbox.save_on_hitch", "", live,
       "Saves a clip by itself when a picture hitched, once in as long as the black box reaches "
       "back.",
       flag<&C::blackbox, &BlackBoxConfig::save_on_hitch>()},
      {"management.enabled", "", restart,
       "Offers the management API (HTTPS), to whoever has the password or a token.",
       flag<&C::management, &ManagementConfig::enabled>()},
      {"management.port", "", restart,
       "TCP port of the management API, on network.bind_address; 0 lets the system choose.",
       whole<&C::management, &ManagementConfig::port>(0, 65'535)},
      {"management.metrics", "", live,
       "Answers Prometheus at `/metrics` of that port, to a token of scope read.",
       flag<&C::management, &ManagementConfig::metrics>()},
      {"log.level", "", live,
       "What is logged: this and worse. `punktfunk-host logs --log-level` changes it until the "
       "host "
       "ends.",
       choice<&C::log, &LogConfig::level>({"debug", "info", "warning", "error"})},
      {"library.sources", "", live,
       "Whose games and programs are listed: steam, lutris, heroic, flatpak, desktop (the menus), "
       "custom ([[app]]); [\"all\"]: every one that is there; []: none.",
       list<&C::library, &LibraryConfig::sources>()},
      {"library.desktop_entries", "", live, "What of the menus is listed: games, or all programs.",
       choice<&C::library, &LibraryConfig::desktop_entries>({"games", "all"})},
      // For testing/e2e and for who wants to see the host heal.
      {"debug.encoder_failures", "", restart,
       "Breaks so many encoders on purpose, one after the other, to see the host heal.",
       whole<&C::debug, &DebugConfig::encoder_failures>(0, 1'000'000)},
      {"debug.encoder_lifetime_pictures", "", restart,
       "Pictures that each of them makes before it breaks.",
       whole<&C::debug, &DebugConfig::encoder_lifetime_pictures>(0, 1'000'000)},
      {"debug.encoder_stall_ms", "ms", restart,
       "They hang for so long and go on, instead of breaking; 0: they break.",
       whole<&C::debug, &DebugConfig::encoder_stall_ms>(0, 60'000)},
  };
}

std::string written(const Value& value) {
  struct Printer {
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const {
      return fmt::format("\"{}\"", printable(text));
    }
    std::string operator()(const std::vector<std::string>&) const { return "a list"; }
    std::string operator()(const Unusable& unusable) const { return std::string(unusable.kind); }
  };
  return std::visit(Printer{}, value);
}

// The system's calls take texts that end at the first NUL byte; none may hide behind one.
bool is_sound(const std::string& text) {
  return text.size() <= kMaxTextBytes && text.find('\0') == std::string::npos;
}

// One call for each type; false: the value does not suit.
class Assigner {
 public:
  Assigner(HostConfig& config, const Value& value) : config_(config), value_(value) {}

  bool operator()(const WholeNumber& type) const {
    const auto* number = std::get_if<std::int64_t>(&value_);
    if (number == nullptr || *number < type.least || *number > type.most) return false;
    type.set(config_, *number);
    return true;
  }
  bool operator()(const Flag& type) const {
    const auto* flag = std::get_if<bool>(&value_);
    if (flag == nullptr) return false;
    type.at(config_) = *flag;
    return true;
  }
  bool operator()(const Text& type) const {
    const auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr || !is_sound(*text) || !type.allowed(*text)) return false;
    type.at(config_) = *text;
    return true;
  }
  bool operator()(const Choice& type) const {
    const auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr) return false;
    if (std::find(type.choices.begin(), type.choices.end(), *text) == type.choices.end())
      return false;
    type.at(config_) = *text;
    return true;
  }
  bool operator()(const TextList& type) const {
    const auto* texts = std::get_if<std::vector<std::string>>(&value_);
    if (texts == nullptr || texts->size() > kMaxListItems) return false;
    if (!std::all_of(texts->begin(), texts->end(), is_sound)) return false;
    type.at(config_) = *texts;
    return true;
  }

 private:
  HostConfig& config_;
  const Value& value_;
};

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  std::string shown(text.substr(0, kShownBytes));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text.size() > kShownBytes ? shown + "…" : shown;
}

std::span<const Setting> settings() {
  static const std::vector<Setting> table = make_settings();
  return table;
}

const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : settings()) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

std::string requirement(const Setting& setting) {
  struct Printer {
    std::string_view unit;
    std::string operator()(const WholeNumber& type) const {
      return fmt::format("a whole number from {} to {}{}{}", type.least, type.most,
                         unit.empty() ? "" : " ", unit);
    }
    std::string operator()(const Flag&) const { return "true or false"; }
    std::string operator()(const Text& type) const { return std::string(type.rule); }
    std::string operator()(const Choice& type) const {
      return fmt::format("one of {}", fmt::join(type.choices, ", "));
    }
    std::string operator()(const TextList&) const {
      return fmt::format("a list of at most {} texts such as [\"foot\", \"--fullscreen\"]",
                         kMaxListItems);
    }
  };
  return std::visit(Printer{setting.unit}, setting.type);
}

const char* to_string(TakesEffect takes_effect) noexcept {
  switch (takes_effect) {
    case TakesEffect::live:
      return "live";
    case TakesEffect::next_session:
      return "next_session";
    case TakesEffect::restart:
      return "restart";
  }
  return "restart";
}

Value value_of(const HostConfig& config, const Setting& setting) {
  // The table's rows give out references to what they find; here nobody writes through them.
  auto& readable = const_cast<HostConfig&>(config);
  return std::visit(
      [&](const auto& type) -> Value {
        if constexpr (requires { type.get(config); })
          return type.get(config);
        else
          return type.at(readable);
      },
      setting.type);
}

Result<void> assign(HostConfig& config, const Setting& setting, const Value& value) {
  if (std::visit(Assigner(config, value), setting.type)) return {};
  std::string hint;
  const auto* choice = std::get_if<Choice>(&setting.type);
  const auto* text = std::get_if<std::string>(&value);
  if (choice != nullptr && text != nullptr) hint = did_you_mean(*text, choice->choices);
  return fail(ErrorKind::malformed, "{} is {}, but must be {}{}", setting.key, written(value),
              requirement(setting), hint);
}

}  // namespace pf::config
