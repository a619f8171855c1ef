#include "host/app/admin_options.h"

#include <charconv>
#include <limits>

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kGrants = "gamepad, pointer, keyboard, clipboard, microphone, launch";

struct IsSpan : CLI::Validator {
  IsSpan() : CLI::Validator("SPAN") {
    func_ = [](const std::string& text) {
      return parse_span(text) ? std::string()
                              : "write a time such as 90s, 5m, 12h or 30d, or never: not " + text;
    };
  }
};

}  // namespace

std::optional<std::chrono::seconds> parse_span(std::string_view text) {
  constexpr std::int64_t kMost_s = std::int64_t{100} * 365 * 24 * 3600;
  if (text == "never") return std::chrono::seconds(0);
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || parsed.ptr + 1 != text.data() + text.size()) return std::nullopt;
  std::int64_t unit_s = 0;
  switch (text.back()) {
    case 's':
      unit_s = 1;
      break;
    case 'm':
      unit_s = 60;
      break;
    case 'h':
      unit_s = 3600;
      break;
    case 'd':
      unit_s = 24 * 3600;
      break;
    default:
      return std::nullopt;
  }
  if (count <= 0 || count > kMost_s / unit_s) return std::nullopt;
  return std::chrono::seconds(count * unit_s);
}

AdminOptions::AdminOptions(CLI::App& app) {
  CLI::App* pair = add(app, "pair", "show a PIN, and wait until a device has paired with it",
                       "  punktfunk-host pair\n"
                       "      then, on the other machine: punktfunk pair THIS-HOST\n"
                       "  punktfunk-host pair --grant gamepad --expires 12h\n"
                       "      a guest who may play until tomorrow, and no more");
  pair->add_option("--for", raw_.lifetime, "how long the PIN is good, at most a day; or never")
      ->type_name("SPAN")
      ->check(IsSpan())
      ->capture_default_str();
  pair->add_option("--device", raw_.only, "only the device with this fingerprint may use it")
      ->type_name("HEX");
  add_access(pair);
  pair->add_flag("--no-wait", raw_.no_wait, "only show the PIN");

  CLI::App* pin = add(app, "pin", "enter the PIN that a Moonlight client shows",
                      "  punktfunk-host pin                 who waits; then asks for the PIN\n"
                      "  punktfunk-host pin 4711 --name \"Anna's tablet\"\n"
                      "  punktfunk-host pin 4711 --device 192.168.1.7 --grant gamepad");
  pin->add_option("pin", raw_.pin, "the four digits")->type_name("PIN");
  pin->add_option("--device", raw_.device,
                  "whose it is when several wait: the address, or the beginning of the fingerprint")
      ->type_name("DEVICE");
  pin->add_option("--name", raw_.name, "what to call the device")->type_name("NAME");
  add_access(pin);

  CLI::App* approve = add(app, "approve", "let a device in that waits for approval",
                          "  punktfunk-host status            who waits\n"
                          "  punktfunk-host approve tablet");
  add_device(approve,
             "the waiting device: its number, its name or the beginning of its fingerprint");
  add_access(approve);
  CLI::App* deny = add(app, "deny", "send a device away that waits for approval",
                       "  punktfunk-host deny tablet");
  add_device(deny, "the waiting device: its number, its name or the beginning of its fingerprint");

  add(app, "devices", "list the paired devices", "  punktfunk-host devices --json");
  CLI::App* access = add(app, "set-access", "change what a paired device may do",
                         "  punktfunk-host set-access tablet --grant pointer --grant keyboard\n"
                         "  punktfunk-host set-access tablet --expires never");
  add_device(access, "a paired device: its name or the beginning of its fingerprint");
  add_access(access);
  CLI::App* sound = add(app, "set-sound", "say where a paired device's sound is heard",
                        "  punktfunk-host set-sound tablet both\n"
                        "      here as well, from its next session on\n"
                        "  punktfunk-host set-sound tablet default\n"
                        "      as the setting audio.play_on says");
  add_device(sound, "a paired device: its name or the beginning of its fingerprint");
  sound->add_option("where", raw_.play_on, "where its sound is heard")
      ->required()
      ->type_name("client|both|host|default")
      ->check(CLI::IsMember({"client", "both", "host", "default"}));
  CLI::App* rename = add(app, "rename", "call a paired device something else",
                         "  punktfunk-host rename 3fa9 \"Anna's tablet\"");
  add_device(rename, "a paired device: its name or the beginning of its fingerprint");
  rename->add_option("name", raw_.name, "what to call it")->required()->type_name("NAME");
  CLI::App* unpair =
      add(app, "unpair", "forget a device, and end its session", "  punktfunk-host unpair tablet");
  add_device(unpair, "a paired device: its name or the beginning of its fingerprint");

  CLI::App* sessions =
      add(app, "sessions", "list who is connected, change a session or end it",
          "  punktfunk-host sessions --stop 3\n"
          "  punktfunk-host sessions --change 3 --mode 1280x720@60 --bitrate 8000");
  sessions->add_option("--stop", raw_.stop, "end the session of this number")
      ->type_name("NUMBER")
      ->check(CLI::Range(1u, std::numeric_limits<std::uint32_t>::max()));
  sessions
      ->add_option("--keyframe", raw_.keyframe, "make a key frame for the session of this number")
      ->type_name("NUMBER");
  CLI::Option* change =
      sessions->add_option("--change", raw_.change, "change the session of this number, as follows")
          ->type_name("NUMBER");
  sessions->add_option("--mode", raw_.mode, "what its screen is to be, such as 1920x1080@60")
      ->type_name("MODE")
      ->needs(change);
  sessions->add_option("--bitrate", raw_.bitrate_kbps, "kbit/s from now on, and never more")
      ->type_name("KBPS")
      ->needs(change);
  CLI::App* token = add(app, "token", "make, list or revoke tokens for the management API",
                        "  punktfunk-host token create backup --scope read --expires 30d\n"
                        "  punktfunk-host token revoke 3fa90c12");
  token->add_option("action", raw_.token_action, "create, list or revoke")
      ->required()
      ->check(CLI::IsMember({"create", "list", "revoke"}));
  token->add_option("token", raw_.token, "create: what it is for; revoke: its id")
      ->type_name("NAME|ID");
  token
      ->add_option("--scope", raw_.scope,
                   "what it may do: read, control (sessions and pairing) or admin (everything)")
      ->check(CLI::IsMember({"read", "control", "admin"}))
      ->capture_default_str();
  token->add_option("--expires", raw_.expires, "when it becomes void: 12h, 30d, never")
      ->type_name("SPAN")
      ->check(IsSpan());
  add(app, "password", "make a new password for the management API; the old one is void",
      "  punktfunk-host password");
  add_logs(app);
  add(app, "settings", "list the settings in force", "  punktfunk-host settings --json");
  add(app, "status", "say what runs here, how its parts are and who waits for approval",
      "  punktfunk-host status --json | jq .health");
}

