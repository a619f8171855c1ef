// What keys mean under the keymap that the compositor sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"

struct xkb_context;
struct xkb_keymap;
struct xkb_state;

namespace pf::input_log {

// One thread.
class Keymap {
 public:
  Keymap();
  ~Keymap();
  Keymap(const Keymap&) = delete;
  Keymap& operator=(const Keymap&) = delete;

  // Takes the mapped text over (XKB_KEYMAP_FORMAT_TEXT_V1, `fd` stays the caller's). Without a
  // keymap, and after one that could not be read, keys mean nothing.
  Result<void> load(int fd, std::size_t size_bytes);

  void set_modifiers(std::uint32_t depressed, std::uint32_t latched, std::uint32_t locked,
                     std::uint32_t group) noexcept;

  struct Meaning {
    std::string keysym;  // as xkb names it: "a", "Return", "EuroSign"; "NoSymbol": none
    std::string text;    // UTF-8; empty: the key types nothing
  };
  // `key`: Linux key code.
  Meaning meaning(std::uint32_t key) const;
  std::vector<std::string> layouts() const;

 private:
  xkb_context* context_;
  xkb_keymap* keymap_ = nullptr;
  xkb_state* state_ = nullptr;
};

}  // namespace pf::input_log
