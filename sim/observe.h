/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be seen of a run from outside the kernel, one entry after the other, in a form that runs of two kernels
 * have in common.
 *
 * Seen are RMI calls with arguments, lists and results, REC exits, what guests and VMMs did and were told, what the
 * ioctls returned, and the state of the RMM when a VM is closed and at the end. Scheduling, locks, allocations and what
 * the kernel asks itself are not. A page is kept beside the entry, because another kernel may have taken another one:
 * entries are alike when all else is and pages correspond one to one.
 */
#ifndef SIM_OBSERVE_H
#define SIM_OBSERVE_H

#include "runner.h"

enum seen_kind {
	SEEN_RMI,
	SEEN_REC_EXIT,
	SEEN_ACCESS,
	SEEN_RSI,
	SEEN_KVM_RUN,
	SEEN_VMM,
	SEEN_IOCTL,
	SEEN_STATE,
	SEEN_END,
};

struct seen_entry {
	uint64_t seq;  /* number of the event */
	uint64_t hash; /* of all but the pages */
	uint32_t page, nr_pages;
	uint16_t actor;
	uint8_t kind; /* enum seen_kind */
};

/* What follows a state in which all actors have ended (runner.h). */
struct seen_tail {
	struct state_hash state;
	struct seen_entry *at;
	uint64_t *page;
	size_t nr, nr_pages;
};

/* The entries of one run. */
struct observation {
	const struct runner *runner;
	struct seen_entry *at;
	size_t nr, room;
	uint64_t *page; /* by number */
	size_t nr_pages, page_room;
	uint64_t last;          /* 1 + number of the last event */
	bool starved;           /* memory was short */
	struct seen_tail *tail; /* of earlier runs */
	size_t nr_tails, tail_room;
	/* Say what the entry with this number is. */
	uint64_t wanted; /* 1 + seq, 0: none */
	char line[400];
	enum rmi_edition edition;
};

/* Watch the runs of r, whose config.event becomes this one's; before the first run. */
void observe(struct observation *o, struct runner *r);
/* For the runner: the run is over, and its end becomes the last entry. */
void observe_end(struct observation *o);
void observe_drop(struct observation *o);
/* A copy of the entries alone; false: memory is short. */
bool observe_copy(struct observation *to, const struct observation *from);

/* Where two runs part. */
struct seen_parting {
	size_t a, b;     /* the entries; SIZE_MAX: there is none any more */
	size_t together; /* so many of a have their like in b */
};

/*
 * Has each actor seen the same in both runs? Else the first entry of a, in the order of time, that is not what the same
 * actor has seen at this place in b.
 */
bool observe_same(const struct observation *a, const struct observation *b,
		  struct seen_parting *parting);
/* Equal for runs that observe_same() takes to be the same, in whatever order their actors went. */
struct state_hash observe_hash(const struct observation *o);
/* "RMI call" */
const char *seen_kind_name(enum seen_kind kind);

/* For the harness: a call of the VMM has returned, with what it has read. A VM is about to be closed. */
void observe_call(struct sim_world *world, const char *what, uint64_t gpa, uint64_t size,
		  const void *read, long ret);
void observe_close(struct sim_world *world);

#endif
