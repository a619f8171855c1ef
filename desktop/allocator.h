/* Buffers that can be lent to another process: each is one sealed memfd. The seals make a lie
 * impossible: nobody can shrink the file under a reader (SIGBUS), and nobody but us can write,
 * since our own mapping was made before F_SEAL_FUTURE_WRITE. */
#ifndef PF_DESKTOP_ALLOCATOR_H
#define PF_DESKTOP_ALLOCATOR_H

#include <stdint.h>
#include <wlr/render/allocator.h>
#include <wlr/types/wlr_buffer.h>

struct pf_buffer {
  struct wlr_buffer base;
  uint32_t number; /* never used again in this process */
  int memfd;
  uint32_t stride_bytes;
  uint64_t size_bytes;
  uint32_t format; /* DRM fourcc */
  void* pixels;
  uint32_t hold_count; /* capture channels whose consumer holds it */
};

/* NULL: out of memory. */
struct wlr_allocator* pf_allocator_create(void);

/* NULL when the buffer is not one of ours. */
struct pf_buffer* pf_buffer_from(struct wlr_buffer* buffer);

#endif
