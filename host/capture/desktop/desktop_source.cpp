#include "host/capture/desktop/desktop_source.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "host/capture/damage.h"

namespace pf::capture::desktop {
namespace {

constexpr Nanos kFirstPicturePatience = seconds(2);
// A desktop that keeps its word lends two buffers at a time; this bounds one that floods us.
constexpr int kMaxPacketsATime = 64;

struct Packet {
  alignas(8) std::array<std::byte, sizeof(pf_capture_frame) + 1> bytes;
  std::size_t size = 0;
  UniqueFd memfd;
};

// Empty: nothing there. `lost`: the other end has closed.
Result<std::optional<Packet>> receive(int channel) {
  Packet packet;
  iovec part{packet.bytes.data(), packet.bytes.size()};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))];
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = space;
  header.msg_controllen = sizeof space;
  const ssize_t got = recvmsg(channel, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (got <= 0) return fail(ErrorKind::lost, "punktfunk-desktop closed the capture channel");
  packet.size = static_cast<std::size_t>(got);
  for (cmsghdr* rights = CMSG_FIRSTHDR(&header); rights != nullptr;
       rights = CMSG_NXTHDR(&header, rights)) {
    if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    packet.memfd.reset(fd);
  }
  return packet;
}

}  // namespace

Result<std::unique_ptr<DesktopSource>> DesktopSource::open(UniqueFd channel, const Clock& clock) {
  std::unique_ptr<DesktopSource> source(new DesktopSource(std::move(channel), clock));
  Doorbell nobody_rings;
  nobody_rings.wait_with(source->channel_.get(), kFirstPicturePatience);
  PF_TRY_VOID(source->take_all());
  if (!source->newest_)
    return fail(ErrorKind::timed_out, "punktfunk-desktop sent no picture within 2 s");
  return source;
}

Result<std::optional<RawFrame>> DesktopSource::next(Doorbell& bell, Nanos patience) {
  PF_TRY_VOID(take_all());
  if (!newest_ && bell.wait_with(channel_.get(), patience)) PF_TRY_VOID(take_all());
  if (!newest_) return std::nullopt;
  const Picture picture = *newest_;
  newest_.reset();
  RawFrame frame;
  frame.image = {.pixels = picture.buffer->memory.data(),
                 .size_px = format_.size_px,
                 .stride_bytes = picture.stride_bytes,
                 .format = format_.format};
  // Both stamps are of one clock; a commit that seems to lie ahead of us is a lie and must not
  // yield a negative age.
  frame.captured_at = std::min(picture.committed_at, picture.delivered_at);
  frame.delivered_at = picture.delivered_at;
  frame.drawn_at = std::min(picture.drawn_at, frame.captured_at);
  frame.compositor_late = picture.compositor_late;
  frame.damage_px = picture.damage_px;
  frame.lease = FrameLease(give_back_lease, this,
                           static_cast<std::uint64_t>(picture.buffer - buffers_.data()));
  return std::optional<RawFrame>(std::move(frame));
}

Result<void> DesktopSource::take_all() {
  for (int i = 0; i < kMaxPacketsATime; ++i) {
    PF_TRY(const bool took, take_one());
    if (!took) return {};
  }
  return fail(ErrorKind::malformed, "punktfunk-desktop floods the capture channel");
}

// False when there was nothing.
Result<bool> DesktopSource::take_one() {
  PF_TRY(auto packet, receive(channel_.get()));
  if (!packet) return false;
  PF_TRY(const ChannelNews news, parse_channel_message(Bytes(packet->bytes).first(packet->size)));
  if (std::holds_alternative<OutputGone>(news))
    return fail(ErrorKind::lost, "the captured output has been removed");
  PF_TRY_VOID(accept(std::get<FrameNews>(news), std::move(packet->memfd)));
  return true;
}

Result<void> DesktopSource::accept(const FrameNews& news, UniqueFd memfd) {
  const bool first = buffer_count_ == 0;
  if (!first && news.size_px != format_.size_px)
    return fail(ErrorKind::lost, "the captured output is now {}x{} pixels", news.size_px.width,
                news.size_px.height);
  format_.size_px = news.size_px;
  PF_TRY(auto* buffer, find_buffer(news, std::move(memfd)));
  if (buffer->lent)
    return fail(ErrorKind::malformed, "the capture channel lent buffer {} twice", news.buffer);
  buffer->lent = true;
  Picture picture{.buffer = buffer,
                  .stride_bytes = news.stride_bytes,
                  .committed_at = news.committed_at,
                  .delivered_at = clock_.now(),
                  .drawn_at = news.drawn_at,
                  .compositor_late = news.late,
                  .damage_px = news.damage_px};
  if (newest_) {
    picture.drawn_at = std::max(picture.drawn_at, newest_->drawn_at);
    picture.compositor_late = std::max(picture.compositor_late, newest_->compositor_late);
    add_damage(picture.damage_px, newest_->damage_px);
    give_back(*newest_->buffer);
  }
  newest_ = picture;
  return {};
}

Result<DesktopSource::Buffer*> DesktopSource::find_buffer(const FrameNews& news, UniqueFd memfd) {
  const auto end = buffers_.begin() + static_cast<std::ptrdiff_t>(buffer_count_);
  const auto known = std::find_if(buffers_.begin(), end, [&news](const Buffer& buffer) {
    return buffer.number == news.buffer;
  });
  const bool is_new = known == end;
  if (is_new != news.brings_memory || is_new != static_cast<bool>(memfd))
    return fail(ErrorKind::malformed, "the capture channel named buffer {} {}", news.buffer,
                is_new ? "without its memory" : "with new memory");
  if (is_new && buffer_count_ == buffers_.size())
    return fail(ErrorKind::malformed, "the capture channel passed more than {} buffers",
                buffers_.size());
  if (is_new) {
    PF_TRY(known->memory, PictureMemory::map(std::move(memfd), news.memory_bytes));
    known->number = news.buffer;
    ++buffer_count_;
  }
  if (known->memory.size_bytes() != news.memory_bytes)
    return fail(ErrorKind::malformed, "the capture channel changed the size of buffer {}",
                news.buffer);
  return &*known;
}

void DesktopSource::give_back(Buffer& buffer) noexcept {
  buffer.lent = false;
  const pf_capture_release message{PF_CAPTURE_RELEASE, buffer.number};
  // It fails only when the desktop has gone, which the next look at the channel finds out.
  send(channel_.get(), &message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void DesktopSource::give_back_lease(void* source, std::uint64_t buffer_index) noexcept {
  auto* self = static_cast<DesktopSource*>(source);
  self->give_back(self->buffers_[buffer_index]);
}

}  // namespace pf::capture::desktop
