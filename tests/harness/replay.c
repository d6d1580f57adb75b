/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay strings: that one makes the run again, in this process and in a fresh one; that one which does not fit is
 * refused and not followed; what shrinking leaves; that a run which is not repeatable is noticed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include <rmisim/replay.h>

#include "fake.h"
#include "fresh.h"

#define LONG 300 /* decisions */

/* What scenarios look at: a change of them is another build of the scenario. */
static struct {
	const char *label; /* of decision 3 */
	unsigned at;       /* which decision of a long run has another label */
	bool mended;       /* the bug is gone */
	unsigned reached;  /* decisions that were asked */
	unsigned runs;     /* that nobody may count */
} now;

static int reset(void **state)
{
	memset(&now, 0, sizeof(now));
	now.label = "three";
	now.at = LONG;
	unsetenv("RMISIM_REPLAY");
	return 0;
}

static unsigned ask(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label)
{
	now.reached++;
	return sim_choose(world, kind, n, label);
}

/* Eight decisions; 1 and 5 together are the bug. */
static void two_of_eight(struct sim_world *world)
{
	static const char *const labels[] = { "zero", "one",  "two", "three",
					      "four", "five", "six", "seven" };
	unsigned taken[8];

	now.reached = 0;
	for (int i = 0; i < 8; i++)
		taken[i] = ask(world, SIM_CHOOSE_FAIL, 4, i == 3 ? now.label : labels[i]);
	if (!now.mended)
		sim_expect(world, !(taken[1] && taken[5] >= 2));
}

/* The bug is the last of many decisions. */
static void last_of_many(struct sim_world *world)
{
	unsigned last = 0;

	now.reached = 0;
	for (unsigned i = 0; i < LONG; i++)
		last = ask(world, SIM_CHOOSE_RMM, 2, i == now.at ? "another" : "usual");
	sim_expect(world, !last);
}

/* The bug is the first decision; it shows at the end. */
static void one_and_more(struct sim_world *world)
{
	unsigned first = ask(world, SIM_CHOOSE_FAIL, 2, "first");

	ask(world, SIM_CHOOSE_FAIL, 2, now.label);
	sim_expect(world, !first);
}

static void take_a_then_b(struct sim_world *world, void *arg)
{
	sim_vm_punch_hole(arg, 0, 4096);
}

static void take_b_then_a(struct sim_world *world, void *arg)
{
	sim_vm_punch_hole(arg, 4096, 4096);
}

static void two_locks_in_two_orders(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn(world, take_a_then_b, vm);
	sim_spawn(world, take_b_then_a, vm);
	sim_join(world);
	sim_vm_free(vm);
}

static struct sim_config config_of(void)
{
	static char path[512];

	return fake_config(path);
}

/* Every run violates what the prefix `choices` leads to. */
static struct sim_result find(const char *name, sim_scenario scenario, const char *choices,
			      bool no_shrink)
{
	struct sim_explore explore = { .config = config_of(), .no_shrink = no_shrink };

	explore.config.choices = choices;
	return sim_explore_named(name, scenario, &explore);
}

#define FIND(scenario, choices) find(#scenario, scenario, choices, true)

static struct sim_result again(const char *name, sim_scenario scenario, const char *string)
{
	return sim_replay_named(name, scenario, string,
				&(struct sim_explore){ .config = config_of() });
}

#define AGAIN(scenario, string) again(#scenario, scenario, string)

static void assert_refused_at(const struct sim_result *r, const char *say, int line)
{
	if (strncmp(r->violation, "setup: ", 7) || !strstr(r->violation, say) ||
	    r->violations != 1 || r->schedules || strchr(r->violation, '\n')) {
		print_error("not refused with '%s': '%s'\n", say, r->violation);
		_fail(__FILE__, line);
	}
}

#define assert_refused(result, say) \
	assert_refused_at(&(struct sim_result[]){ result }[0], say, __LINE__)

/* Runs again */

