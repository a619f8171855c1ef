/* For builds with AddressSanitizer. Two leaks of wlroots 0.15 that are not ours: it frees the
 * globals it took back only after five seconds, which we do not live to see, and the keyboard of a
 * virtual keyboard never. Neither has a name to be told by, so its allocations are left out as a
 * whole. */
const char* __lsan_default_suppressions(void);
const char* __lsan_default_options(void);

const char* __lsan_default_suppressions(void) { return "leak:libwlroots.so\n"; }

const char* __lsan_default_options(void) { return "print_suppressions=0"; }
