// What sessions do, translated: arguments in, C++ called, answers out.
#include "core/abi/session.h"
#include "core/abi/system.h"

namespace pf::abi {
namespace {

PunktfunkStatus to_c(endpoint::Submitted submitted) noexcept {
  switch (submitted) {
    case endpoint::Submitted::sent:
      return PUNKTFUNK_STATUS_OK;
    case endpoint::Submitted::too_large:
      return PUNKTFUNK_STATUS_INVALID_ARG;
    case endpoint::Submitted::unprotectable:
      return PUNKTFUNK_STATUS_FEC;
    case endpoint::Submitted::unreachable:
      return PUNKTFUNK_STATUS_IO;
  }
  return PUNKTFUNK_STATUS_PANIC;
}

PunktfunkFrame to_c(const video::ReassembledFrame& frame) noexcept {
  return {.data = reinterpret_cast<const std::uint8_t*>(frame.bytes.data()),
          .len = frame.bytes.size(),
          .frame_index = static_cast<std::uint32_t>(value(frame.id)),
          .pts_ns = static_cast<std::uint64_t>(frame.pts.ns()),
          .flags = frame.flags,
          .received_ns = since_unix_epoch(frame.last_received_at)};
}

PunktfunkInputEvent to_c(const message::InputEvent& event) noexcept {
  return {.kind = static_cast<std::uint8_t>(event.kind),
          ._pad = {},
          .code = event.code,
          .x = event.x,
          .y = event.y,
          .flags = event.flags};
}

PunktfunkStats to_c(const endpoint::MediaCounters& counters) noexcept {
  return {.frames_submitted = counters.frames_submitted,
          .frames_completed = counters.frames_completed,
          .frames_dropped = counters.frames_dropped,
          .packets_sent = counters.packets_sent,
          .packets_received = counters.packets_received,
          .packets_dropped = counters.packets_dropped,
          .packets_send_dropped = counters.packets_refused,
          .fec_recovered_shards = counters.recovered_shards,
          .bytes_sent = counters.bytes_sent,
          .bytes_received = counters.bytes_received};
}

void call_back(Session& session, const message::InputEvent& event) {
  PunktfunkInputCb callback = nullptr;
  void* user = nullptr;
  {
    const std::lock_guard lock(session.callback_mutex);
    callback = session.input_callback;
    user = session.input_user;
  }
  const PunktfunkInputEvent given = to_c(event);
  if (callback != nullptr) callback(&given, user);
}

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_host_submit_frame(PunktfunkSession* s, const uint8_t* data,
                                                       uintptr_t len, uint64_t pts_ns,
                                                       uint32_t flags) {
  return guarded(s, &Session::out, [&](Session& session) {
    if (!session.host) return PUNKTFUNK_STATUS_INVALID_ARG;
    if (data == nullptr && len > 0) return PUNKTFUNK_STATUS_NULL_POINTER;
    const pf::Bytes access_unit(reinterpret_cast<const std::byte*>(data), len);
    const pf::WireTime pts(pf::Nanos(static_cast<std::int64_t>(pts_ns)));
    return to_c(session.host->submit(access_unit, pts, flags));
  });
}

extern "C" PunktfunkStatus punktfunk_client_poll_frame(PunktfunkSession* s, PunktfunkFrame* out) {
  return guarded(s, &Session::in, [&](Session& session) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (!session.client) return PUNKTFUNK_STATUS_INVALID_ARG;
    if (const auto* frame = session.client->poll_frame()) {
      *out = to_c(*frame);
      return PUNKTFUNK_STATUS_OK;
    }
    return session.door().broken() ? PUNKTFUNK_STATUS_IO : PUNKTFUNK_STATUS_NO_FRAME;
  });
}

extern "C" PunktfunkStatus punktfunk_send_input(PunktfunkSession* s,
                                                const PunktfunkInputEvent* ev) {
  return guarded(s, &Session::out, [&](Session& session) {
    if (ev == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (!session.client || ev->kind >= pf::message::kInputKinds)
      return PUNKTFUNK_STATUS_INVALID_ARG;
    const bool reachable = session.client->send_input({.kind = pf::message::InputKind{ev->kind},
                                                       .code = ev->code,
                                                       .x = ev->x,
                                                       .y = ev->y,
                                                       .flags = ev->flags});
    return reachable ? PUNKTFUNK_STATUS_OK : PUNKTFUNK_STATUS_IO;
  });
}

extern "C" PunktfunkStatus punktfunk_set_input_callback(PunktfunkSession* s, PunktfunkInputCb cb,
                                                        void* user) {
  return guarded(s, [&](Session& session) {
    if (!session.host) return PUNKTFUNK_STATUS_INVALID_ARG;
    const std::lock_guard lock(session.callback_mutex);
    session.input_callback = cb;
    session.input_user = user;
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" int32_t punktfunk_host_poll_input(PunktfunkSession* s) {
  // A peer that sends without end must not keep the caller; the rest comes with the next call.
  constexpr int32_t kMaxEvents = 4096;
  int32_t count = 0;
  const PunktfunkStatus status = guarded(s, &Session::in, [&](Session& session) {
    if (!session.host) return PUNKTFUNK_STATUS_INVALID_ARG;
    while (count < kMaxEvents) {
      const auto event = session.host->poll_input();
      if (!event) break;
      ++count;
      call_back(session, *event);
    }
    const bool broken = count == 0 && session.door().broken();
    return broken ? PUNKTFUNK_STATUS_IO : PUNKTFUNK_STATUS_OK;
  });
  return status == PUNKTFUNK_STATUS_OK ? count : status;
}

extern "C" PunktfunkStatus punktfunk_get_stats(PunktfunkSession* s, PunktfunkStats* out) {
  return guarded(s, [&](Session& session) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    *out = to_c(session.door().counters());
    return PUNKTFUNK_STATUS_OK;
  });
}
