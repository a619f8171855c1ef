// Writes a stream of pictures and sound as a Matroska file that any player plays, as it was
// encoded.
//
//   EBML | Segment | SeekHead Info Tracks | Cluster | Cluster | … | Cues
//
// A cluster begins with each key frame, and when its time is up; Cues name the key frames. Times
// are those of capture, in units of 100 µs: what a block can say is relative to its cluster, in 16
// bits. So the file has the rate that the stream had, moment by moment. Only what our encoders
// make: no B-frames (what is decoded first is shown first), one sound track. Source: RFC 9559
// (Matroska), RFC 8794 (EBML), ISO/IEC 14496-15 section 5.3.3.1 (avcC), RFC 7845 section 5.1
// (OpusHead), Matroska's codec mappings V_MPEG4/ISO/AVC, A_OPUS and A_PCM/INT/LIT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/display_mode.h"
#include "core/video/annexb.h"
#include "host/blackbox/clip_file.h"
#include "host/blackbox/ebml.h"
#include "host/blackbox/unit.h"

namespace pf::blackbox {

// One thread.
class MatroskaWriter {
 public:
  struct Facts {
    SizePx size_px;
    Bytes parameter_sets;  // SPS and PPS of H.264, each behind a start code; borrowed for open()
    SoundFormat sound;     // codec none: no sound track
    WireTime began_at;     // what time zero of the file is
    std::string title;
  };

  // `file` outlives it, and is empty. `malformed`: these are no parameter sets.
  static Result<MatroskaWriter> open(ClipFile& file, const Facts& facts);

  // In the order of time, both kinds together: `at` since the beginning. What goes back in time is
  // moved up to its predecessor.
  void add_picture(Nanos at, Bytes access_unit, bool key);
  void add_sound(Nanos at, Bytes frame);

  // Index and length. The file may then be finished.
  void finish();

  // An upper bound of what the file takes besides the units themselves.
  static std::uint64_t overhead_bytes(std::size_t unit_count) noexcept;

 private:
  struct Cue {
    std::uint64_t time = 0;      // in units
    std::uint64_t position = 0;  // of its cluster, in the segment
  };

  explicit MatroskaWriter(ClipFile& file) noexcept : file_(&file) {}
  void write_head(const Facts& facts, const Ebml& tracks);
  void begin_cluster(std::uint64_t time);
  void end_cluster();
  void begin_block(int track, std::uint64_t time, bool key, std::uint64_t payload_bytes);
  std::uint64_t time_of(Nanos at) noexcept;

  ClipFile* file_;
  Ebml scratch_;
  std::vector<video::NalUnit> nals_;
  std::vector<Cue> cues_;
  std::uint64_t segment_at_ = 0;                 // where its payload begins
  std::uint64_t duration_at_ = 0, cues_at_ = 0;  // values to be put in
  std::optional<std::uint64_t> cluster_at_;      // the one that is open
  std::uint64_t cluster_time_ = 0;
  std::uint64_t last_time_ = 0;
  std::optional<std::uint64_t> last_picture_time_;
};

}  // namespace pf::blackbox