static void a_string_makes_the_run_again(void **state)
{
	struct sim_result result = FIND(two_of_eight, "0.1.0*3.2"), r;

	assert_string_equal(result.choices, "0.1.0*3.2");
	assert_non_null(strstr(result.replay, "rmisim1:two_of_eight:fake,bet1,strict:"));
	assert_non_null(strstr(result.replay, ":1=1,5=2:"));
	assert_null(strpbrk(result.replay, " \t\n'\"\\$`!"));
	r = AGAIN(two_of_eight, result.replay);
	assert_string_equal(r.violation, result.violation);
	assert_string_equal(r.choices, result.choices);
	assert_string_equal(r.replay, result.replay);
	assert_int_equal(r.violations, 1);
	assert_int_equal(r.schedules, 1);
	assert_int_equal(r.runs, 1);
}

static void a_run_that_is_clean_now_is_called_clean(void **state)
{
	struct sim_result result = FIND(two_of_eight, "0.1.0*3.2");

	now.mended = true;
	result = AGAIN(two_of_eight, result.replay);
	assert_int_equal(result.violations, 0);
	assert_string_equal(result.violation, "");
	assert_clean(result);
}

static void a_deadlock_is_the_same_on_threads_and_on_fibers(void **state)
{
	struct sim_explore explore = { .config = config_of(), .preemptions = 1 };
	struct sim_result found, r;
#ifdef __SANITIZE_THREAD__
	const enum sim_engine engines[] = { SIM_THREADS };
#else
	const enum sim_engine engines[] = { SIM_THREADS, SIM_FIBERS };
#endif

	found = sim_explore(two_locks_in_two_orders, &explore);
	assert_non_null(strstr(found.violation, "deadlock: "));
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		explore.config.engine = engines[i];
		r = sim_replay(two_locks_in_two_orders, found.replay, &explore);
		assert_string_equal(r.violation, found.violation);
		assert_string_equal(r.choices, found.choices);
	}
}

static void a_world_follows_the_string_too(void **state)
{
	struct sim_result result = FIND(two_of_eight, "0.1.0*3.2");
	struct sim_config config = config_of();
	struct sim_world *world;
	char why[256] = "";

	config.choices = result.replay;
	world = sim_world_new(&config, why, sizeof(why));
	assert_non_null(world);
	assert_false(sim_run(world, two_of_eight));
	assert_string_equal(sim_violation(world), result.violation);
	sim_world_free(world);
	now.label = "trois";
	world = sim_world_new(&config, why, sizeof(why));
	assert_non_null(world);
	assert_false(sim_run(world, two_of_eight));
	assert_non_null(strstr(sim_violation(world), "replay: decision 3 is 'fail trois'"));
	sim_world_free(world);
}

/* Refusals */

static void the_first_decision_that_differs_is_named_and_nothing_behind_it_is_asked(void **state)
{
	struct sim_result result = FIND(two_of_eight, "0.1.0*3.2");

	now.label = "trois";
	assert_refused(AGAIN(two_of_eight, result.replay),
		       "decision 3 is 'fail trois' of 4 here, not what the string has");
	assert_int_equal(now.reached, 4);
	/* A search that is to begin with it says the same. */
	assert_refused(FIND(two_of_eight, result.replay), "decision 3 is 'fail trois' of 4 here");
	assert_int_equal(now.reached, 4);
}

/* A string has marks up to its last decision that is not 0; what comes behind it is in the hash of the run. */
static void a_change_behind_the_last_mark_is_noticed(void **state)
{
	struct sim_result result = FIND(one_and_more, "1");

	assert_string_equal(AGAIN(one_and_more, result.replay).violation, result.violation);
	now.label = "trois";
	assert_refused(AGAIN(one_and_more, result.replay), "up to decision 0");
}

static void a_long_run_has_marks_for_several_decisions_each(void **state)
{
	struct sim_result result = FIND(last_of_many, "0*299.1"), r;
	const char *marks = strrchr(result.replay, ':');

	/* 96 marks at most: 75 for 4 decisions each */
	assert_non_null(marks);
	assert_true(marks - result.replay > 76);
	assert_true(marks[-76] == ':');
	r = AGAIN(last_of_many, result.replay);
	assert_string_equal(r.violation, result.violation);
	now.at = 17;
	assert_refused(AGAIN(last_of_many, result.replay), "one of decisions 16 to 19");
	assert_int_equal(now.reached, 20);
	now.at = 299;
	assert_refused(AGAIN(last_of_many, result.replay),
		       "one of decisions 296 to 299, the last of them 'rmm another'");
}

