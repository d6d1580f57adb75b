/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ghost: what granules and realms should be, computed from the calls alone and compared with the model.
 *
 * It is written from the specification's tables (success conditions of the commands, state machines of granules
 * and entries), knows registers, lists and parameter pages, and asks the model only what it compares with. A
 * call counts when it returns. Where calls overlap (scheduling points inside the model), what each of them did
 * is put in the order in which the locks that guard it were taken, once none is under way.
 */
#ifndef SIM_GHOST_H
#define SIM_GHOST_H

#include <rmisim/rmm.h>

#include "ghost_map.h"

struct ghost;

struct ghost_config {
	const struct rmm *rmm; /* for memory, and to compare with */
	struct ghost_mem mem;
	enum rmi_edition edition;
	bool tf_rmm;          /* the profile is one of TF-RMM's */
	bool rim_of_params;   /* as in the profile */
	unsigned fanout_bits; /* as in rmm_config */
};

/* NULL when memory is short. All is UNDELEGATED. */
struct ghost *ghost_new(const struct ghost_config *config);
void ghost_free(struct ghost *ghost);

/*
 * Follow one event of the model. Returns NULL, or for the first difference a sentence (valid as long as the
 * ghost): from then on it knows nothing any more and follows nothing.
 */
const char *ghost_event(struct ghost *ghost, const struct rmm_event *event);
/* The call of this CPU has or gets the lock of a granule now: needed only where calls overlap. */
void ghost_touch(struct ghost *ghost, unsigned cpu, rmm_pa pa);
/* Compare everything; as above. Does nothing while a call or a yielding operation is under way. */
const char *ghost_compare_all(struct ghost *ghost);

/* What the ghost has, for whoever compares two of them: granules other than UNDELEGATED, then realms. */
struct ghost_visitor {
	/* a stretch of granules in one state with one owner (0: none) */
	void (*granules)(void *ctx, rmm_pa base, rmm_pa top, enum rmm_granule_state state,
			 rmm_pa rd);
	/* a stretch of one realm's addresses; runs: pa goes up with the address */
	void (*entries)(void *ctx, rmm_pa rd, rmm_ipa base, rmm_ipa top, unsigned hipas,
			unsigned ripas, rmm_pa pa, bool runs);
	void *ctx;
};
void ghost_visit(const struct ghost *ghost, const struct ghost_visitor *visitor);

#endif
