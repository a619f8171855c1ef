#include "tools/input-log/keymap.h"

#include <sys/mman.h>
#include <xkbcommon/xkbcommon.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/check.h"

namespace pf::input_log {
namespace {

// X11, and with it xkb, counts keys from 8 on.
constexpr std::uint32_t kXkbOffset = 8;
// The largest keymaps that programs make have a few hundred kilobytes.
constexpr std::size_t kMaxKeymapBytes = 16u << 20;

}  // namespace

Keymap::Keymap() : context_(xkb_context_new(XKB_CONTEXT_NO_FLAGS)) {
  PF_CHECK(context_ != nullptr);
}

Keymap::~Keymap() {
  xkb_state_unref(state_);
  xkb_keymap_unref(keymap_);
  xkb_context_unref(context_);
}

Result<void> Keymap::load(int fd, std::size_t size_bytes) {
  xkb_state_unref(state_);
  xkb_keymap_unref(keymap_);
  state_ = nullptr;
  keymap_ = nullptr;
  if (size_bytes == 0 || size_bytes > kMaxKeymapBytes) {
    return fail(ErrorKind::malformed, "the compositor sent a keymap of {} bytes", size_bytes);
  }
  void* const text = mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
  if (text == MAP_FAILED) return fail_os(ErrorKind::lost, errno, "cannot map the keymap");
  const std::size_t length = strnlen(static_cast<const char*>(text), size_bytes);
  keymap_ = xkb_keymap_new_from_buffer(context_, static_cast<const char*>(text), length,
                                       XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
  munmap(text, size_bytes);
  if (keymap_ == nullptr) return fail(ErrorKind::malformed, "the compositor's keymap is no keymap");
  state_ = xkb_state_new(keymap_);
  return {};
}

void Keymap::set_modifiers(std::uint32_t depressed, std::uint32_t latched, std::uint32_t locked,
                           std::uint32_t group) noexcept {
  if (state_ != nullptr) xkb_state_update_mask(state_, depressed, latched, locked, 0, 0, group);
}

Keymap::Meaning Keymap::meaning(std::uint32_t key) const {
  if (state_ == nullptr) return {};
  std::array<char, 64> bytes{};
  Meaning meaning;
  xkb_keysym_get_name(xkb_state_key_get_one_sym(state_, key + kXkbOffset), bytes.data(),
                      bytes.size());
  meaning.keysym = bytes.data();
  bytes = {};
  xkb_state_key_get_utf8(state_, key + kXkbOffset, bytes.data(), bytes.size());
  meaning.text = bytes.data();
  return meaning;
}

std::vector<std::string> Keymap::layouts() const {
  std::vector<std::string> names;
  if (keymap_ == nullptr) return names;
  for (std::uint32_t i = 0; i < xkb_keymap_num_layouts(keymap_); ++i) {
    const char* const name = xkb_keymap_layout_get_name(keymap_, i);
    names.emplace_back(name != nullptr ? name : "");
  }
  return names;
}

}  // namespace pf::input_log