static void a_string_of_something_else_is_refused(void **state)
{
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2");
	struct sim_explore explore = { .config = config_of() };
	struct rmm_profile profile = *rmm_profile_find("strict");

	assert_refused(again("other", two_of_eight, found.replay),
		       "is of scenario 'two_of_eight', and this is 'other'");
	explore.config.edition = RMI_BET2;
	assert_refused(sim_replay(two_of_eight, found.replay, &explore), "edition bet1");
	explore.config = config_of();
	explore.config.profile = "linux-friendly";
	assert_refused(sim_replay(two_of_eight, found.replay, &explore),
		       "profile 'strict', and this is 'linux-friendly'");
	explore.config = config_of();
	explore.config.granule_points = true;
	assert_refused(sim_replay(two_of_eight, found.replay, &explore), "granule locks");
	explore.config = config_of();
	explore.config.failures = SIM_LEGAL_FAILURES;
	assert_refused(sim_replay(two_of_eight, found.replay, &explore), "failures");
	explore.config = config_of();
	explore.config.banks[0].size *= 2;
	assert_refused(sim_replay(two_of_eight, found.replay, &explore), "other banks");
	explore.config = config_of();
	profile.poison = !profile.poison;
	explore.config.custom_profile = &profile;
	assert_refused(sim_replay(two_of_eight, found.replay, &explore), "another profile");
	explore.config = config_of();
	explore.config.kernel = "4k";
	assert_refused(sim_replay(two_of_eight, found.replay, &explore),
		       "kernel 'fake', and this is '4k'");
}

/* The same table, other code. */
static void a_string_of_another_build_of_the_image_is_refused(void **state)
{
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2");
	struct sim_explore explore = { .config = config_of() };
	char path[512];

	explore.config.kernel = fake_path(path, "fake-image-2.so");
	assert_refused(sim_replay(two_of_eight, found.replay, &explore),
		       "another build of kernel image 'fake'");
	now.label = "trois";
	assert_refused(sim_replay(two_of_eight, found.replay, &explore), "decision 3 is");
}

