/* The command line. */
#ifndef PF_DESKTOP_OPTIONS_H
#define PF_DESKTOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desktop/protocol.h"

struct pf_mode {
  uint32_t width_px, height_px;
  uint32_t numerator, denominator; /* Hz */
};

struct pf_options {
  struct pf_mode outputs[PF_DESKTOP_MAX_OUTPUTS];
  uint32_t output_count;
  int control_fd;     /* -1: none, we were started by hand */
  const char* run_as; /* user name; NULL: stay who we are */
  char** command;     /* NULL terminated; NULL: none */
  const char* folder; /* where the command starts; NULL: here */
  bool verbose;
};

enum pf_options_result { PF_OPTIONS_OK, PF_OPTIONS_HELP, PF_OPTIONS_WRONG };

/* Borrows from `argv`. Says what is wrong. */
enum pf_options_result pf_options_parse(struct pf_options* options, int argc, char** argv);

void pf_options_help(void);

/* NULL when the mode can be had, else what is wrong with it. */
const char* pf_mode_problem(const struct pf_mode* mode);

#endif
