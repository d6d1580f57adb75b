// SPDX-License-Identifier: BSD-2-Clause
/*
 * kvm-call-sequences 12: two vCPUs race on one page, private and shared.
 *
 * Every schedule with at most one preemption is run. In each the page ends up mapped once, both vCPUs go
 * on and nothing warns; in some the calls are exactly the sheet's, in its order, by its two vCPUs.
 */
#include <rmisim/explore.h>

#include "telling.h"

#define PRIVATE_IPA UINT64_C(0x8820a000)
#define SHARED_IPA  UINT64_C(0x90008000)

struct race {
	bool shared;
	const char *race;  /* as the sheet has it: the winner's lines, then the loser's */
	unsigned winner;   /* lines of the winner */
	const char *alone; /* the second vCPU came after the page was mapped */
};

#define MAP_PRIVATE                                                 \
	"RANGE_DELEGATE(0x88820a000, 0x88820b000) -> 0; X1 = end\n" \
	"DATA_MAP(RD, 0x8820a000, 0x8820b000, 0x1, 0x88820a004) -> 0; X1 = 0x8820b000\n"
#define UNPROT_MAP "UNPROT_MAP(RD, S+0x90008000, S+0x90009000, 0x1e0001, 0x8000000910008004) -> "
#define MAP_SHARED UNPROT_MAP "0; X1 = S+0x90009000\n"

static const struct race private_race = {
	/* B02: who is refused a page looks whether it is mapped by then */
	.race = MAP_PRIVATE "RANGE_DELEGATE(0x88820a000, 0x88820b000) -> 0x1\n"
			    "RTT_READ_ENTRY(RD, 0x8820a000, 3) -> 0\n",
	.winner = 2,
	.alone = MAP_PRIVATE,
};

/* '@' is the fold of the story. */
static const struct race shared_race = {
	.shared = true,
	.race = MAP_SHARED UNPROT_MAP
	"0x304\n"
	"UNPROT_UNMAP(RD, S+0x90008000, S+0x90009000, 0, 0) -> 0; X1 = S+0x90009000\n"
	"@" MAP_SHARED,
	.winner = 1,
	.alone = MAP_SHARED,
};

/* Of the running world; sim_explore() runs one at a time, and a scenario has no argument. */
static struct golden golden;
static const struct story *story;
static const struct race *race;
static unsigned racing; /* calls before the VM was closed */

static uint64_t race_ipa(const struct sim_vm *vm)
{
	return race->shared ? sim_vm_shared_bit(vm) | SHARED_IPA : PRIVATE_IPA;
}

struct one_touch {
	struct sim_vm *vm;
	unsigned vcpu;
	struct sim_exit exit;
};

static void touch(struct sim_world *w, void *arg)
{
	struct one_touch *t = arg;

	t->exit = sim_guest_write(t->vm, t->vcpu, race_ipa(t->vm) + 8 * t->vcpu, 8, 0x1111);
}

static struct sim_vm *prepared_vm(struct sim_world *w)
{
	const struct sim_vm_config config = {
		.ipa_bits = story->ipa_bits,
		.vcpus = 2,
		.ram_base = STORY_GPA,
		.ram_mib = 512,
		.user_anon_private = true,
		.gmem_pa = STORY_GMEM,
		.user_pa = STORY_USER,
		.zero_pa = STORY_ZERO,
	};
	struct sim_vm *vm = sim_vm_new(w, &config);
	uint64_t neighbour;

	sim_expect(w, vm);
	neighbour = race->shared ? sim_vm_shared_bit(vm) | 0x90000000 : 0x88203000;
	sim_expect(w, sim_guest_write(vm, 0, neighbour, 8, 1).realm == RMM_REALM_DONE);
	return vm;
}