/* What only a debugger reads is not looked at: bytes behind everything else. */
static void what_is_not_loaded_of_an_image_is_no_other_build(void **state)
{
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2"), result;
	struct sim_explore explore = { .config = config_of() };
	char copy[] = "/tmp/rmisim-image-XXXXXX", buf[4096];
	int to = mkstemp(copy), from = open(explore.config.kernel, O_RDONLY);
	ssize_t n;

	assert_true(to >= 0 && from >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		assert_int_equal(write(to, buf, (size_t)n), n);
	assert_int_equal(write(to, "names for a debugger", 20), 20);
	close(from);
	close(to);
	explore.config.kernel = copy;
	result = sim_replay(two_of_eight, found.replay, &explore);
	unlink(copy);
	assert_string_equal(result.violation, found.violation);
}

static void a_damaged_string_is_refused_wherever_the_damage_is(void **state)
{
	static const char put[] = "0a:,=-9.%~ \n\x80";
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2");
	char string[sizeof(found.replay) + 1];
	struct sim_replay_about about;
	size_t n = strlen(found.replay);

	assert_null(sim_replay_about(found.replay, &about));
	assert_string_equal(about.scenario, "two_of_eight");
	assert_int_equal(about.decisions, 6);
	for (size_t at = 0; at < n; at++) {
		strcpy(string, found.replay);
		for (const char *p = put; *p; p++) {
			string[at] = *p;
			if (*p != found.replay[at])
				assert_non_null(sim_replay_about(string, &about));
		}
		strcpy(string, found.replay);
		string[at] = '\0'; /* cut */
		assert_non_null(sim_replay_about(string, &about));
		strcpy(string, found.replay);
		memmove(string + at, string + at + 1, n - at); /* lost */
		assert_non_null(sim_replay_about(string, &about));
	}
	snprintf(string, sizeof(string), "%s0", found.replay);
	assert_non_null(sim_replay_about(string, &about));
	assert_refused(AGAIN(two_of_eight, string), "damaged or not complete");
	assert_refused(AGAIN(two_of_eight, ""), "begin with rmisim1:");
	assert_refused(AGAIN(two_of_eight, "0.1.0*3.2"), "begin with rmisim1:");
	assert_refused(AGAIN(two_of_eight, "rmisim2:x"), "another version");
	assert_refused(FIND(two_of_eight, "rmisim1:x"), "damaged or not complete");
}

/* `body` with the checksum that fits (FNV-1a). */
static const char *forged(char out[2048], const char *body)
{
	uint32_t sum = 0x811c9dc5;

	for (const char *p = body; *p; p++)
		sum = (sum ^ (unsigned char)*p) * 0x01000193;
	snprintf(out, 2048, "%.1023s-%08x", body, sum);
	return out;
}

static void a_forged_string_is_refused_field_by_field(void **state)
{
	static const struct {
		const char *body, *say;
	} rows[] = {
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:-:.", "seven fields" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:-:.:00000000:0", "seven fields" },
		{ "rmisim1::fake,bet1,strict:00000000-00000000:-:.:00000000", "name of a" },
		{ "rmisim1:%0a:fake,bet1,strict:00000000-00000000:-:.:00000000", "name of a" },
		{ "rmisim1:a%2:fake,bet1,strict:00000000-00000000:-:.:00000000", "name of a" },
		{ "rmisim1:a:fake,bet1:00000000-00000000:-:.:00000000", "configuration" },
		{ "rmisim1:a:fake,,strict:00000000-00000000:-:.:00000000", "configuration" },
		{ "rmisim1:a:fake,bet4,strict:00000000-00000000:-:.:00000000", "edition" },
		{ "rmisim1:a:fake,bet1,strict,x:00000000-00000000:-:.:00000000", "option" },
		{ "rmisim1:a:fake,bet1,strict:0000000-00000000:-:.:00000000", "fingerprints" },
		{ "rmisim1:a:fake,bet1,strict:00000000-0000000g:-:.:00000000", "fingerprints" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:-:.:0000000", "fingerprints" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000::.:00000000", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:1:AA:00000000", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:1=0:AA:00000000", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:1=1,1=1:AA:00000000", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:3-2=1:AAAA:00000000", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:0-999999999=1:A:0", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:1=1,:AA:00000000", "decisions" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:1=1:A:00000000", "marks" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:1=1:.:00000000", "marks" },
		{ "rmisim1:a:fake,bet1,strict:00000000-00000000:-:A:00000000", "marks" },
	};
	struct sim_replay_about about;
	char string[2048];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *wrong = sim_replay_about(forged(string, rows[i].body), &about);

		if (!wrong || !strstr(wrong, rows[i].say))
			fail_msg("%s: %s", rows[i].body, wrong ? wrong : "accepted");
	}
	forged(string, "rmisim1:a%20b:fake,bet3,strict,granule-points,wrong-answers:"
		       "00000000-00000000:-:.:00000000");
	assert_null(sim_replay_about(string, &about));
	assert_string_equal(about.scenario, "a b");
	assert_int_equal(about.edition, RMI_BET3);
	assert_true(about.granule_points);
	assert_int_equal(about.failures, SIM_WRONG_ANSWERS);
}

/* More decisions than the run has; an option that it does not have. */
static void a_string_with_too_much_in_it_is_refused(void **state)
{
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2");
	char body[1024], string[2048], *at;

	assert_true(strlen(found.replay) < sizeof(body));
	strcpy(body, found.replay);
	assert_non_null(strrchr(body, '-'));
	*strrchr(body, '-') = '\0';
	at = strstr(body, ":1=1,5=2:");
	assert_non_null(at);
	memcpy(at, ":1=7,5=2:", 9);
	assert_refused(AGAIN(two_of_eight, forged(string, body)),
		       "decision 1 (fail one) has 4 options, not 8");
	memcpy(at, ":1=2,5=2:", 9);
	assert_refused(AGAIN(two_of_eight, forged(string, body)), "not behind it");
}

/* Prefixes */

static void a_string_is_followed_and_then_explored(void **state)
{
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2"), plain, replay;
	struct sim_explore explore = { .config = config_of(), .failures = 1 };

	now.mended = true;
	explore.config.choices = "0.1.0*3.2";
	plain = sim_explore(two_of_eight, &explore);
	explore.config.choices = found.replay;
	replay = sim_explore(two_of_eight, &explore);
	assert_clean(plain);
	assert_clean(replay);
	/* one failure at none of the two decisions behind it, or at one of them with 3 options */
	assert_int_equal(plain.schedules, 7);
	assert_int_equal(replay.schedules, 7);
}

/* Shrinking */

