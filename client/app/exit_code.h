// What the command tells a script. The numbers are promised in --help and docs/administration.md;
// those that punktfunk-probe has mean the same there.
#pragma once

namespace pf::client_app {

enum Exit : int {
  kExitDone = 0,
  kExitFailed = 1,            // a file could not be read or written, or the stream broke
  kExitUsage = 2,             // the command line says something impossible
  kExitUnreachable = 3,       // nobody answered, or the connection fell silent
  kExitRefused = 4,           // the host said no, or ended the session
  kExitWrongFingerprint = 5,  // somebody else answered than the host we know, or we know none
  kExitWrongPin = 6,          // or one that is used up
};

}  // namespace pf::client_app
