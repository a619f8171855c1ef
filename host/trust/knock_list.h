// Devices that are not paired and ask to be let in: the operator's list, and the answer for each
// connection that waits for it.
//
// A knock stays in the list for ten minutes, longer than its connection waits (180 s), so that the
// operator may still say yes and the device finds itself paired when it returns. Pure: time is an
// argument. Owned by TrustRegistry. Source: docs/protocol/punktfunk1.md section 8.6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/message/close_code.h"
#include "host/trust/device.h"

namespace pf::trust {

// One knock; a device that knocks again gets a new one. Not used again while the host runs.
enum class KnockId : std::uint64_t {};

struct Knock {
  KnockId id{};
  Fingerprint fingerprint{};
  std::string name;  // printable
  Endpoint from;
  LocalTime since;
  bool waiting = true;  // its connection is still there
};

// How it ended for the connection that waits.
struct KnockAnswer {
  std::optional<Access> approved;  // none: refused, with this code
  message::CloseCode refusal = message::CloseCode::denied;
};

class KnockList {
 public:
  static constexpr std::size_t kMaxKnocks = 32;  // more than an operator reads
  static constexpr std::size_t kMaxKnocksPerAddress = 4;
  static constexpr Nanos kLifetime = std::chrono::minutes(10);

  // A knock of the same device is superseded. When a bound is reached the oldest one that nobody
  // waits for gives way; `exhausted` when all are waited for.
  Result<KnockId> add(const Fingerprint& device, std::string name, const Endpoint& from,
                      LocalTime now);
  // The connection has gone.
  void leave(KnockId id) noexcept;

  std::vector<Knock> list(LocalTime now) const;
  const Knock* find(KnockId id, LocalTime now) const noexcept;  // nullptr: not in the list

  // Takes the knock from the list and answers its connection, if one waits.
  void approve(const Fingerprint& device, const Access& access);
  void deny(KnockId id);

  // The answer for a waiting connection; once. Empty: none yet.
  std::optional<KnockAnswer> take_answer(KnockId id);

 private:
  struct Answered {
    KnockId id;
    KnockAnswer answer;
  };
  void answer(std::vector<Knock>::iterator at, KnockAnswer answer);
  void forget_old(LocalTime now);
  bool make_room(std::size_t bound, const Endpoint* address);

  std::vector<Knock> knocks_;  // oldest first
  // Not yet taken: at most one for each connection that waits, so the door's bound is theirs.
  std::vector<Answered> answers_;
  std::uint64_t last_id_ = 0;
};

}  // namespace pf::trust
