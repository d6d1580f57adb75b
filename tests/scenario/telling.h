/* SPDX-License-Identifier: BSD-2-Clause */
/* The golden story as it is told once: a fixture, and how many differences there were. */
#ifndef TESTS_SCENARIO_TELLING_H
#define TESTS_SCENARIO_TELLING_H

#include "fixture.h"
#include "story.h"

/* One run of the story: every difference is printed, the test fails at the end. */
struct telling {
	const struct story *story;
	struct fixture f;
	struct sim_vm *vm;
	uint64_t s;         /* the shared bit */
	uint64_t delegated; /* granules before the VM */
	unsigned bad;
};

/* The world and the VM of kvm-call-sequences 0.4; nothing has been recorded of the boot. */
void telling_open(struct telling *t, const struct story *story);
/* The calls since the last check, without REC_ENTER, are those of the text. */
void telling_check(struct telling *t, const char *title, const char *text);
void telling_truth(struct telling *t, bool good, const char *title, const char *what);
#define expect(t, title, cond) telling_truth(t, cond, title, #cond)

/* Scenario 13: close the VM and look at what it takes. */
void telling_tear_down(struct telling *t);

#endif
