#include "host/config/reference.h"

#include <fmt/format.h>

#include "host/config/app_settings.h"
#include "host/config/settings.h"
#include "host/config/toml_edit.h"

namespace pf::config {
namespace {

std::string default_text(const Setting& setting) {
  return toml_value(value_of(HostConfig{}, setting));
}

const char* words(TakesEffect takes_effect) {
  switch (takes_effect) {
    case TakesEffect::live:
      return "at once";
    case TakesEffect::next_session:
      return "next session";
    case TakesEffect::restart:
      return "restart";
  }
  return "";
}

std::string describe_apps() {
  std::string page =
      "\n## [[app]]\n\n"
      "Applications that clients may choose, one `[[app]]` for each, beside `Desktop`, which is "
      "always there.\n`punktfunk-host apps` lists them. A client of the native protocol names one "
      "when it "
      "connects\n(`punktfunk-probe --launch Steam`).\n\n"
      "| key | default | must be | meaning |\n"
      "|---|---|---|---|\n";
  for (const AppSetting& setting : app_settings()) {
    const std::string default_text =
        setting.default_text.empty() ? "must be given" : fmt::format("`{}`", setting.default_text);
    page += fmt::format("| `{}` | {} | {} | {} |\n", setting.key, default_text, setting.must_be,
                        setting.sentence);
  }
  page += fmt::format(
      "| `prep` | `[]` | a list of at most {} steps `{{ run = [...], undo = [...] }}` | Commands "
      "that change something for the application: each `run` in its order before it starts, each "
      "`undo` in the opposite order after it has ended, once, and only of steps whose `run` went "
      "well; when the host was killed, the next one does it. |\n\n",
      kMaxPrepSteps);
  return page +
         "```toml\n"
         "[[app]]\n"
         "name = \"Steam\"\n"
         "command = [\"steam\", \"-gamepadui\"]\n"
         "image = \"/home/alice/steam.png\"\n"
         "mode = \"1920x1080@60\"\n"
         "prep = [\n"
         "  { run = [\"nvidia-settings\", \"-a\", \"GPUPowerMizerMode=1\"],\n"
         "    undo = [\"nvidia-settings\", \"-a\", \"GPUPowerMizerMode=0\"] },\n"
         "]\n"
         "```\n";
}

}  // namespace

std::string describe() {
  std::string page =
      "# Settings of punktfunk-host\n\n"
      "Made from the table in `host/config/settings.cpp`; a test keeps the two equal.\n\n"
      "The host reads `$XDG_CONFIG_HOME/punktfunk/host.toml` (`~/.config/punktfunk/host.toml`)\n"
      "when it starts, and again whenever it changes; the file need not exist. A key that is not "
      "listed here,\n"
      "or a value outside its range, is an error with its line: a host that starts says so and "
      "ends, one that\n"
      "runs goes on with what it had, and `punktfunk-host status` shows the reason. Any setting "
      "can be given on\n"
      "the command line too, where it wins over the file: `--set video.bitrate_kbps=8000`,\n"
      "`--set desktop.command='[\"foot\", \"-e\", \"top\"]'`.\n\n"
      "`punktfunk-host config set KEY VALUE` and the management API change single values of the "
      "file and leave\n"
      "every other byte of it as it is. A change counts `at once`, for the `next session` that "
      "begins, or at the\n"
      "next `restart` of the host; sessions that run are not disturbed by any. The applications "
      "below count for\n"
      "the next session.\n";
  std::string_view section;
  for (const Setting& setting : settings()) {
    const std::size_t dot = setting.key.find('.');
    if (setting.key.substr(0, dot) != section) {
      section = setting.key.substr(0, dot);
      page += fmt::format(
          "\n## [{}]\n\n| key | default | must be | counts | meaning |\n"
          "|---|---|---|---|---|\n",
          section);
    }
    page += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", setting.key.substr(dot + 1),
                        default_text(setting), requirement(setting), words(setting.takes_effect),
                        setting.sentence);
  }
  return page + describe_apps();
}

}  // namespace pf::config