void AdminOptions::add_logs(CLI::App& app) {
  const auto is_level = CLI::IsMember({"debug", "info", "warning", "error"});
  CLI::App* logs = add(app, "logs", "show what the running host has logged",
                       "  punktfunk-host logs --follow --level warning\n"
                       "  punktfunk-host logs --log-level debug\n"
                       "      the host says more from now on");
  logs->add_flag("--follow,-f", raw_.follow, "go on until interrupted");
  logs->add_option("--level", raw_.level, "show only this and worse")
      ->type_name("LEVEL")
      ->check(is_level);
  logs->add_option("--category", raw_.category, "show only lines whose category begins so")
      ->type_name("NAME");
  logs->add_option("--log-level", raw_.log_level, "have the host log this and worse, until it ends")
      ->type_name("LEVEL")
      ->check(is_level);
}

CLI::App* AdminOptions::add(CLI::App& app, const char* name, const char* sentence,
                            const char* footer) {
  CLI::App* verb = app.add_subcommand(name, sentence);
  verb->group("Administration of a running host");
  verb->add_flag("--json", raw_.json, "for programs: print what the host answered");
  verb->add_option("--socket", raw_.socket,
                   "the running host's socket, when it is not this user's own")
      ->type_name("PATH");
  verb->footer(std::string("Examples:\n") + footer +
               "\n\nExit codes: 0 done, 1 something broke, 2 the command line is wrong, 3 no host "
               "runs,\n4 the host said no, 6 the PIN was wrong or not used in time.");
  verbs_.push_back(verb);
  return verb;
}

