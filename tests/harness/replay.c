/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay strings: that one makes the run again; that one which does not fit is refused and not followed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "replays.h"

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

static void where_the_first_bank_is_stands_in_the_string(void **state)
{
	struct sim_explore explore = { .config = config_of(), .max_runs = 1 };
	struct sim_result found, r;
	struct sim_replay_about about;

	explore.config.choices = "0.1.0*3.2";
	explore.config.first_bank = UINT64_C(0x100000000);
	found = sim_explore_named("two", two_of_eight, &explore);
	assert_non_null(strstr(found.replay, ",first-bank-100000000:"));
	assert_null(sim_replay_about(found.replay, &about));
	assert_int_equal(about.first_bank, 0x100000000);
	explore.config.choices = NULL;
	r = sim_replay_named("two", two_of_eight, found.replay, &explore);
	assert_string_equal(r.violation, found.violation);
	explore.config.first_bank = 0;
	r = sim_replay_named("two", two_of_eight, found.replay, &explore);
	assert_refused(r, "memory from 0x100000000 on");
}

/* Each other way in which a metamorphic run differs from the usual one. */
static void every_variation_of_memory_stands_in_the_string(void **state)
{
	static const struct {
		unsigned spare;
		bool downwards;
		uint64_t offset;
		const char *option, *refused;
	} rows[] = {
		{ .spare = 8, .option = ",spare-pages-8:", .refused = "without the first 8 pages" },
		{ .downwards = true, .option = ",pages-downwards:", .refused = "the upper end" },
		{ .offset = UINT64_C(0x200000000),
		  .option = ",ipa-offset-200000000:",
		  .refused = "0x200000000 bytes higher" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_explore explore = { .config = config_of(), .max_runs = 1 };
		struct sim_result found, r;
		struct sim_replay_about about;

		explore.config.choices = "0.1.0*3.2";
		explore.config.spare_pages = rows[i].spare;
		explore.config.pages_downwards = rows[i].downwards;
		explore.config.ipa_offset = rows[i].offset;
		found = sim_explore_named("two", two_of_eight, &explore);
		assert_non_null(strstr(found.replay, rows[i].option));
		assert_null(sim_replay_about(found.replay, &about));
		assert_int_equal(about.spare_pages, rows[i].spare);
		assert_int_equal(about.pages_downwards, rows[i].downwards);
		assert_int_equal(about.ipa_offset, rows[i].offset);
		explore.config.choices = NULL;
		r = sim_replay_named("two", two_of_eight, found.replay, &explore);
		assert_string_equal(r.violation, found.violation);
		explore.config = config_of();
		r = sim_replay_named("two", two_of_eight, found.replay, &explore);
		assert_refused(r, rows[i].refused);
	}
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
	assert_refused(AGAIN(two_of_eight, "rmisim1"), "not complete");
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
		{ "rmisim1:a:fake,bet1,strict,first-bank-:00000000-00000000:-:.:00000000",
		  "option" },
		{ "rmisim1:a:fake,bet1,strict,first-bank-1g:00000000-00000000:-:.:00000000",
		  "option" },
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
		cmocka_unit_test_setup(where_the_first_bank_is_stands_in_the_string, reset),
		cmocka_unit_test_setup(every_variation_of_memory_stands_in_the_string, reset),
		cmocka_unit_test_setup(a_string_of_another_build_of_the_image_is_refused, reset),
		cmocka_unit_test_setup(what_is_not_loaded_of_an_image_is_no_other_build, reset),
		cmocka_unit_test_setup(a_damaged_string_is_refused_wherever_the_damage_is, reset),
		cmocka_unit_test_setup(a_forged_string_is_refused_field_by_field, reset),
		cmocka_unit_test_setup(a_string_with_too_much_in_it_is_refused, reset),
		cmocka_unit_test_setup(a_string_is_followed_and_then_explored, reset),
		cmocka_unit_test_setup(the_environment_makes_a_search_a_replay, reset),
	};

	return sim_run_group_tests(tests, argc, argv);
}
