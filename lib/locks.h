/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locking order, the RMM's own discipline:
 *
 *	granules in an external state (UNDELEGATED, DELEGATED), by address
 *	RD
 *	REC, by address
 *	PDEV, VDEV, VSMMU
 *	the tables of a tree, root to leaf; trees by number
 *	DATA, by address
 *
 * A granule whose state is not the expected one is let go at once, so that no wrong argument can hold
 * up another CPU. Against the order a lock is only tried: RMI_BUSY, where the command allows it.
 * With rmm_config.check_locks every lock taken by waiting is compared with those held, and a
 * violation is reported with both sides (RMM_EVENT_LOCK_ORDER). What the call holds already is reported
 * too and then not waited for; without the check that is a hang.
 */
#ifndef LIB_LOCKS_H
#define LIB_LOCKS_H

#include <rmisim/rmm.h>

struct granule;
struct rtt;

#define LOCK_EXTERNAL 0x000u
#define LOCK_RD       0x100u
#define LOCK_REC      0x200u
#define LOCK_PDEV     0x300u
#define LOCK_VDEV     0x301u
#define LOCK_VSMMU    0x302u
#define LOCK_RTT(tree, level) \
	(0x400u + (unsigned)(tree)*16 + (unsigned)((level) + 1)) /* level from -1 on */
#define LOCK_DATA 0x500u

#define LOCKS_NOTED 96 /* rd and the start tables of four trees, and then some */
#define NR_TREES    4

struct lock_note {
	const struct granule *g;
	rmm_pa pa;
	unsigned order;
};

/* The locks of one call, or of one step of a realm. */
struct locks {
	struct rmm *rmm;
	unsigned cpu;
	const char *who;            /* the command, for reports */
	uint64_t epoch;             /* of the tracking regions, when the call began; */
	unsigned granule_shift;     /* and the granule size */
	struct rtt *leaf[NR_TREES]; /* where the walk of each tree ended: locked */
	struct rtt *child;          /* below the entry of a walk: locked */
	unsigned nr_noted;
	struct lock_note note[LOCKS_NOTED]; /* only with check_locks; not initialized */
};

/* Initializes what needs it: the notes are not touched. */
void locks_init(struct locks *l, struct rmm *rmm, unsigned cpu, const char *who);
/*
 * About to wait for g; `pa` and `order` describe it. Reports a violation. False: this very call holds it,
 * and would wait for ever; it is noted a second time instead of taken, and has to be let go twice.
 */
bool locks_check(struct locks *l, const struct granule *g, rmm_pa pa, unsigned order);
void locks_note(struct locks *l, const struct granule *g, rmm_pa pa, unsigned order);
/* True when that was its last note: the lock is to be let go. */
bool locks_forget(struct locks *l, const struct granule *g);

#endif