void AdminOptions::add_access(CLI::App* verb) {
  verb->add_option("--grant", raw_.grants,
                   std::string("what the device may do, once for each: ") + kGrants +
                       " (all when not given)")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
  verb->add_option("--expires", raw_.expires, "when its access ends: 12h, 30d, never")
      ->type_name("SPAN")
      ->check(IsSpan());
}

void AdminOptions::add_device(CLI::App* verb, const char* sentence) {
  verb->add_option("device", raw_.device, sentence)->required()->type_name("DEVICE");
}

std::optional<AdminCommand> AdminOptions::command() const {
  for (const CLI::App* verb : verbs_) {
    if (!verb->parsed()) continue;
    AdminCommand command{.request = verb->get_name(), .json = raw_.json, .socket = raw_.socket};
    Json& arguments = command.arguments;
    if (!raw_.device.empty()) arguments["device"] = raw_.device;
    if (!raw_.name.empty()) arguments["name"] = raw_.name;
    if (!raw_.pin.empty()) arguments["pin"] = raw_.pin;
    if (!raw_.play_on.empty()) arguments["play_on"] = raw_.play_on;
    if (!raw_.grants.empty()) arguments["grants"] = raw_.grants;
    if (!raw_.expires.empty()) arguments["expires_in_s"] = parse_span(raw_.expires)->count();
    if (command.request == "pair") {
      command.wait = !raw_.no_wait;
      if (!raw_.only.empty()) arguments["device"] = raw_.only;
      const auto lifetime = *parse_span(raw_.lifetime);
      if (lifetime.count() != 0) arguments["lifetime_s"] = lifetime.count();
    }
    if (command.request == "sessions" && raw_.stop != 0) {
      command.request = "stop-session";
      arguments["session"] = raw_.stop;
    }
    if (command.request == "sessions" && raw_.keyframe != 0) {
      command.request = "force-keyframe";
      arguments["session"] = raw_.keyframe;
    }
    if (command.request == "sessions" && raw_.change != 0) {
      command.request = "change-session";
      arguments["session"] = raw_.change;
      if (!raw_.mode.empty()) arguments["mode"] = raw_.mode;
      if (raw_.bitrate_kbps != 0) arguments["bitrate_kbps"] = raw_.bitrate_kbps;
    }
    if (command.request == "logs") {
      command.follow = raw_.follow;
      if (!raw_.level.empty()) arguments["level"] = raw_.level;
      if (!raw_.category.empty()) arguments["category"] = raw_.category;
    }
    if (!raw_.log_level.empty()) {
      command.request = "set-log-level";
      arguments = Json{{"level", raw_.log_level}};
    }
    if (command.request == "password") command.request = "new-password";
    if (command.request == "token") {
      command.request = raw_.token_action == "list" ? "tokens" : "token-" + raw_.token_action;
      if (raw_.token_action == "create") arguments["scope"] = raw_.scope;
      if (!raw_.token.empty())
        arguments[raw_.token_action == "create" ? "name" : "token"] = raw_.token;
    }
    return command;
  }
  return std::nullopt;
}

}  // namespace pf::app
