#include "host/encode/part_writer.h"

namespace pf::encode {

void PartWriter::begin(FrameId id, bool answers_loss, const PictureStamps& stamps,
                       PartSink& sink) noexcept {
  part_ = {.id = id,
           .first = true,
           .captured_at = stamps.captured_at,
           .delivered_at = stamps.delivered_at,
           .submitted_at = stamps.submitted_at};
  sink_ = &sink;
  answers_loss_ = answers_loss;
  pending_bytes_ = 0;
  last_count_ = 0;
}

std::byte* PartWriter::room(std::size_t most_bytes) {
  const std::size_t needed = pending_bytes_ + most_bytes;
  if (pending_.size() < needed) pending_.resize(needed + needed / 2);
  return pending_.data() + pending_bytes_;
}

void PartWriter::send(bool idr, bool last) noexcept {
  part_.bytes = {pending_.data(), pending_bytes_};
  part_.idr = idr;
  part_.recovery_anchor = answers_loss_ && !idr;
  part_.last = last;
  sink_->on_part(part_);
  part_.first = false;
  pending_bytes_ = 0;
  last_count_ += last ? 1 : 0;
}

bool PartWriter::finish() noexcept {
  sink_ = nullptr;
  return last_count_ == 1 && pending_bytes_ == 0;
}

}  // namespace pf::encode
