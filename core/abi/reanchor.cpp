// The re-anchor gate's calls, translated.
#include "core/abi/guard.h"
#include "core/abi/system.h"
#include "core/control/reanchor_gate.h"
#include "core/message/packet.h"

namespace pf::abi {
namespace {

HandleTable<control::ReanchorGate>& gates() {
  static HandleTable<control::ReanchorGate>& table = *new HandleTable<control::ReanchorGate>;
  return table;
}

LocalTime now() { return system_clock().now(); }

control::FrameArrived arrived(std::uint32_t flags, bool decoder_keyframe) noexcept {
  namespace bits = message::frame_flags;
  return {.frame = 0,
          .keyframe = decoder_keyframe || (flags & bits::kKeyFrame) != 0,
          .recovery_anchor = (flags & bits::kRecoveryAnchor) != 0,
          .recovery_point = (flags & bits::kRecoveryPoint) != 0};
}

// A question to the gate, answered into `out` unless that is NULL.
template <class Ask>
PunktfunkStatus ask(const ReanchorGate* handle, bool* out, Ask&& question) noexcept {
  return guarded(gates(), handle, [&](control::ReanchorGate& gate) {
    const bool answer = question(gate);
    if (out != nullptr) *out = answer;
    return PUNKTFUNK_STATUS_OK;
  });
}

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;
using Gate = pf::control::ReanchorGate;

extern "C" ReanchorGate* punktfunk_reanchor_gate_new(uint64_t frames_dropped) {
  try {
    return reinterpret_cast<ReanchorGate*>(gates().insert(std::make_unique<Gate>(frames_dropped)));
  } catch (...) {
    return nullptr;
  }
}

extern "C" void punktfunk_reanchor_gate_free(ReanchorGate* g) {
  if (g != nullptr) gates().close(reinterpret_cast<std::uintptr_t>(g));
}

extern "C" void punktfunk_reanchor_gate_arm(ReanchorGate* g) {
  punktfunk_reanchor_gate_arm_expecting_drops(g, 0);
}

extern "C" void punktfunk_reanchor_gate_arm_expecting_drops(ReanchorGate* g, uint32_t n) {
  guarded(gates(), g, [&](Gate& gate) {
    gate.arm(n, now());
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_reanchor_gate_on_decoded(ReanchorGate* g, uint32_t flags,
                                                              bool decoder_keyframe,
                                                              bool* present) {
  return ask(g, present,
             [&](Gate& gate) { return gate.on_decoded(arrived(flags, decoder_keyframe), now()); });
}

extern "C" PunktfunkStatus punktfunk_reanchor_gate_on_no_output(ReanchorGate* g, bool* request_kf) {
  return ask(g, request_kf, [](Gate& gate) { return gate.on_no_output(now()); });
}

extern "C" PunktfunkStatus punktfunk_reanchor_gate_poll(ReanchorGate* g, uint64_t frames_dropped,
                                                        bool* request_kf) {
  return ask(g, request_kf, [&](Gate& gate) { return gate.poll(frames_dropped, now()); });
}

extern "C" PunktfunkStatus punktfunk_reanchor_gate_is_holding(const ReanchorGate* g,
                                                              bool* holding) {
  if (g == nullptr && holding != nullptr) *holding = false;
  return ask(g, holding, [](Gate& gate) { return gate.holding(); });
}
