/* For builds with AddressSanitizer: wlroots frees the
 * globals it took back only after five seconds, which we do not live to see.
 */
const char* __lsan_default_suppressions(void);
const char* __lsan_default_options(void);

const char* __lsan_default_suppressions(void) { return "leak:wlr_global_destroy_safe\n"; }

const char* __lsan_default_options(void) { return "print_suppressions=0"; }
