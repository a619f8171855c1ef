// Presses and releases on a way that loses datagrams: which of them to say again, and when.
//
// A lost release is a key that stays down; a lost press is a key that did nothing. Only what is
// still the newest state of its key, button or finger is worth saying again: repeating an older one
// would be a lie. So a key that was pressed and released before the loss of its press was noticed
// did nothing, and stays so: typed a round trip or more later it would stand behind what came after
// it, and without the modifiers that were held with it (Ctrl+W would become a w). The rules:
//
//   a press    again once QUIC has given its datagram up. Not sooner: a host that takes every press
//              for a new one would type the letter twice.
//   a release  again every third of a round trip, at least every kMinPause, until its arrival is
//              acknowledged: that takes a round trip, too long to wait for if the first one got
//              lost, and a release of what is up already means nothing to any host.
//   any of the two  once more, if an older datagram of the same key may have overtaken it: if that
//              one was acknowledged at the same time (a release) or later (both).
//
// Pure: the caller sends, and tells what became of what he sent. Source:
// docs/protocol/punktfunk1.md section 9.1, and RFC 9221 section 5.2, which leaves this to the
// application.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "core/base/time.h"
#include "core/input/keys.h"
#include "core/message/input_event.h"

namespace pf::input {

class EdgeRepeater {
 public:
  static constexpr Nanos kMinPause = milliseconds(10);
  static constexpr Nanos kMaxPause = milliseconds(250);
  // So many releases at one pace, then ever slower: the way is not lossy any more but gone.
  static constexpr unsigned kQuickCopies = 12;
  // Datagrams whose fate is open. 2 s of a fast typist at the largest round trip; of more the
  // oldest is forgotten.
  static constexpr std::size_t kMaxOpen = 512;
  // Every key, every button, and fingers, whose numbers clients choose at will.
  static constexpr std::size_t kMaxSubjects = kKeyCodes + kButtons + 64;

  // Whether an event is a press or a release of something.
  static bool is_edge(message::InputKind kind) noexcept;

  // A new edge, about to be sent for the first time. Gives its datagram's number, never 0.
  std::uint64_t begin(const message::InputEvent& edge, LocalTime now);
  void on_acknowledged(std::uint64_t number, LocalTime now);
  void on_lost(std::uint64_t number, LocalTime now);

  // When poll() has something by the passing of time.
  std::optional<LocalTime> next_timeout() const noexcept { return due_; }
  struct Copy {
    std::uint64_t number;  // of its datagram
    message::InputEvent edge;
  };
  std::optional<Copy> poll(LocalTime now);

  std::uint64_t copies() const noexcept { return copies_; }  // said again, of all so far

 private:
  // What can be down by itself.
  using Subject = std::pair<message::InputKind, std::uint32_t>;  // the kind of its press, its code
  struct State {
    message::InputEvent edge;      // the newest
    std::uint32_t generation = 0;  // +1 with each edge
    unsigned sent = 0;             // datagrams with it
    unsigned open = 0;             // of them, not lost or acknowledged
    // When the newest edge was acknowledged, and when an older one was last.
    std::optional<LocalTime> arrived_at, older_arrived_at;
    std::optional<LocalTime> repeat_at;
  };
  struct Open {
    Subject subject;
    std::uint32_t generation = 0;
    LocalTime sent_at;
    bool lost = false;
  };

  static Subject subject_of(const message::InputEvent& edge) noexcept;
  static bool is_release(message::InputKind kind) noexcept;
  bool in_doubt(const State& state) const noexcept;
  void forget_settled();
  std::uint64_t note_sent(const Subject& subject, State& state, LocalTime now);
  void measure(Nanos round_trip) noexcept;
  Nanos pause_after(unsigned sent) const noexcept;
  void update_due() noexcept;

  std::map<Subject, State> states_;     // at most what a HeldTracker can hold
  std::map<std::uint64_t, Open> open_;  // by number, so in the order of sending
  std::uint64_t last_number_ = 0;
  std::uint64_t copies_ = 0;
  std::optional<LocalTime> due_;         // the earliest repeat_at
  Nanos round_trip_ = milliseconds(30);  // until measured
};

}  // namespace pf::input
