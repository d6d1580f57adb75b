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
	uint64_t page;      /* bytes of a page */
	uint64_t delegated; /* granules before the VM */
	unsigned bad;
};

/* The world and the VM of kvm-call-sequences 0.4; nothing has been recorded of the boot. */
void telling_open(struct telling *t, const struct story *story);
/* The calls since the last check, without REC_ENTER, are those of the text. */
void telling_check(struct telling *t, const char *title, const char *text);
/* The same with REC_ENTER. */
void telling_check_all(struct telling *t, const char *title, const char *text);
/* Since the last time: so many tables came out of the vCPU's memory cache, and with GFP_ATOMIC. */
void telling_tables(struct telling *t, const char *title, unsigned cache, unsigned atomic);
void telling_truth(struct telling *t, bool good, const char *title, const char *what);
#define expect(t, title, cond) telling_truth(t, cond, title, #cond)

/* 1: two measured pages. */
void telling_populate(struct telling *t);
/*
 * 2: the first KVM_RUN. `create`: what creates the realm, when nothing was populated; `ripas`: the
 * INIT_RIPAS calls.
 */
void telling_activate(struct telling *t, const char *create, const char *ripas);
/* 3 to 6: two private pages, a private block, a shared page. */
void telling_touch(struct telling *t);
/* Scenarios 1 to 6 in their order: where the later ones begin. */
void telling_begin(struct telling *t, const struct story *story);
/* One load or store of vCPU 0, which must be carried out, and its calls. */
void telling_read(struct telling *t, const char *title, uint64_t ipa, const char *text);
void telling_write(struct telling *t, const char *title, uint64_t ipa, const char *text);

/* A change of RIPAS over [base, top), then one access unless ipa is 0. */
struct conversion {
	uint64_t base, top, ipa;
	enum rmi_ripas ripas;
	uint64_t status;
	enum rmm_realm_result access; /* how the access ended */
};

/* The guest's side of a conversion; arg is the struct conversion. */
void convert_program(struct sim_guest *guest, void *arg);
/* Start the conversion; it stops at the VMM with a MEMORY_FAULT and no RMI call but REC_ENTER. */
void telling_ask(struct telling *t, const char *title, struct conversion *c);
/* Run the vCPU again: the conversion is carried out, and the access that follows it. */
void telling_answer(struct telling *t, const char *title, struct conversion *c);

/* Scenario 13: close the VM and look at what it takes. */
void telling_tear_down(struct telling *t);
/* Close the VM without a look; the test fails when there were differences. */
void telling_close(struct telling *t);

/* What each file of the group adds to its tests; returns the next free place. */
struct CMUnitTest *life_tests(struct CMUnitTest *to);
struct CMUnitTest *start_tests(struct CMUnitTest *to);
struct CMUnitTest *ripas_tests(struct CMUnitTest *to);
struct CMUnitTest *race_tests(struct CMUnitTest *to);
struct CMUnitTest *page_tests(struct CMUnitTest *to);
#define TELLING_MAX_TESTS 200
/* Append one test, told of a story. */
struct CMUnitTest *telling_test(struct CMUnitTest *to, const char *name, CMUnitTestFunction fn,
				const struct story *story);

#endif
