// All that is recorded of a session while it runs: the last minute and more of every picture, with
// no more work than a few dozen stores for each. Always there; nobody has to switch it on.
//
// Memory: 4 rings of RowRing::kMaxRows rows, 7 MB once all are full. Shared by the session that
// writes and the recorder that reads, and which may outlive the session: nobody else keeps it.
#pragma once

#include <atomic>

#include "host/recorder/row_ring.h"
#include "host/recorder/rows.h"

namespace pf::recorder {

class SessionTrace {
 public:
  // Each by its thread.
  void add(const PictureRow& row) noexcept { pictures_.add(row); }  // video thread
  void add(const FrameRow& row) noexcept { frames_.add(row); }      // send thread
  void add(const ClientRow& row) noexcept { clients_.add(row); }    // control thread
  void add(const LossRow& row) noexcept { losses_.add(row); }       // control thread

  // Any thread.
  const RowRing<PictureRow>& pictures() const noexcept { return pictures_; }
  const RowRing<FrameRow>& frames() const noexcept { return frames_; }
  const RowRing<ClientRow>& clients() const noexcept { return clients_; }
  const RowRing<LossRow>& losses() const noexcept { return losses_; }

 private:
  RowRing<PictureRow> pictures_;
  RowRing<FrameRow> frames_;
  RowRing<ClientRow> clients_;
  RowRing<LossRow> losses_;
};

}  // namespace pf::recorder