static void two_cpus_touch_one_page(struct sim_world *w)
{
	struct sim_vm *vm = prepared_vm(w);
	struct one_touch touches[2] = { { vm, 0, { 0 } }, { vm, 1, { 0 } } };
	struct rmm_entry entry = { 0 };
	unsigned i;

	golden_start(&golden, w);
	golden_bind(&golden, "RD", sim_vm_rd(vm));
	golden_bind(&golden, "S", sim_vm_shared_bit(vm));
	for (i = 0; i < 2; i++)
		sim_expect(w, sim_spawn(w, touch, &touches[i]) == 0);
	sim_join(w);
	racing = golden.nr_calls;

	for (i = 0; i < 2; i++) {
		sim_expect(w, touches[i].exit.kind == SIM_DONE);
		sim_expect(w, touches[i].exit.realm == RMM_REALM_DONE);
	}
	sim_expect(w, rmm_walk(sim_world_rmm(w), sim_vm_rd(vm), race_ipa(vm), &entry));
	sim_expect(w, entry.level == 3 &&
			      entry.pa == (race->shared ? STORY_USER + SHARED_IPA - STORY_GPA
							: STORY_GMEM + PRIVATE_IPA - STORY_GPA));
	sim_vm_free(vm);
	sim_expect(w, golden.warns == 0);
	sim_expect(w, sim_quiescent(w) == NULL);
	golden_pause(&golden);
}

struct seen {
	uint64_t runs, races, alone;
	char other[1024]; /* choices of the first run with other calls */
};

/* The calls of the winner, then those of the loser. */
static bool in_two_parts(unsigned winner)
{
	unsigned i, n = 0, first = 0;

	for (i = 0; i < golden.nr_calls; i++) {
		const struct golden_call *call = &golden.calls[i];

		if (golden_is(call, "REC_ENTER"))
			continue;
		if (!n)
			first = call->cpu;
		if ((n < winner) != (call->cpu == first))
			return false;
		n++;
	}
	return true;
}

static bool calls_are(const char *text)
{
	char full[1024] = "";
	size_t at = 0;

	for (; *text && at + 80 < sizeof(full); text++)
		at += (size_t)(*text == '@' ? snprintf(full + at, sizeof(full) - at, "%s",
						       story->fold_shared)
					    : snprintf(full + at, sizeof(full) - at, "%c", *text));
	golden.next = 0;
	return golden_check(&golden, NULL, full, "REC_ENTER");
}

static void look(struct sim_world *w, void *ctx)
{
	struct seen *seen = ctx;
	unsigned all = golden.nr_calls;

	seen->runs++;
	golden.nr_calls = racing;
	if (calls_are(race->alone))
		seen->alone++;
	else if (calls_are(race->race) && in_two_parts(race->winner))
		seen->races++;
	else if (!seen->other[0])
		snprintf(seen->other, sizeof(seen->other), "%s", sim_choices(w));
	golden.nr_calls = all;
	golden_stop(&golden);
}

static void explore(const struct story *of, const struct race *which)
{
	struct seen seen = { 0 };
	struct sim_explore how = {
		.config = { .kernel = fixture_kernel(),
			    .profile = of->profile,
			    .event = golden_event,
			    .event_ctx = &golden },
		.preemptions = 1,
		.after = look,
		.after_ctx = &seen,
	};
	struct sim_result result;

	story = of;
	race = which;
	result = sim_explore(two_cpus_touch_one_page, &how);
	fprintf(stderr, "# %s: %llu schedules, %llu races, %llu one after the other\n", of->name,
		(unsigned long long)result.schedules, (unsigned long long)seen.races,
		(unsigned long long)seen.alone);
	if (result.violations)
		fprintf(stderr, "violation: %s\nreplay: %s\n", result.violation, result.choices);
	assert_int_equal(result.violations, 0);
	assert_true(result.exhaustive);
	assert_int_equal(seen.runs, result.schedules);
	assert_true(seen.races > 0 && seen.alone > 0);
	/* There is no third story. */
	assert_string_equal(seen.other, "");
	assert_int_equal(seen.races + seen.alone, seen.runs);
}

static void two_vcpus_race_on_a_private_page(void **state)
{
	explore(*state, &private_race);
}

static void two_vcpus_race_on_a_shared_page(void **state)
{
	explore(*state, &shared_race);
}

/* --- an invalidation in the middle --- */

static void load(struct sim_world *w, void *arg)
{
	struct one_touch *t = arg;

	t->exit = sim_guest_read(t->vm, t->vcpu, race_ipa(t->vm), 8);
}

