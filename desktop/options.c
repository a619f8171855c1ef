#include "desktop/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desktop/say.h"

static const char help[] =
    "punktfunk-desktop - a headless Wayland desktop with outputs of exactly the asked size and "
    "rate\n"
    "\n"
    "  punktfunk-desktop [--output WxH@RATE]... [--run-as USER] [-- COMMAND [ARGUMENT...]]\n"
    "\n"
    "      --output WxH@RATE  add an output; RATE is whole Hz or a fraction: 1280x720@60,\n"
    "                         1920x1080@60000/1001 (that is 59.94). Default: 1280x720@60\n"
    "      --run-as USER      as root: become USER before anything else\n"
    "      --folder FOLDER    start COMMAND there\n"
    "      --control-fd N     take orders on this inherited socket (see desktop/protocol.h); the\n"
    "                         host uses it. Without --output there is then none until ordered\n"
    "      --verbose          show what wlroots logs\n"
    "      --help             this text\n"
    "\n"
    "COMMAND, a Wayland or X11 program, is started in the desktop once there is an output and is\n"
    "ended with it. Started by hand with a COMMAND, the desktop ends when the command does, with "
    "its\n"
    "exit status; without one it stays until SIGTERM. It prints the WAYLAND_DISPLAY and DISPLAY to "
    "use.\n"
    "\n"
    "  punktfunk-desktop --output 1920x1080@120 -- foot\n"
    "  WAYLAND_DISPLAY=/run/user/1000/wayland-1 grim picture.png     # look at it from outside\n"
    "\n"
    "Exit status: that of COMMAND, or 0; 1 when the desktop could not start; 2 for a wrong "
    "option.\n";

void pf_options_help(void) { fputs(help, stdout); }

/* Bounds of what an output may be asked for: 8192 x 8192 pixels are 256 MiB a buffer, of which
 * there can be four. */
#define MAX_PIXELS (8192u * 8192u)
#define MAX_RATE_HZ 1000u
#define MAX_RATE_PART 10000000u

const char* pf_mode_problem(const struct pf_mode* mode) {
  if (mode->width_px == 0 || mode->height_px == 0) return "width and height must be at least 1";
  if (mode->width_px > PF_DESKTOP_MAX_SIDE_PX || mode->height_px > PF_DESKTOP_MAX_SIDE_PX)
    return "a side may have at most 16384 pixels";
  if ((uint64_t)mode->width_px * mode->height_px > MAX_PIXELS)
    return "it may have at most 8192 x 8192 pixels";
  if (mode->numerator == 0 || mode->denominator == 0) return "the rate must not be 0";
  if (mode->numerator > MAX_RATE_PART || mode->denominator > MAX_RATE_PART)
    return "numerator and denominator of the rate may be at most 10000000";
  if (mode->numerator < mode->denominator ||
      mode->numerator > (uint64_t)MAX_RATE_HZ * mode->denominator)
    return "the rate must lie between 1 and 1000 Hz";
  return NULL;
}

/* Reads a decimal number and steps over it; false when there is none or it does not fit. */
static bool take_number(const char** text, uint32_t* number) {
  if (**text < '0' || **text > '9') return false;
  char* end;
  errno = 0;
  const unsigned long long value = strtoull(*text, &end, 10);
  if (errno != 0 || value > UINT32_MAX) return false;
  *number = (uint32_t)value;
  *text = end;
  return true;
}

static bool take_char(const char** text, char wanted) {
  if (**text != wanted) return false;
  ++*text;
  return true;
}

static bool parse_mode(const char* text, struct pf_mode* mode) {
  const char* rest = text;
  mode->denominator = 1;
  const bool read = take_number(&rest, &mode->width_px) && take_char(&rest, 'x') &&
                    take_number(&rest, &mode->height_px) && take_char(&rest, '@') &&
                    take_number(&rest, &mode->numerator) &&
                    (!take_char(&rest, '/') || take_number(&rest, &mode->denominator)) &&
                    *rest == '\0';
  if (!read)
    return pf_complain(
        "--output %s: write it as WIDTHxHEIGHT@HZ, as in 1280x720@60 or "
        "1280x720@60000/1001",
        text);
  const char* problem = pf_mode_problem(mode);
  return problem == NULL || pf_complain("--output %s: %s", text, problem);
}

static bool parse_control_fd(const char* text, int* fd) {
  uint32_t number;
  const char* rest = text;
  if (!take_number(&rest, &number) || *rest != '\0' || number > 1000000)
    return pf_complain("--control-fd %s: that is no descriptor number", text);
  *fd = (int)number;
  return true;
}

static bool add_output(struct pf_options* options, const char* text) {
  if (options->output_count == PF_DESKTOP_MAX_OUTPUTS)
    return pf_complain("--output %s: %u outputs are the most", text, PF_DESKTOP_MAX_OUTPUTS);
  return parse_mode(text, &options->outputs[options->output_count]) && ++options->output_count;
}

enum pf_options_result pf_options_parse(struct pf_options* options, int argc, char** argv) {
  enum { OUTPUT = 1, RUN_AS, FOLDER, CONTROL_FD, VERBOSE, HELP };
  static const struct option known[] = {{"output", required_argument, NULL, OUTPUT},
                                        {"run-as", required_argument, NULL, RUN_AS},
                                        {"folder", required_argument, NULL, FOLDER},
                                        {"control-fd", required_argument, NULL, CONTROL_FD},
                                        {"verbose", no_argument, NULL, VERBOSE},
                                        {"help", no_argument, NULL, HELP},
                                        {NULL, 0, NULL, 0}};
  *options = (struct pf_options){.control_fd = -1};
  /* "+": options end at the first word that is none, so that those of COMMAND are its own. */
  for (int option; (option = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
    bool ok = true;
    switch (option) {
      case OUTPUT:
        ok = add_output(options, optarg);
        break;
      case RUN_AS:
        options->run_as = optarg;
        break;
      case FOLDER:
        options->folder = optarg;
        break;
      case CONTROL_FD:
        ok = parse_control_fd(optarg, &options->control_fd);
        break;
      case VERBOSE:
        options->verbose = true;
        break;
      case HELP:
        return PF_OPTIONS_HELP;
      default:
        ok = false; /* getopt_long has said why */
    }
    if (!ok) return PF_OPTIONS_WRONG;
  }
  if (optind < argc) options->command = argv + optind;
  if (options->output_count == 0 && options->control_fd < 0)
    options->outputs[options->output_count++] = (struct pf_mode){1280, 720, 60, 1};
  return PF_OPTIONS_OK;
}