static struct sim_result shrunk(const char *name, sim_scenario scenario, const char *choices)
{
	struct sim_result found = find(name, scenario, choices, true);
	struct sim_result small = find(name, scenario, choices, false), r;

	assert_int_equal(found.violations, 1);
	assert_string_equal(found.choices, choices);
	assert_int_equal(small.violations, 1);
	r = again(name, scenario, small.replay);
	assert_string_equal(r.violation, small.violation);
	assert_string_equal(r.choices, small.choices);
	return small;
}

#define SHRUNK(scenario, choices) shrunk(#scenario, scenario, choices)

static void shrinking_leaves_the_failures_that_matter_with_the_smallest_options(void **state)
{
	assert_string_equal(SHRUNK(two_of_eight, "3.2.3.1.2.3.1.2").choices, "0.1.0*3.2");
}

struct steps {
	bool *mixed; /* the second one has begun before the first one was done */
	unsigned *first;
};

static void first_body(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	for (; *steps->first < 6; ++*steps->first)
		sim_yield(world);
}

static void second_body(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	sim_yield(world);
	*steps->mixed |= *steps->first > 0 && *steps->first < 6;
}

/* Either a failure, or that one actor has a step between those of the other. */
static void failure_or_preemption(struct sim_world *world)
{
	bool mixed = false;
	unsigned first = 0;
	struct steps steps = { &mixed, &first };
	unsigned fails = sim_choose(world, SIM_CHOOSE_FAIL, 3, "an allocation");

	sim_spawn(world, first_body, &steps);
	sim_spawn(world, second_body, &steps);
	sim_join(world);
	sim_expect(world, !fails && !mixed);
}

static void fewest_preemptions_come_before_fewest_failures(void **state)
{
	struct sim_result small = SHRUNK(failure_or_preemption, "2.0*3.1");
	struct sim_explore explore = { .config = config_of(), .rewinds = true };

	/* The failure belongs to the beginning, which is put back instead of repeated. */
	explore.config.choices = "2.0*3.1";
	assert_string_equal(sim_explore(failure_or_preemption, &explore).replay, small.replay);
	/* Without the failure the preemption would do, but that is more. */
	assert_string_equal(SHRUNK(failure_or_preemption, "0*4.1").violation, small.violation);
	assert_string_equal(small.choices, "1");
}

static void begin_late(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	sim_yield(world);
	if (*steps->first > 0 && *steps->first < 6)
		sim_fail(world, "begun at step %u", *steps->first);
}

static void one_behind_the_other(struct sim_world *world)
{
	unsigned first = 0;
	struct steps steps = { NULL, &first };

	sim_spawn(world, first_body, &steps);
	sim_spawn(world, begin_late, &steps);
	sim_join(world);
}

/* An earlier preemption violates "expect" as well, with another sentence. */
static void shrinking_does_not_take_another_sentence_for_an_earlier_place(void **state)
{
	struct sim_result small = SHRUNK(one_behind_the_other, "0*4.1");

	assert_string_equal(small.violation, "expect: begun at step 4");
	assert_string_equal(small.choices, "0*4.1");
	assert_string_equal(SHRUNK(one_behind_the_other, "0.1").violation,
			    "expect: begun at step 1");
}

static void decide_or_begin(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	for (; *steps->first < 6; ++*steps->first) {
		sim_yield(world);
		sim_expect(world, !sim_choose(world, SIM_CHOOSE_DATA, 2, "how"));
	}
}

/* As one_behind_the_other(), and each step of the first has something else to decide on. */
static void decisions_all_the_way(struct sim_world *world)
{
	unsigned first = 0;
	struct steps steps = { NULL, &first };

	sim_spawn(world, decide_or_begin, &steps);
	sim_spawn(world, begin_late, &steps);
	sim_join(world);
}

static void shrinking_takes_no_other_decision_for_a_preemption(void **state)
{
	struct sim_result small = SHRUNK(decisions_all_the_way, "0*6.1");

	assert_string_equal(small.violation, "expect: begun at step 3");
	assert_string_equal(small.choices, "0*6.1");
}

static void take_both(struct sim_world *world, void *arg)
{
	for (int i = 0; i < 3; i++)
		sim_yield(world);
	take_a_then_b(world, arg);
}

