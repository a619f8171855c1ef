// A node of ours in PipeWire's graph: it records or plays like a program does, or it stands there
// as a device (a sink or a source) that programs use.
//
// Always 48 kHz interleaved float; PipeWire's adapter resamples and remixes for the other side. The
// process callback runs on the library's real-time data thread, once per graph cycle, and only
// while somebody is linked: it moves samples into or out of a ring, without lock, allocation or
// system call, and returns.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "sound/pipewire/connection.h"

namespace pf::sound {

inline constexpr std::uint32_t kSampleRateHz = 48'000;
inline constexpr std::size_t kMaxChannels = 8;  // 7.1, the most that the wire carries

enum class Speaker : std::uint8_t {
  mono,
  front_left,
  front_right,
  front_centre,
  low_frequency,
  rear_left,
  rear_right,
  side_left,
  side_right,
};

enum class StreamDirection : std::uint8_t {
  from_graph,  // samples come to us: a recorder, or a sink that programs play into
  into_graph,  // samples go from us: a player, or a source that programs record from
};

struct StreamSpec {
  std::string node_name;    // what programs and settings call it: "punktfunk-mic"
  std::string description;  // what a person reads
  StreamDirection direction = StreamDirection::from_graph;
  // Empty: an ordinary stream, which the session manager links to its target. "Audio/Sink" or
  // "Audio/Source": a device; nothing is linked until a program asks for it.
  std::string media_class;
  std::vector<Speaker> position;  // one entry for each channel, at most kMaxChannels
  // Wished cycle; PipeWire rounds it down to a power of two. 0: none, whatever others have wished.
  //
  // To shorten the cycles under programs that play may silence them: PipeWire 0.3.65 keeps what a
  // program gave for a part of a cycle, and once that is more than a whole one it asks the program
  // for 0 samples more, for ever (n_out of impl_node_process() in audioconvert.c,
  // update_requested() in stream.c). That is a program which was late in that very cycle, and gives
  // its samples from another thread than the data thread, as pw-play does.
  std::uint32_t latency_frames = 256;
  // node.name of what to link to; empty: the default device.
  std::string target;
  bool record_sink = false;  // from_graph: what a sink plays, instead of a source
  // Any more node properties, such as {"priority.session", "100"}.
  std::vector<std::pair<std::string, std::string>> properties;
};

// One cycle's worth.
struct StreamBlock {
  // Interleaved whole frames. from_graph: what came, valid during the call. into_graph: exactly
  // what the cycle wants, to be filled completely.
  std::span<float> samples;
  // When the cycle began (CLOCK_MONOTONIC), and how far away the device's end is from here: the
  // sound was or will be heard at began_at -/+ delay. Zero when the graph has not said yet.
  LocalTime began_at;
  Nanos delay{0};
};

enum class StreamState : std::uint8_t {
  connecting,
  idle,  // nobody is linked, or nothing flows: no callbacks come. A normal answer.
  streaming,
  failed,
};

// One owner, any thread. The connection outlives it.
class Stream {
 public:
  using Process = std::function<void(const StreamBlock&)>;  // the data thread; must not throw

  // Waits until the server has taken the node.
  static Result<std::unique_ptr<Stream>> open(Connection& connection, const StreamSpec& spec,
                                              Process process, Nanos patience = seconds(2));
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  StreamState state() const noexcept;
  // `lost`, with the reason, when the stream or its connection has died.
  Result<void> check() const;
  // Of a device: somebody has muted it in a volume control; PipeWire then makes silence of it.
  bool muted() const noexcept;
  // Frames of the newest cycle, as the graph turned it: the real quantum. Zero before the first.
  std::uint32_t cycle_frames() const noexcept;
  // The graph's number for the node; 0xFFFFFFFF before it has one.
  std::uint32_t node_id() const noexcept;

 private:
  struct Insides;
  explicit Stream(std::unique_ptr<Insides> insides) noexcept;
  std::unique_ptr<Insides> insides_;
};

}  // namespace pf::sound
