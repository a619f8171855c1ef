#include "host/app/admin_commands.h"

#include <sys/signalfd.h>
#include <unistd.h>
#include <csignal>

#include <cstdio>

#include "core/runtime/doorbell.h"
#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "host/admin/admin_link.h"
#include "host/app/admin_tables.h"
#include "host/app/admin_talk.h"
#include "host/app/logs_command.h"
#include "host/app/options.h"
#include "host/app/pin_command.h"

namespace pf::app {
namespace {

using admin::AdminLink;
using Json = nlohmann::ordered_json;

constexpr milliseconds kAskEvery{250};
// A device that has taken the PIN proves it within a few seconds, or is given up by the host.
constexpr Nanos kProofPatience = seconds(30);

// From the PIN to what came of it.
class PairingWait {
 public:
  PairingWait(AdminLink& link, const AdminCommand& command, const Json& armed)
      : link_(link), json_(command.json), arming_(armed.value("arming", Json())) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signals_ = UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  int run() {
    for (;;) {
      const auto answer = link_.ask("pairing", Json::object());
      if (!answer) return complain(answer.error());
      if (!*answer) return complain(answer->error());
      if (const auto exit_code = look_at(**answer)) return *exit_code;
      if (!bell_.wait_with(signals_.get(), kAskEvery)) continue;
      (void)link_.ask("disarm", Json::object());
      return complain(kExitFailed, "pairing was called off, and the PIN is void");
    }
  }

 private:
  // nullopt: nothing has come of it yet.
  std::optional<int> look_at(const Json& status) {
    const Json last = status.value("last", Json()), armed = status.value("armed", Json());
    if (last.is_object() && last["arming"] == arming_) return ended(last);
    if (armed.is_object() && armed["arming"] == arming_) {
      left_s_ = armed.value("left_s", Json()).is_null() ? -1 : armed["left_s"].get<std::int64_t>();
      show_countdown();
      return std::nullopt;
    }
    clear_countdown();
    if (armed.is_object())
      return complain(kExitRefused, "another PIN was made meanwhile, and this one is void");
    // It was taken, and the device proves that it knows it; or its time was over.
    if (left_s_ <= 1 && left_s_ >= 0)
      return complain(kExitNotPaired, "nobody used the PIN in time: run punktfunk-host pair again");
    if (!taken_) taken_ = clock_.now();
    if (clock_.now() - *taken_ < kProofPatience) return std::nullopt;
    return complain(kExitNotPaired, "the PIN was called off");
  }

  int ended(const Json& last) {
    clear_countdown();
    const std::string outcome = last.value("outcome", std::string());
    const std::string name = last.value("name", std::string());
    if (json_) say(last.dump() + "\n");
    if (outcome == "paired") {
      if (!json_) say(fmt::format("Paired with \"{}\".\n", name));
      return kExitDone;
    }
    if (outcome == "not_saved") {
      return complain(kExitFailed,
                      fmt::format("\"{}\" knew the PIN, but the list of devices could not be "
                                  "saved: is the disk full?",
                                  name));
    }
    return complain(kExitNotPaired,
                    fmt::format("\"{}\" did not know the PIN, which is void now: run "
                                "punktfunk-host pair again",
                                name));
  }

  void show_countdown() {
    if (json_ || left_s_ < 0 || isatty(STDERR_FILENO) == 0) return;
    std::fprintf(stderr, "\rwaiting for the device: %s left   ", span_text(left_s_).c_str());
    shown_ = true;
  }
  void clear_countdown() {
    if (std::exchange(shown_, false)) std::fputs("\r\x1b[K", stderr);
  }

  AdminLink& link_;
  const bool json_;
  const Json arming_;
  const SystemClock clock_;
  Doorbell bell_;
  UniqueFd signals_;
  std::int64_t left_s_ = -1;  // below 0: for ever
  std::optional<LocalTime> taken_;
  bool shown_ = false;
};

int show_pin(AdminLink& link, const AdminCommand& command, const Json& armed) {
  const std::string pin = armed.value("pin", std::string());
  if (command.json) {
    say(armed.dump() + "\n");
  } else {
    std::string spaced;
    for (const char digit : pin) spaced += fmt::format("{} ", digit);
    const Json left = armed.value("left_s", Json());
    say(fmt::format(
        "\n      PIN   {}\n\nGood for one attempt{}. On the other machine: punktfunk "
        "pair THIS-HOST\n\n",
        spaced,
        left.is_null() ? std::string() : ", within " + span_text(left.get<std::int64_t>())));
  }
  return command.wait ? PairingWait(link, command, armed).run() : kExitDone;
}

}  // namespace

int run_admin(const AdminCommand& command) {
  auto link = open_link(command);
  if (!link) return complain(link.error());
  if (command.request == "pin") return run_pin(*link, command);
  if (command.request == "logs") return run_logs(*link, command);
  auto answer = link->ask(command.request, command.arguments);
  if (!answer) return complain(answer.error());
  if (!*answer) return complain(answer->error());
  Json& told = **answer;

  if (command.request == "pair") return show_pin(*link, command, told);
  if (command.request == "status") {
    const auto pairing = link->ask("pairing", Json::object());
    if (pairing && *pairing) told["pairing"] = **pairing;
  }
  say(command.json ? told.dump(2) + "\n" : answer_text(command.request, told));
  return kExitDone;
}

}  // namespace pf::app
