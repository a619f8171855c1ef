// What must hold in every run, whatever the network does. Both ends tell what happens; each broken
// promise becomes a violation with the instant and a sentence. The same events make up the trace,
// whose hash is equal for equal runs.
//
// Instants are the world's, which calls set_time() before anything happens.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/frame_id.h"
#include "core/base/time.h"
#include "core/message/close_code.h"
#include "core/message/media.h"
#include "sim/fake_decoder.h"
#include "sim/fake_encoder.h"

namespace pf::sim {

enum class Property : std::uint8_t {
  bytes_right,       // no wrong byte reaches the decoder
  reference_there,   // no picture reaches it whose reference it lacks
  number_once,       // no packet number is sealed twice with one key, so no nonce is
  healed_in_time,    // every fresh picture sent, or a later one, is shown within a bound
  memory_bounded,    // the reassembler holds no more than the frames under way explain
  queue_bounded,     // nor does the host's queue
  keyframes_spaced,  // however often the client asks, key frames keep their distance
  clock_bounded,     // the client's idea of the host's time is as good as it says
  ends_agree,        // both ends know that the session is over, and why
  ends_once,         // and say so once, and nothing after it
  destination_kept,  // the media go to the client of the session, wherever punches come from
};

struct Violation {
  Property property{};
  LocalTime at;
  std::string sentence;
};

enum class EndName : std::uint8_t { host, client };

class Checkers {
 public:
  struct Bounds {
    Nanos heal{0};                  // from the last packet of a picture to it or a later one shown
    std::size_t memory_bytes = 0;   // of the reassembler
    std::size_t queued_frames = 0;  // of the host
    Nanos agree{0};                 // from one end being over to the other
  };
  // A picture that stands for so long is seen to stand.
  static constexpr Nanos kNoticed = milliseconds(100);
  // More of them say nothing new.
  static constexpr std::size_t kMaxViolations = 16;

  explicit Checkers(const Bounds& bounds) : bounds_(bounds) {}

  void set_time(LocalTime now) noexcept { now_ = now; }
  // Another session of the same two, the client at this address. What came before is over.
  void begin_session(const Endpoint& client);
  // A cut of the path or a pause that nobody can heal: waiting counts from its end.
  void excuse_until(LocalTime end) { excused_until_ = std::max(excused_until_, end); }

  // What happens.
  void on_keys(const message::MediaKeys& keys);
  void on_sealed(std::uint64_t number);
  void on_destination(const Endpoint& client);  // of a media packet
  void on_keyframe_ordered();                   // because the client asked
  void on_sent(FrameId id, Content content);    // the last packet of it
  void on_shown(FrameId id, Decoded decoded);
  void on_memory(std::size_t used_bytes);
  void on_queue(std::size_t frames);
  void on_clock(WireTime believed, Nanos error_bound);
  void on_control(EndName sender, Bytes bytes);
  void on_output(EndName end);  // its session machine says something
  void on_over(EndName end, std::optional<message::CloseCode> code);
  // The run is at its end: what has not happened until now is late.
  void finish();

  const std::vector<Violation>& violations() const noexcept { return violations_; }
  bool found(Property property) const noexcept;

  // For reports.
  std::uint64_t frames_sent() const noexcept { return frames_sent_; }
  std::uint64_t frames_shown() const noexcept { return frames_shown_; }
  Nanos longest_heal() const noexcept { return longest_heal_; }
  Nanos longest_freeze() const noexcept { return longest_freeze_; }  // between two shown pictures
  Nanos frozen() const noexcept { return frozen_; }  // all that lasted longer than kNoticed
  std::size_t most_memory_bytes() const noexcept { return most_memory_bytes_; }
  bool over(EndName end) const noexcept { return over_[index(end)].has_value(); }
  std::optional<message::CloseCode> close_code(EndName end) const noexcept;
  std::uint64_t trace_hash() const noexcept { return trace_hash_; }

 private:
  enum class Event : std::uint8_t { sealed, sent, shown, clock, control, over };
  struct Sent {
    FrameId id;
    LocalTime at;
  };
  struct Over {
    LocalTime at;
    std::optional<message::CloseCode> code;
  };
  static std::size_t index(EndName end) noexcept { return static_cast<std::size_t>(end); }

  void trace(Event event, std::uint64_t value) noexcept;
  void hash(std::uint64_t word) noexcept;
  void violate(Property property, std::string sentence);
  void finish_session();
  void note_freeze(LocalTime until);
  void check_wait(const Sent& sent, LocalTime until);

  const Bounds bounds_;
  LocalTime now_;
  LocalTime excused_until_;
  std::vector<Violation> violations_;
  std::set<std::vector<std::byte>> keys_;
  std::unordered_set<std::uint64_t> numbers_;  // of this session
  Endpoint client_;                            // likewise
  std::deque<Sent> waiting_;                   // sent, and neither they nor later ones shown
  std::optional<LocalTime> last_shown_at_;
  std::optional<LocalTime> keyframe_ordered_at_;
  std::array<std::optional<Over>, 2> over_;

  std::uint64_t frames_sent_ = 0, frames_shown_ = 0;
  Nanos longest_heal_{0}, longest_freeze_{0}, frozen_{0};
  std::size_t most_memory_bytes_ = 0;
  std::uint64_t trace_hash_ = 0xCBF29CE484222325u;
};

}  // namespace pf::sim
