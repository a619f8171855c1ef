#include "host/native/gatekeeper.h"

namespace pf::native {

Gatekeeper::Gatekeeper(trust::TrustRegistry& trust, bool open, const Visitor& visitor)
    : trust_(trust), open_(open), visitor_(visitor), seen_changes_(trust.change_count()) {
  if (visitor_.fingerprint) access_ = trust_.access_of(*visitor_.fingerprint);
}

Gatekeeper::~Gatekeeper() {
  if (knock_) trust_.leave(*knock_);
}

control::HostSessionParams Gatekeeper::admission(const control::SessionClock& clock) const {
  const control::AccessTerms terms =
      access_ && !open_ ? terms_of(*access_) : control::AccessTerms{};
  return {.open = open_,
          .has_identity = visitor_.fingerprint.has_value(),
          .paired = access_.has_value(),
          .grants = terms.grants,
          .access_until = terms.until,
          .clock = clock};
}

// A clock that is set while the session runs moves the end only when the access is next changed.
control::AccessTerms Gatekeeper::terms_of(const trust::Access& access) const {
  control::AccessTerms terms{.grants = access.grants, .until = std::nullopt};
  if (access.expires_at) {
    terms.until = LocalTime(access.expires_at->since_epoch() - visitor_.wire_offset);
  }
  return terms;
}

std::optional<control::ApprovalRefused> Gatekeeper::knock(std::string_view device_name,
                                                          LocalTime now) {
  auto knock = trust_.knock(*visitor_.fingerprint, device_name, visitor_.remote, now);
  if (!knock) {
    return control::ApprovalRefused{message::CloseCode::busy, std::move(knock).error().what};
  }
  knock_ = *knock;
  return std::nullopt;
}

void Gatekeeper::on_streaming(LocalTime now) {
  if (visitor_.fingerprint) {
    trust_.seen(*visitor_.fingerprint, WireTime(now.since_epoch() + visitor_.wire_offset));
  }
}

std::optional<control::HostSession::Input> Gatekeeper::poll() {
  const std::uint64_t changes = trust_.change_count();
  if (changes == seen_changes_ || open_ || !visitor_.fingerprint) return std::nullopt;
  seen_changes_ = changes;
  if (knock_) return answer_to_knock();
  const auto access = trust_.access_of(*visitor_.fingerprint);
  if (access == access_) return std::nullopt;
  access_ = access;
  if (!access) return control::AccessRevoked{};
  return control::AccessChanged{terms_of(*access)};
}

std::optional<control::HostSession::Input> Gatekeeper::answer_to_knock() {
  const auto answer = trust_.take_answer(*knock_);
  if (!answer) return std::nullopt;
  knock_.reset();
  if (!answer->approved) return control::ApprovalRefused{answer->refusal, ""};
  access_ = *answer->approved;
  return control::Approved{terms_of(*access_)};
}

}  // namespace pf::native
