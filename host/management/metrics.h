// What /metrics answers: the host in figures, for Prometheus and what speaks like it.
//
// Nothing is counted on the way of a picture for this. The recorder has a row for each of the last
// minutes (host/recorder/row_ring.h); whoever asks has the new ones sorted into histograms then.
// Asked less often than a ring lasts (nine minutes at 60 Hz), a histogram misses some pictures, and
// so do the totals of key frames, bytes and packets; pictures captured and sent are counted whole.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "host/admin/administration.h"
#include "host/management/metric_text.h"

namespace pf::recorder {
class SessionTrace;
}

namespace pf::management {

// One thread.
class Metrics {
 public:
  std::string text(admin::Administration& host);

 private:
  struct Seen {  // of one session's rings
    std::uint64_t frames = 0, clients = 0, losses = 0;
    double loss_ratio = 0;  // of the client's last report
  };
  struct Stages {
    Histogram capture, encode, wait, send, host, arrive, decode, show;
  };

  void take_in(admin::Administration& host);
  void take_in(const recorder::SessionTrace& trace, Seen& seen);
  void write_host(MetricText& out, admin::Administration& host) const;
  void write_sessions(MetricText& out, admin::Administration& host) const;
  void write_pictures(MetricText& out, admin::Administration& host) const;
  void write_sound(MetricText& out, admin::Administration& host) const;
  void write_stills(MetricText& out, admin::Administration& host) const;

  std::map<unsigned, Seen> seen_;  // sessions that the recorder still knows
  Stages stages_;
  std::uint64_t key_frames_ = 0, video_bytes_ = 0, video_packets_ = 0, lost_frames_ = 0;
};

}  // namespace pf::management
