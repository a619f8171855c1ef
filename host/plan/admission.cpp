#include "host/plan/admission.h"

namespace pf::plan {

Result<Admission> admit(const AdmissionRules& rules, const std::vector<PresentSession>& present) {
  Admission admission;
  std::vector<const PresentSession*> others;
  for (const PresentSession& session : present) {
    if (session.same_device) {
      admission.replaced.push_back(session.number);
    } else {
      others.push_back(&session);
    }
  }
  if (others.empty()) return admission;
  if (rules.conflict == Conflict::steal) {
    for (const PresentSession* other : others) admission.stolen.push_back(other->number);
    return admission;
  }
  if (rules.conflict == Conflict::reject) {
    const std::string& name = others.front()->device_name;
    return fail(ErrorKind::exhausted, "the host is busy: it streams to {}",
                name.empty() ? "another device" : "\"" + name + "\"");
  }
  if (others.size() >= rules.max_clients) {
    return fail(ErrorKind::exhausted,
                "the host is busy: it serves {} clients at once, and they are here",
                rules.max_clients);
  }
  if (rules.conflict == Conflict::join) admission.joins = others.front()->number;
  return admission;
}

}  // namespace pf::plan
