#include "host/app/pin_command.h"

#include <unistd.h>

#include <iostream>
#include <string>
#include <thread>

#include "host/app/admin_tables.h"
#include "host/app/admin_talk.h"
#include "host/app/json_text.h"
#include "host/app/options.h"

namespace pf::app {
namespace {

using admin::AdminLink;
using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kAskPinEvery{100};
// The host gives a client 30 s for each of the three steps that follow the PIN.
constexpr std::chrono::seconds kPinPatience{95};

int ended(const AdminCommand& command, const Json& last) {
  if (command.json) say(last.dump() + "\n");
  const std::string outcome = json_text(last, "outcome"), name = json_text(last, "name");
  if (outcome == "paired") {
    if (!command.json) say(fmt::format("Paired with \"{}\".\n", name));
    return kExitDone;
  }
  if (outcome == "not_saved") return complain(kExitFailed, json_text(last, "why"));
  return complain(kExitNotPaired,
                  outcome == "wrong_pin"
                      ? fmt::format("the PIN was wrong: begin pairing again on {}", name)
                      : fmt::format("{} went away, most likely because the PIN was wrong: begin "
                                    "pairing again there",
                                    name));
}

int wait_for_outcome(AdminLink& link, const AdminCommand& command, const Json& ticket) {
  const auto until = std::chrono::steady_clock::now() + kPinPatience;
  while (std::chrono::steady_clock::now() < until) {
    const auto answer = link.ask("pairing", Json::object());
    if (!answer) return complain(answer.error());
    if (!*answer) return complain(answer->error());
    const Json last = (*answer)->value("last_pin", Json());
    if (last.is_object() && last["ticket"] == ticket) return ended(command, last);
    std::this_thread::sleep_for(kAskPinEvery);
  }
  return complain(kExitNotPaired, "the client did not go on: begin pairing again there");
}

// Empty: it does.
std::string why_not_served(AdminLink& link) {
  const auto status = link.ask("status", Json::object());
  if (!status || !*status || !(*status)->value("gamestream", Json()).is_null()) return {};
  return "this host does not serve Moonlight clients: punktfunk-host serve --gamestream";
}

// Lists who waits, and asks for the PIN where somebody can type it. Empty: nobody can, or did.
std::string ask_person(const Json& pairing) {
  const Json waiting = pairing.value("pins", Json::array());
  say(waiting.empty() ? "No Moonlight client waits for a PIN: begin pairing there.\n"
                      : pins_text(waiting));
  if (waiting.empty() || isatty(STDIN_FILENO) == 0) return {};
  say("PIN: ");
  std::string pin;
  std::getline(std::cin, pin);
  return pin;
}

}  // namespace

int run_pin(AdminLink& link, const AdminCommand& command) {
  Json arguments = command.arguments;
  if (!arguments.contains("pin")) {
    if (const std::string why = why_not_served(link); !why.empty())
      return complain(kExitRefused, why);
    const auto pairing = link.ask("pairing", Json::object());
    if (!pairing) return complain(pairing.error());
    if (!*pairing) return complain(pairing->error());
    if (command.json) {
      say((*pairing)->value("pins", Json::array()).dump() + "\n");
      return kExitDone;
    }
    const std::string pin = ask_person(**pairing);
    if (pin.empty()) return kExitDone;
    arguments["pin"] = pin;
  }
  const auto entered = link.ask("pin", arguments);
  if (!entered) return complain(entered.error());
  if (!*entered) return complain(entered->error());
  return wait_for_outcome(link, command, (*entered)->value("ticket", Json()));
}

}  // namespace pf::app