static void take_both_the_other_way(struct sim_world *world, void *arg)
{
	for (int i = 0; i < 3; i++)
		sim_yield(world);
	take_b_then_a(world, arg);
}

static void late_locks_in_two_orders(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn(world, take_both, vm);
	sim_spawn(world, take_both_the_other_way, vm);
	sim_join(world);
	sim_vm_free(vm);
}

/* Decisions that are not 0, of a string like 0*3.1*2.0.1. */
static unsigned deviations(const char *choices)
{
	unsigned long value, times, n = 0;
	char *p = (char *)choices;

	while (*p) {
		value = strtoul(p, &p, 10);
		times = *p == '*' ? strtoul(p + 1, &p, 10) : 1;
		n += value ? times : 0;
		p += *p == '.';
	}
	return (unsigned)n;
}

struct last {
	char choices[256];
};

static void remember_violation(struct sim_world *world, void *ctx)
{
	struct last *last = ctx;

	if (sim_violation(world) && deviations(sim_choices(world)) >= deviations(last->choices))
		snprintf(last->choices, sizeof(last->choices), "%s", sim_choices(world));
}

/* The last of the violating runs with most preemptions, of which one is enough. */
static void shrinking_finds_the_one_preemption_of_a_deadlock(void **state)
{
	struct last last = { .choices = "" };
	struct sim_result small;

	sim_explore(late_locks_in_two_orders, &(struct sim_explore){ .config = config_of(),
								     .preemptions = 3,
								     .go_on = true,
								     .after = remember_violation,
								     .after_ctx = &last });
	assert_true(deviations(last.choices) >= 3);
	small = SHRUNK(late_locks_in_two_orders, last.choices);
	assert_non_null(strstr(small.violation, "deadlock: "));
	assert_int_equal(deviations(small.choices), 1);
}

/* Without the first failure another check breaks; the third one does nothing. */
static void two_checks(struct sim_world *world)
{
	unsigned first = sim_choose(world, SIM_CHOOSE_FAIL, 2, "first");
	unsigned second = sim_choose(world, SIM_CHOOSE_FAIL, 2, "second");
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_choose(world, SIM_CHOOSE_FAIL, 2, "third");
	sim_expect(world, vm);
	if (first && second)
		sim_vm_mprotect(vm, 0, 4096, false); /* "contract" */
	sim_expect(world, !second);                  /* "expect" */
	sim_vm_free(vm);
}

static void shrinking_keeps_to_the_check_that_was_violated(void **state)
{
	struct sim_result small = SHRUNK(two_checks, "1*3");

	assert_string_equal(small.choices, "1*2");
	assert_non_null(strstr(small.violation, "contract: "));
	assert_string_equal(SHRUNK(two_checks, "0.1").choices, "0.1");
}

static void nothing(struct sim_world *world, void *arg)
{
	sim_yield(world);
	sim_yield(world);
}

/* Both of one name, and in front of the first actor. */
static void first_of_two_allocations(struct sim_world *world)
{
	unsigned first = sim_choose(world, SIM_CHOOSE_FAIL, 3, "an allocation");

	sim_choose(world, SIM_CHOOSE_FAIL, 3, "an allocation");
	sim_spawn(world, nothing, NULL);
	sim_spawn(world, nothing, NULL);
	sim_join(world);
	sim_expect(world, !first);
}

static void shrinking_tells_decisions_of_one_name_apart(void **state)
{
	struct sim_explore explore = { .config = config_of() };

	explore.config.choices = "2*2";
	for (int rewinds = 0; rewinds < 2; rewinds++) {
		explore.rewinds = rewinds;
		assert_string_equal(sim_explore(first_of_two_allocations, &explore).choices, "1");
	}
}

/* Determinism */

static void a_label_that_changes(struct sim_world *world)
{
	sim_choose(world, SIM_CHOOSE_DATA, 2, "same");
	sim_choose(world, SIM_CHOOSE_DATA, 2, now.runs++ % 2 ? "odd" : "even");
}

static void an_event_more(struct sim_world *world)
{
	if (now.runs++ % 2)
		sim_note(world, "one more");
}

/* As many as before can go on, but not the same. */
static void other_actors(struct sim_world *world)
{
	if (now.runs++ % 2) {
		sim_spawn(world, nothing, NULL);
		sim_join(world);
	}
	sim_spawn(world, nothing, NULL);
	sim_spawn(world, nothing, NULL);
	sim_join(world);
}

