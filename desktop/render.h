/* Compositing one picture of an output.
 *
 * wlroots' own wlr_scene_output_commit() paints every damaged pixel black before it draws the
 * windows over it. Windows that fill their output make that a third of all memory traffic, so here
 * only what no opaque window covers is cleared. */
#ifndef PF_DESKTOP_RENDER_H
#define PF_DESKTOP_RENDER_H

struct pf_output;

/* Composites what changed and commits it. Nothing happens when nothing was asked for. */
void pf_render(struct pf_output* output);

#endif
