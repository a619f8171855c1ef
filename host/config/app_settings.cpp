#include "host/config/app_settings.h"

#include <algorithm>
#include <array>

namespace pf::config {
namespace {

// As those that a display can have at all (host/plan), so that the file's line is named.
constexpr SizePx kSmallestMode{64, 64};
constexpr SizePx kLargestMode{7680, 4320};
constexpr double kHighestRefreshHz = 480;

bool is_plain(std::string_view text) {
  return text.size() <= kMaxTextBytes && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

bool is_path(std::string_view text) { return is_plain(text) && !text.empty() && text[0] == '/'; }

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

template <class Accept>
bool take_text(const Value& value, Accept accept, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || !accept(*text)) return false;
  into = *text;
  return true;
}

bool assign_name(AppConfig& app, const Value& value) {
  return take_text(
      value,
      [](const std::string& text) {
        return !text.empty() && text.size() <= kMaxAppNameBytes && is_plain(text) &&
               text.front() != ' ' && text.back() != ' ';
      },
      app.name);
}

bool assign_command(AppConfig& app, const Value& value) {
  app.command = command_of(value);
  return !app.command.empty();
}

bool assign_working_folder(AppConfig& app, const Value& value) {
  return take_text(value, is_path, app.working_folder);
}

bool assign_image(AppConfig& app, const Value& value) {
  return take_text(
      value, [](const std::string& text) { return is_path(text) && ends_with(text, ".png"); },
      app.image);
}

bool assign_mode(AppConfig& app, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  const auto mode = parse_display_mode(*text);
  if (!mode) return false;
  const SizePx size = mode->size_px;
  if (size.width < kSmallestMode.width || size.height < kSmallestMode.height ||
      size.width > kLargestMode.width || size.height > kLargestMode.height ||
      mode->refresh.hz() > kHighestRefreshHz)
    return false;
  app.mode = *mode;
  return true;
}

bool assign_ends_session(AppConfig& app, const Value& value) {
  const auto* flag = std::get_if<bool>(&value);
  if (flag != nullptr) app.ends_session = *flag;
  return flag != nullptr;
}

constexpr std::array kAppSettings{
    AppSetting{"name", "", "a text of 1 to 64 bytes without spaces at its ends",
               "What people see and choose; no two are alike.", assign_name},
    AppSetting{"command", "", "a list of texts, the program first",
               "Starts when a client chooses the application, in the session's display and with "
               "the rights of `desktop.run_as`.",
               assign_command},
    AppSetting{"working_folder", "\"\"", "an absolute path",
               "Where it and its prep commands start; empty: where the host started.",
               assign_working_folder},
    AppSetting{"image", "\"\"", "an absolute path that ends with .png",
               "Picture that clients show; 600 by 800 pixels suits them best.", assign_image},
    AppSetting{"mode", "\"\"", "a mode from 64x64 to 7680x4320@480, such as \"1920x1080@60\"",
               "The display's mode, whatever the client asks for; empty: the client's. Moonlight "
               "clients show what they asked for, and keep theirs.",
               assign_mode},
    AppSetting{"ends_session", "true", "true or false",
               "Ends the session once the application has ended by itself; else the empty desktop "
               "stays.",
               assign_ends_session},
};

}  // namespace

std::span<const AppSetting> app_settings() { return kAppSettings; }

const AppSetting* find_app_setting(std::string_view key) {
  const auto found = std::find_if(kAppSettings.begin(), kAppSettings.end(),
                                  [&](const AppSetting& setting) { return setting.key == key; });
  return found == kAppSettings.end() ? nullptr : &*found;
}

std::vector<std::string> command_of(const Value& value) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (texts == nullptr || texts->empty() || texts->size() > kMaxListItems || texts->front().empty())
    return {};
  const bool sound = std::all_of(texts->begin(), texts->end(), [](const std::string& text) {
    return text.size() <= kMaxTextBytes && text.find('\0') == std::string::npos;
  });
  return sound ? *texts : std::vector<std::string>{};
}

}  // namespace pf::config
