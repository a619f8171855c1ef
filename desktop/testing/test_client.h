// A window of plain colours in a Wayland desktop, for tests. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/display_mode.h"

namespace pf::testing {

class TestClient {
 public:
  // Connects and opens a window; empty when the desktop does not answer. The size is what the
  // desktop asked for.
  static std::unique_ptr<TestClient> open(const std::string& wayland_socket);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  SizePx size_px() const;

  // Paints a rectangle in 0xRRGGBB over what was there, and tells the desktop that only this
  // changed.
  bool paint(const RectPx& rect, std::uint32_t rgb);
  bool paint_all(std::uint32_t rgb);

  // Paints the whole window on each frame callback, `count` times; `rgb_of` gets the index. False
  // when the connection is lost.
  bool animate(int count, const std::function<std::uint32_t(int)>& rgb_of);

  // Lets pending events in; the size may have changed then. False when the connection is lost.
  bool settle();

  struct Impl;

 private:
  explicit TestClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pf::testing
