// Faults planted into the ends, so that tests can show that each checker finds what it is there
// for. A checker that was never seen to find anything proves nothing.
#pragma once

#include <cstdint>

namespace pf::sim {

enum class Sabotage : std::uint8_t {
  none,
  byte_changed,          // client: a byte of a complete access unit, once a second
  gate_bypassed,         // client: frames go to the decoder as they come
  counter_restarted,     // host: the sealer begins anew in mid-stream
  refreshes_ignored,     // host: no key frame is made for who lost something
  repeats_left_out,      // host: a screen that stands still is not sent again
  frames_kept,           // client: the reassembler does not get its buffers back
  backlog_kept,          // host: frames are encoded though nobody sends them
  clock_stamps_shifted,  // host: its echoes tell another time than its packets
  close_swallowed,       // network: the end of the connection is not told
  punches_followed,      // host: the media go wherever the last punch came from
  keyframes_unspaced,    // host: a key frame for everyone who asks, at once
  keys_repeated,         // host: every session has the same media keys
  over_told_twice,       // host: a session ends, and then once more
};

}  // namespace pf::sim