/* The VMM takes the right to write away: what is mapped goes, and who faults in meanwhile tries again. */
static void write_protect(struct sim_world *w, void *arg)
{
	struct one_touch *t = arg;

	sim_expect(w, sim_vm_mprotect(t->vm, SHARED_IPA, sim_page_size(t->vm), false) == 0);
}

static void two_cpus_read_a_page_that_is_write_protected(struct sim_world *w)
{
	struct sim_vm *vm = prepared_vm(w);
	struct one_touch touches[2] = { { vm, 0, { 0 } }, { vm, 1, { 0 } } };
	struct rmm_entry entry = { 0 };
	unsigned i;

	golden_start(&golden, w);
	for (i = 0; i < 2; i++)
		sim_expect(w, sim_spawn(w, load, &touches[i]) == 0);
	sim_expect(w, sim_spawn(w, write_protect, &touches[0]) == 0);
	sim_join(w);
	racing = golden.nr_calls;

	for (i = 0; i < 2; i++)
		sim_expect(w, touches[i].exit.realm == RMM_REALM_DONE);
	sim_expect(w, rmm_walk(sim_world_rmm(w), sim_vm_rd(vm), race_ipa(vm), &entry));
	/* Not mapped any more, or mapped for reading only: bit 1 of s2ap. */
	sim_expect(w, entry.hipas == RMM_UNMAPPED_NS || entry.s2ap == 2);
	sim_vm_free(vm);
	sim_expect(w, golden.warns == 0);
	sim_expect(w, sim_quiescent(w) == NULL);
	golden_pause(&golden);
}

/* Did a vCPU fault and go back without any call? */
static bool somebody_tried_again(void)
{
	bool entered[2] = { false, false };
	unsigned i;

	/* From the end: the last entry of each program does not fault. */
	for (i = racing; i-- > 0;) {
		const struct golden_call *call = &golden.calls[i];
		bool *last = &entered[call->cpu & 1];

		if (!golden_is(call, "REC_ENTER")) {
			*last = false;
			continue;
		}
		if (*last)
			return true;
		*last = true;
	}
	return false;
}

static void look_for_retries(struct sim_world *w, void *ctx)
{
	struct seen *seen = ctx;

	seen->runs++;
	seen->races += somebody_tried_again();
	golden_stop(&golden);
}

static void an_invalidation_between_fault_in_and_lock_ends_without_a_call(void **state)
{
	const struct story *of = *state;
	struct seen seen = { 0 };
	struct sim_explore how = {
		.config = { .kernel = fixture_kernel(),
			    .profile = of->profile,
			    .event = golden_event,
			    .event_ctx = &golden },
		.preemptions = 1,
		.after = look_for_retries,
		.after_ctx = &seen,
	};
	struct sim_result result;

	story = of;
	race = &shared_race;
	result = sim_explore(two_cpus_read_a_page_that_is_write_protected, &how);
	fprintf(stderr, "# %s: %llu schedules, %llu retries\n", of->name,
		(unsigned long long)result.schedules, (unsigned long long)seen.races);
	if (result.violations)
		fprintf(stderr, "violation: %s\nreplay: %s\n", result.violation, result.choices);
	assert_int_equal(result.violations, 0);
	assert_true(result.exhaustive);
	assert_true(seen.races > 0 && seen.races < seen.runs);
}

struct CMUnitTest *race_tests(struct CMUnitTest *to)
{
	unsigned i;

	for (i = 0; i < nr_stories; i++) {
		to = telling_test(to, "two_vcpus_race_on_a_private_page",
				  two_vcpus_race_on_a_private_page, &stories[i]);
		to = telling_test(to, "two_vcpus_race_on_a_shared_page",
				  two_vcpus_race_on_a_shared_page, &stories[i]);
	}
	/* Nothing in it depends on the RMM: once. */
	return telling_test(to, "an_invalidation_between_fault_in_and_lock_ends_without_a_call",
			    an_invalidation_between_fault_in_and_lock_ends_without_a_call,
			    &stories[0]);
}
