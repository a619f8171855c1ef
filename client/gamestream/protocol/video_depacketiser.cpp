#include "client/gamestream/protocol/video_depacketiser.h"

#include <algorithm>
#include <cstring>

#include "client/gamestream/protocol/h264_key_frame.h"
#include "core/base/check.h"

namespace pf::gamestream_client {
namespace {

constexpr std::size_t kHeaderBytes = 32;  // RTP with extension, then NV's own
constexpr std::size_t kFrameHeaderBytes = 8;
constexpr std::size_t kPacketIndexAt = 16, kFrameIndexAt = 20, kFlagsAt = 24, kBlocksAt = 27,
                      kFecInfoAt = 28;
constexpr std::uint8_t kRtpVersionAndExtension = 0x90;
constexpr std::uint8_t kPictureData = 1, kEndOfBlock = 2, kStartOfBlock = 4;
constexpr std::uint8_t kShortFrameHeader = 0x01;
// Further ones cannot be told from those long past.
constexpr std::uint32_t kMaxFramesAhead = 0x7FFF;

template <class T>
T little_at(Bytes bytes, std::size_t at) noexcept {
  return detail::load<T>(bytes.data() + at, false);
}

// Modulo 2¹⁶, as stock clients compare: is `a` before `b`?
bool before(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int16_t>(a - b) < 0;
}

std::size_t round_up(std::size_t bytes) noexcept { return (bytes + 63) / 64 * 64; }

}  // namespace

VideoDepacketiser::VideoDepacketiser(std::uint16_t packet_size, bool invalidates_references)
    : shard_bytes_(packet_size + std::size_t{16}),
      payload_bytes_(packet_size - std::size_t{16}),
      stride_(round_up(shard_bytes_)),
      invalidates_references_(invalidates_references),
      shards_(std::make_unique<std::byte[]>(stride_ * kMaxShards)) {
  PF_CHECK(packet_size >= kMinPacketSize && packet_size <= kMaxPacketSize);
}

std::optional<VideoFrame> VideoDepacketiser::take(Bytes datagram, LocalTime now) {
  ++counts_.packets;
  const auto header = parse(datagram);
  if (!header) {
    ++counts_.rejected;
    return std::nullopt;
  }
  if (is_late(*header)) {
    // Parity that was not needed is the rule.
    ++(header->shard_index < header->data_count ? counts_.late : counts_.parity);
    return std::nullopt;
  }
  if (header->frame_index - frame_index_ > kMaxFramesAhead) {
    ++counts_.rejected;
    return std::nullopt;
  }
  if (!advance_to(*header)) return std::nullopt;
  if (block_.begun && !fits_block(*header)) {
    ++counts_.rejected;
    return std::nullopt;
  }
  if (!frame_begun_) {
    frame_begun_ = true;
    frame_first_received_ = now;
    frame_timestamp_ = header->timestamp;
    last_block_ = header->last_block;
  }
  if (!block_.begun && !begin_block(*header)) {
    ++counts_.rejected;
    return std::nullopt;
  }
  if (present_[header->shard_index] != 0) {
    ++counts_.duplicates;
    return std::nullopt;
  }
  store(*header, datagram);
  if (block_.received_data + block_.received_parity < block_.data_count) return std::nullopt;
  return finish_block(now);
}

std::optional<VideoDepacketiser::Header> VideoDepacketiser::parse(Bytes datagram) const noexcept {
  // The last data packet may lack its padding.
  if (datagram.size() <= kHeaderBytes || datagram.size() > shard_bytes_) return std::nullopt;
  if (datagram[0] != std::byte{kRtpVersionAndExtension}) return std::nullopt;
  const auto blocks = static_cast<std::uint8_t>(datagram[kBlocksAt]);
  const auto fec = little_at<std::uint32_t>(datagram, kFecInfoAt);
  const Header header{.sequence = detail::load<std::uint16_t>(datagram.data() + 2, true),
                      .timestamp = detail::load<std::uint32_t>(datagram.data() + 4, true),
                      .frame_index = little_at<std::uint32_t>(datagram, kFrameIndexAt),
                      .block_index = static_cast<std::uint8_t>(blocks >> 4 & 3),
                      .last_block = static_cast<std::uint8_t>(blocks >> 6 & 3),
                      .data_count = static_cast<std::uint16_t>(fec >> 22),
                      .shard_index = static_cast<std::uint16_t>(fec >> 12 & 0x3FF),
                      .fec_percent = static_cast<std::uint8_t>(fec >> 4)};
  const std::uint32_t parity_count = (header.data_count * header.fec_percent + 99u) / 100u;
  const std::uint32_t shard_count = header.data_count + parity_count;
  if (header.data_count == 0 || header.shard_index >= shard_count || shard_count > kMaxShards ||
      header.block_index > header.last_block)
    return std::nullopt;
  if (parity_count > 0 && shard_count > fec::kMaxGf8Shards) return std::nullopt;
  return header;
}

bool VideoDepacketiser::is_late(const Header& header) const noexcept {
  return before(header.frame_index, frame_index_) ||
         (header.frame_index == frame_index_ && header.block_index < next_block_) ||
         static_cast<std::int16_t>(header.sequence - oldest_sequence_) < 0;
}

// Makes the packet's frame and block the current ones; false: its frame is lost.
bool VideoDepacketiser::advance_to(const Header& header) {
  if (header.frame_index != frame_index_) {
    if (block_.begun) wish(status_of_block());
    lose_frames(frame_index_, header.frame_index - 1);
    begin_frame(header.frame_index);
  }
  if (header.block_index > next_block_) {  // the block before it never became whole
    lose_current();
    return false;
  }
  return true;
}

bool VideoDepacketiser::begin_block(const Header& header) {
  if (header.last_block != last_block_ || header.timestamp != frame_timestamp_) return false;
  block_ = {.begun = true,
            .shape = header,
            .first_sequence = static_cast<std::uint16_t>(header.sequence - header.shard_index),
            .highest_sequence = header.sequence,
            .data_count = header.data_count,
            .parity_count =
                static_cast<std::uint16_t>((header.data_count * header.fec_percent + 99u) / 100u)};
  std::fill_n(present_.begin(), block_.data_count + block_.parity_count, std::uint8_t{0});
  return true;
}

bool VideoDepacketiser::fits_block(const Header& header) const noexcept {
  return header.data_count == block_.data_count && header.fec_percent == block_.shape.fec_percent &&
         header.last_block == block_.shape.last_block &&
         header.timestamp == block_.shape.timestamp &&
         static_cast<std::uint16_t>(header.sequence - header.shard_index) == block_.first_sequence;
}

void VideoDepacketiser::store(const Header& header, Bytes datagram) noexcept {
  std::byte* const into = shard(header.shard_index);
  std::memcpy(into, datagram.data(), datagram.size());
  std::memset(into + datagram.size(), 0, shard_bytes_ - datagram.size());
  present_[header.shard_index] = 1;
  if (header.shard_index < block_.data_count) {
    ++block_.received_data;
  } else {
    ++block_.received_parity;
    ++counts_.parity;
  }
  if (static_cast<std::int16_t>(header.sequence - block_.highest_sequence) > 0)
    block_.highest_sequence = header.sequence;
}

std::optional<VideoFrame> VideoDepacketiser::finish_block(LocalTime now) {
  const bool repaired = block_.received_data < block_.data_count;
  if (repaired) {
    wish(status_of_block());
    frame_repaired_ = true;
  }
  if ((repaired && !recover_block()) || !append_block()) {
    ++counts_.corrupt_frames;
    block_ = {};
    lose_current();
    return std::nullopt;
  }
  oldest_sequence_ =
      static_cast<std::uint16_t>(block_.first_sequence + block_.data_count + block_.parity_count);
  block_ = {};
  if (next_block_++ < last_block_) return std::nullopt;
  return finish_frame(now);
}

// The code covers whole datagrams as they were before their transport fields (those of RTP, the
// number and blocks of the frame, FEC) were filled in. It works on each column of bytes by itself,
// so those come out as rubbish and the others right.
bool VideoDepacketiser::recover_block() {
  const std::uint32_t shard_count = block_.data_count + std::uint32_t{block_.parity_count};
  const fec::ShardBlock block{.data = shard(0),
                              .parity = shard(block_.data_count),
                              .stride = stride_,
                              .shard_bytes = static_cast<std::uint32_t>(shard_bytes_),
                              .data_count = block_.data_count,
                              .parity_count = block_.parity_count};
  if (!codec_.supports(block) || !codec_.recover(block, std::span(present_).first(shard_count)))
    return false;
  for (std::uint32_t i = 0; i < block_.data_count; ++i) {
    if (present_[i] != 0) continue;
    ++counts_.recovered;
    const Bytes packet(shard(i), shard_bytes_);
    const auto flags = static_cast<std::uint8_t>(packet[kFlagsAt]);
    if ((flags & ~(kPictureData | kEndOfBlock | kStartOfBlock)) != 0) return false;
  }
  return true;
}

// Every data packet of the block is there now; looks at what stock clients look at, and keeps the
// payloads.
bool VideoDepacketiser::append_block() {
  for (std::uint32_t i = 0; i < block_.data_count; ++i) {
    const Bytes packet(shard(i), shard_bytes_);
    const auto flags = static_cast<std::uint8_t>(packet[kFlagsAt]);
    const auto index = little_at<std::uint32_t>(packet, kPacketIndexAt);
    const bool first = i == 0, last = i + 1 == block_.data_count;
    if ((flags & kPictureData) == 0 || ((flags & kStartOfBlock) != 0) != first ||
        ((flags & kEndOfBlock) != 0) != last || (index & 0xFF) != 0)
      return false;
    // One counter numbers both, over data and parity.
    if ((index >> 8 & 0xFFFF) != ((block_.first_sequence + i) & 0xFFFF)) return false;
    frame_payload_.insert(frame_payload_.end(), packet.begin() + kHeaderBytes, packet.end());
  }
  return true;
}

std::optional<VideoFrame> VideoDepacketiser::finish_frame(LocalTime now) {
  VideoFrame frame{.index = frame_index_,
                   .timestamp_90khz = frame_timestamp_,
                   .first_received = frame_first_received_,
                   .received = now};
  if (!read_frame(frame, frame_payload_.size() / payload_bytes_)) {
    ++counts_.corrupt_frames;
    lose_current();
    return std::nullopt;
  }
  ++counts_.frames;
  if (last_block_ > 0) ++counts_.multi_block_frames;
  if (frame_repaired_) ++counts_.repaired_frames;
  begin_frame(frame_index_ + 1);
  if (!may_be_decoded(frame)) {
    ++counts_.withheld_frames;
    return std::nullopt;
  }
  if (frame.key) ++counts_.key_frames;
  return frame;
}

bool VideoDepacketiser::read_frame(VideoFrame& frame, std::size_t packet_count) const {
  ByteReader header(frame_payload_);
  const auto form = header.little<std::uint8_t>();
  frame.host_latency_tenths_ms = header.little<std::uint16_t>();
  const auto kind = header.little<std::uint8_t>();
  const auto last_bytes = header.little<std::uint16_t>();
  const auto reserved = header.little<std::uint16_t>();
  if (form != kShortFrameHeader || reserved != 0 || last_bytes == 0 || last_bytes > payload_bytes_)
    return false;
  if (kind != 1 && kind != 2 && kind != 4 && kind != 5) return false;
  frame.kind = static_cast<FrameKind>(kind);
  const std::size_t used = (packet_count - 1) * payload_bytes_ + last_bytes;
  if (used <= kFrameHeaderBytes) return false;
  const Bytes unit = Bytes(frame_payload_).first(used).subspan(kFrameHeaderBytes);
  const FrameStart start =
      start_of_h264(unit.first(std::min(unit.size(), payload_bytes_ - kFrameHeaderBytes)));
  if (start == FrameStart::malformed) return false;
  frame.key = start == FrameStart::key;
  frame.access_unit.assign(unit.begin(), unit.end());
  return true;
}

bool VideoDepacketiser::may_be_decoded(const VideoFrame& frame) {
  const bool heals = frame.key || frame.kind == FrameKind::intra_refresh_point ||
                     frame.kind == FrameKind::after_invalidation;
  if (frame.key || (!needs_key_ && (!invalid_ || heals))) {
    needs_key_ = false;
    asked_for_key_ = false;
    withheld_in_row_ = 0;
    invalid_.reset();
    return true;
  }
  ++withheld_in_row_;
  if (needs_key_) {
    if (!asked_for_key_ || withheld_in_row_ % kFramesBeforeAsking == 0) ask_for_idr();
  } else {
    invalid_->last = frame.index;
    ++counts_.invalidations;
    wish(*invalid_);
  }
  return false;
}

void VideoDepacketiser::lose_current() {
  if (block_.begun) wish(status_of_block());
  lose_frames(frame_index_, frame_index_);
  begin_frame(frame_index_ + 1);
}

void VideoDepacketiser::lose_frames(std::uint32_t first, std::uint32_t last) {
  counts_.lost_frames += last - first + 1;
  if (needs_key_) {
    // The key frame may have been among them.
    asked_for_key_ = false;
    return;
  }
  if (!invalidates_references_) {
    needs_key_ = true;
    asked_for_key_ = false;
    return;
  }
  if (!invalid_) invalid_ = WantInvalidation{first, last};
  invalid_->last = last;
  ++counts_.invalidations;
  wish(*invalid_);
}

void VideoDepacketiser::begin_frame(std::uint32_t index) {
  frame_index_ = index;
  next_block_ = 0;
  frame_begun_ = false;
  frame_repaired_ = false;
  frame_payload_.clear();
  block_ = {};
}

FecStatus VideoDepacketiser::status_of_block() const noexcept {
  const std::uint32_t shard_count = block_.data_count + std::uint32_t{block_.parity_count};
  std::uint32_t contiguous = 0;
  while (contiguous < shard_count && present_[contiguous] != 0) ++contiguous;
  const std::uint32_t span =
      static_cast<std::uint16_t>(block_.highest_sequence - block_.first_sequence) + 1u;
  const std::uint32_t received = block_.received_data + std::uint32_t{block_.received_parity};
  return {.frame_index = frame_index_,
          .highest_received = block_.highest_sequence,
          .next_contiguous = static_cast<std::uint16_t>(block_.first_sequence + contiguous),
          .missing_before_highest = static_cast<std::uint16_t>(span - std::min(span, received)),
          .data_count = block_.data_count,
          .parity_count = block_.parity_count,
          .received_data = block_.received_data,
          .received_parity = block_.received_parity,
          .fec_percent = block_.shape.fec_percent,
          .block_index = block_.shape.block_index,
          .block_count = static_cast<std::uint8_t>(block_.shape.last_block + 1)};
}

void VideoDepacketiser::wish(VideoWish wish) {
  if (wishes_.size() < kMaxWishes) wishes_.push_back(wish);
}

void VideoDepacketiser::ask_for_idr() {
  asked_for_key_ = true;
  ++counts_.idr_requests;
  wish(WantIdr{});
}

std::optional<VideoWish> VideoDepacketiser::next_wish() {
  if (wishes_.empty()) return std::nullopt;
  const VideoWish first = wishes_.front();
  wishes_.pop_front();
  return first;
}

}  // namespace pf::gamestream_client
