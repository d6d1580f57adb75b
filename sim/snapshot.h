/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A world as it was: the bytes of its arena, of its physical memory, of its kernel image's variables and of the
 * stacks that it has left somewhere. Putting them back costs what has been touched.
 */
#ifndef SIM_SNAPSHOT_H
#define SIM_SNAPSHOT_H

#include "seen.h"
#include "world.h"

struct snapshot;

/*
 * Save a world whose only actor is the scenario; its arena is a shared one. Called on the scenario's stack. NULL
 * when that is not possible: memory is short, or a guest has been left in its program on a thread.
 */
struct snapshot *snapshot_take(struct sim_world *world);
/*
 * Put everything back. On another stack than those that were saved; no strand has been started since that
 * has not been ended. False when memory is short: the world can only be freed.
 */
bool snapshot_restore(struct snapshot *s);
/*
 * Add what the machine is now: the model, the kernel, physical memory and what is known of the guests' memory; not
 * what only the harness counts. False when memory is short.
 */
bool snapshot_hash(struct snapshot *s, struct hashing *h);
void snapshot_drop(struct snapshot *s);

#endif
