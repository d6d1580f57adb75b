/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside observations: an entry in the making. */
#ifndef SIM_OBSERVE_IN_H
#define SIM_OBSERVE_IN_H

#include "observe.h"

#define SEEN_MAX_PAGES 64 /* of an entry; what is beyond is in the hash as it is */

struct seen_making {
	enum seen_kind kind;
	unsigned actor;
	uint64_t seq, hash;
	uint64_t page[SEEN_MAX_PAGES];
	uint32_t nr_pages;
};

/* What has this number comes now; when it is not behind the last one, another run has begun. */
void seen_number(struct observation *o, uint64_t seq);
/* False: memory is short, which the observation remembers. */
bool seen_add_entry(struct observation *o, const struct seen_making *m);

/* The end of the run, from number `seq` on, is what follows this state. */
void seen_keep_tail(struct observation *o, struct state_hash state, uint64_t seq);
/* The run has stopped in this state: what follows is known. */
void seen_add_tail(struct observation *o, struct state_hash state);

#endif
