// What the host was told, checked and complete: the value that planning and the doors work from.
//
// Defaults stand here and nowhere else. Ranges, units and meaning of each field stand in
// settings.cpp and app_settings.cpp, one row for each, from which docs/settings.md is made. Plain
// data: copy it freely, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/display_mode.h"

namespace pf::config {

struct NetworkConfig {
  std::uint16_t port = 9777;             // UDP, QUIC
  std::string bind_address = "0.0.0.0";  // numeric IPv4 or IPv6
  std::uint16_t mtu_bytes = 0;           // 0: found out
  std::uint16_t data_port = 0;           // UDP, media; 0: the system chooses
  bool mdns = true;                      // announce the host on the local network
  bool mark_traffic = true;              // DSCP, in private networks
  std::string name;                      // shown to people; empty: the machine's own name
};

struct SessionConfig {
  std::uint32_t max_clients = 4;
  bool open = false;  // accept clients that never paired
  std::string conflict = "separate";
  std::uint32_t idle_timeout_ms = 8'000;
};

struct VideoConfig {
  std::uint32_t bitrate_kbps = 20'000;
  std::uint32_t fec_percent = 10;
  bool fec_adaptive = true;
  std::string encoder = "auto";  // name of a backend, or auto
  std::uint32_t slices = 1;
};

struct AudioConfig {
  std::string play_on = "client";
  std::string quality = "high";
  bool redundancy = true;
  bool lossless = true;
  std::string backend = "auto";
};

struct DesktopConfig {
  std::vector<std::string> command;  // program and arguments; empty: none
  std::string run_as;                // user name; empty: the host's own user
  std::uint32_t linger_s = 30;
};

struct DisplayConfig {
  std::string backend = "auto";
};

struct CaptureConfig {
  std::string backend = "auto";
};

struct SoundServerConfig {
  std::string run = "auto";
};

struct MicrophoneConfig {
  bool enabled = true;
};

// Stock Moonlight clients.
struct GameStreamConfig {
  bool enabled = false;
  std::uint16_t base_port = 47'989;  // TCP, HTTP; the others lie at fixed distances
  std::string encryption = "wanted";
  std::uint32_t resume_s = 86'400;
};

// The last seconds of each session, kept in memory. Off: what it costs is a key frame now and then,
// which shows at low rates, and somebody's screen in memory.
struct BlackBoxConfig {
  bool enabled = false;
  std::uint32_t span_s = 60;
  std::uint32_t memory_mb = 256;
  bool save_on_hitch = false;
};

struct ManagementConfig {
  bool enabled = true;
  std::uint16_t port = 47'990;  // TCP, HTTPS
  bool metrics = false;
};

struct LogConfig {
  std::string level = "info";
};

// What is listed beside the applications below.
struct LibraryConfig {
  std::vector<std::string> sources{"all"};  // names of host/library's sources, or all
  std::string desktop_entries = "games";
};

// Faults on purpose, for tests of the healing.
struct DebugConfig {
  std::uint32_t encoder_failures = 0;
  std::uint32_t encoder_lifetime_pictures = 30;
  std::uint32_t encoder_stall_ms = 0;
};

// One way in which an application's surroundings are changed for it.
struct PrepStep {
  std::vector<std::string> run;   // before it starts; empty: nothing
  std::vector<std::string> undo;  // after it has ended; empty: nothing
  bool operator==(const PrepStep&) const = default;
};

// Always there, whatever the file says: the desktop itself, with `desktop.command` in it if any.
inline constexpr std::string_view kDesktopName = "Desktop";

// An application that clients may choose, from [[app]]. docs/settings.md tells what each field
// means.
struct AppConfig {
  std::string name;  // unique, and not "Desktop"
  std::vector<std::string> command;
  std::vector<PrepStep> prep;
  std::string working_folder;       // absolute; empty: that of the host
  std::string image;                // absolute path of a PNG; empty: none
  std::optional<DisplayMode> mode;  // of the display; empty: what the client asks for
  bool ends_session = true;         // when it has ended by itself
  bool operator==(const AppConfig&) const = default;
};

struct HostConfig {
  NetworkConfig network;
  SessionConfig session;
  VideoConfig video;
  AudioConfig audio;
  DesktopConfig desktop;
  DisplayConfig display;
  CaptureConfig capture;
  SoundServerConfig sound_server;
  MicrophoneConfig microphone;
  GameStreamConfig gamestream;
  BlackBoxConfig blackbox;
  ManagementConfig management;
  LogConfig log;
  LibraryConfig library;
  DebugConfig debug;
  std::vector<AppConfig> apps;
};

}  // namespace pf::config