static void a_violation_now_and_then(struct sim_world *world)
{
	sim_choose(world, SIM_CHOOSE_DATA, 2, "same");
	sim_expect(world, now.runs++ % 2);
}

static void assert_not_deterministic(const char *name, sim_scenario scenario, const char *say)
{
	struct sim_result result = find(name, scenario, NULL, false);

	if (strncmp(result.violation, "determinism: ", 13) || !strstr(result.violation, say))
		fail_msg("%s: '%s'", name, result.violation);
	assert_int_equal(result.violations, 1);
	assert_string_equal(result.replay, "");
}

static void a_run_that_cannot_be_repeated_is_an_error_with_both_labels(void **state)
{
	assert_not_deterministic("a_label_that_changes", a_label_that_changes,
				 "decision 1 is 'data even' of actor 0 with 2 options in one run "
				 "and 'data odd' of actor 0 with 2 options in its repetition");
	now.runs = 0;
	assert_not_deterministic("an_event_more", an_event_more, "events, its repetition");
	now.runs = 0;
	assert_not_deterministic("a_violation_now_and_then", a_violation_now_and_then,
				 "its repetition with 'nothing wrong'");
	now.runs = 0;
	assert_not_deterministic("other_actors", other_actors, "decision 0 is ");
}

/* The environment */

static void the_environment_makes_a_search_a_replay(void **state)
{
	struct sim_result found = FIND(two_of_eight, "0.1.0*3.2"), result;
	struct sim_explore explore = { .config = config_of(), .failures = 1 };

	setenv("RMISIM_REPLAY", found.replay, 1);
	result = sim_explore(two_of_eight, &explore);
	assert_string_equal(result.violation, found.violation);
	assert_int_equal(result.runs, 1);
	/* Another scenario or configuration is not meant. */
	assert_clean(sim_explore_named("other", two_of_eight, &explore));
	explore.config.granule_points = true;
	assert_clean(sim_explore(two_of_eight, &explore));
	explore.config.granule_points = false;
	explore.scenario = "other";
	assert_clean(sim_explore(two_of_eight, &explore));
	setenv("RMISIM_REPLAY", "rmisim1:nonsense", 1);
	assert_refused(sim_explore(two_of_eight, &explore), "RMISIM_REPLAY: ");
	setenv("RMISIM_REPLAY", "", 1);
	assert_clean(sim_explore(two_of_eight, &explore));
	unsetenv("RMISIM_REPLAY");
}

/* Fresh processes: what a test of somebody else's prints, and what its reader does with it. */

static void a_test_that_fails(void **state)
{
	assert_clean(sim_explore(two_locks_in_two_orders,
				 &(struct sim_explore){ .config = config_of(), .preemptions = 1 }));
}

static void trip(struct sim_world *world, void *arg)
{
	sim_yield(world);
	sim_expect(world, *(const unsigned *)arg == 0);
}

static void expectation_of_an_actor(struct sim_world *world)
{
	static const unsigned values[] = { 0, 1 };

	sim_spawn(world, trip, (void *)&values[0]);
	sim_spawn(world, trip, (void *)&values[1]);
	sim_join(world);
}

static void a_test_with_an_actor_that_trips(void **state)
{
	assert_clean(sim_explore(expectation_of_an_actor,
				 &(struct sim_explore){ .config = config_of(), .preemptions = 1 }));
}

static void a_test_that_must_not_run(void **state)
{
	fail_msg("the filter let this one through");
}

static void the_line_that_a_failing_test_prints_repeats_it_in_a_fresh_process(void **state)
{
	struct output *o = malloc(sizeof(*o));
	char command[4096];
	const char *line;

	assert_non_null(o);
	this_program(o, "", "a_test_that_fails");
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "deadlock: "));
	assert_null(strstr(o->text, "the filter let this one through"));
	line = printed_line(o);
	snprintf(command, sizeof(command), "export RMISIM_TEST_FAILS=1; %s", line);
	shell(o, command);
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "1 of 1 schedules violate: deadlock: "));
	assert_null(strstr(o->text, "the filter let this one through"));
	free((char *)line);
	this_program(o, "", "no_such_test");
	assert_int_equal(o->status, 2);
	assert_non_null(strstr(o->text, "there are a_test_that_fails"));
	free(o);
}

static bool gdb_works(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#else
	struct output *o = malloc(sizeof(*o));
	bool works;

	assert_non_null(o);
	shell(o, "gdb -q -batch -ex run --args true </dev/null");
	works = strstr(o->text, "exited normally");
	free(o);
	return works;
#endif
}

static void gdb_stops_at_the_violation_on_the_strand_that_makes_it(void **state)
{
	struct output *o = malloc(sizeof(*o));
	char command[4096];
	const char *line;

	assert_non_null(o);
	if (!gdb_works()) {
		print_message("# there is no gdb here that can run a program: skipped\n");
		free(o);
		return;
	}
	this_program(o, "", "a_test_with_an_actor_that_trips");
	line = printed_line(o);
	snprintf(command, sizeof(command),
		 "export RMISIM_TEST_FAILS=1 RMISIM_GDB=1 DEBUGINFOD_URLS=; "
		 "printf 'kill\\n' | %s",
		 line);
	shell(o, command);
	if (!strstr(o->text, "hit Breakpoint 1, ") || !strstr(o->text, "sim_at_violation") ||
	    !strstr(o->text, "in trip (") || strstr(o->text, "schedules violate"))
		fail_msg("%s", o->text);
	free((char *)line);
	free(o);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_string_makes_the_run_again, reset),
		cmocka_unit_test_setup(a_run_that_is_clean_now_is_called_clean, reset),
		cmocka_unit_test_setup(a_deadlock_is_the_same_on_threads_and_on_fibers, reset),
		cmocka_unit_test_setup(a_world_follows_the_string_too, reset),
		cmocka_unit_test_setup(
			the_first_decision_that_differs_is_named_and_nothing_behind_it_is_asked,
			reset),
		cmocka_unit_test_setup(a_change_behind_the_last_mark_is_noticed, reset),
		cmocka_unit_test_setup(a_long_run_has_marks_for_several_decisions_each, reset),
		cmocka_unit_test_setup(a_string_of_something_else_is_refused, reset),
		cmocka_unit_test_setup(a_string_of_another_build_of_the_image_is_refused, reset),
		cmocka_unit_test_setup(what_is_not_loaded_of_an_image_is_no_other_build, reset),
		cmocka_unit_test_setup(a_damaged_string_is_refused_wherever_the_damage_is, reset),
		cmocka_unit_test_setup(a_forged_string_is_refused_field_by_field, reset),
		cmocka_unit_test_setup(a_string_with_too_much_in_it_is_refused, reset),
		cmocka_unit_test_setup(a_string_is_followed_and_then_explored, reset),
		cmocka_unit_test_setup(
			shrinking_leaves_the_failures_that_matter_with_the_smallest_options, reset),
		cmocka_unit_test_setup(fewest_preemptions_come_before_fewest_failures, reset),
		cmocka_unit_test_setup(
			shrinking_does_not_take_another_sentence_for_an_earlier_place, reset),
		cmocka_unit_test_setup(shrinking_takes_no_other_decision_for_a_preemption, reset),
		cmocka_unit_test_setup(shrinking_finds_the_one_preemption_of_a_deadlock, reset),
		cmocka_unit_test_setup(shrinking_keeps_to_the_check_that_was_violated, reset),
		cmocka_unit_test_setup(shrinking_tells_decisions_of_one_name_apart, reset),
		cmocka_unit_test_setup(a_run_that_cannot_be_repeated_is_an_error_with_both_labels,
				       reset),
		cmocka_unit_test_setup(the_environment_makes_a_search_a_replay, reset),
		cmocka_unit_test_setup(
			the_line_that_a_failing_test_prints_repeats_it_in_a_fresh_process, reset),
		cmocka_unit_test_setup(gdb_stops_at_the_violation_on_the_strand_that_makes_it,
				       reset),
	};
	/* What other tests here run in fresh processes. */
	const struct CMUnitTest fails[] = {
		cmocka_unit_test(a_test_that_fails),
		cmocka_unit_test(a_test_with_an_actor_that_trips),
		cmocka_unit_test(a_test_that_must_not_run),
	};

	if (getenv("RMISIM_TEST_FAILS"))
		return sim_run_group_tests(fails, argc, argv);
	return sim_run_group_tests(tests, argc, argv);
}
