/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One planted fault: planted CLEAN IMAGE SCENARIO CHECK BOUND
 *
 * A scenario that knows nothing of it runs under every schedule with at most BOUND preemptions: on the CLEAN image
 * nothing is found, on IMAGE the check with that name finds the fault. Then a process of its own replays the string
 * that was printed. CHECK "none": nothing may be found on IMAGE either.
 *
 * planted --replay IMAGE STRING is that process: it knows the scenario from the string, and prints the violation, if
 * there is one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <rmisim/replay.h>
#include <rmisim/scenario.h>

struct planted {
	const char *program, *clean, *image, *scenario, *check;
	unsigned bound;
	struct sim_result found;
};

/* The harness's own image has two locks and no realm: a hole takes them in an order that its page decides. */
static void punch(struct sim_world *world, void *arg)
{
	struct sim_vm *vm = ((void **)arg)[0];

	sim_vm_punch_hole(vm, (uintptr_t)((void **)arg)[1], 0x1000);
}

static void two_locks(struct sim_world *world, uintptr_t first, uintptr_t second)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);
	void *args[2][2] = { { vm, (void *)first }, { vm, (void *)second } };

	sim_spawn(world, punch, args[0]);
	sim_spawn(world, punch, args[1]);
	sim_join(world);
	sim_vm_free(vm);
}

static void same_order(struct sim_world *world)
{
	two_locks(world, 0, 0);
}

static void both_orders(struct sim_world *world)
{
	two_locks(world, 0, 0x1000);
}

static sim_scenario scenario_named(const char *name)
{
	const struct sim_catalogue_entry *entry = sim_catalogue_find(name);

	if (!strcmp(name, "same-order"))
		return same_order;
	if (!strcmp(name, "both-orders"))
		return both_orders;
	return entry ? entry->run : NULL;
}

static sim_scenario must_have(const char *name)
{
	sim_scenario scenario = scenario_named(name);

	if (!scenario) {
		fprintf(stderr, "planted: there is no scenario '%s'\n", name);
		exit(2);
	}
	return scenario;
}

static struct sim_result run(const char *image, const char *name, struct sim_explore explore)
{
	sim_scenario scenario = must_have(name);

	explore.config.kernel = image;
	return sim_explore_named(name, scenario, &explore);
}

static void clean_at_the_bound(const struct planted *p, const char *image, const char *scenario)
{
	struct sim_result result =
		run(image, scenario, (struct sim_explore){ .preemptions = p->bound });

	if (result.violations)
		fail_msg("%s: %s", image, result.violation);
	assert_true(result.exhaustive);
	assert_true(result.schedules > p->bound);
}

static void nothing_is_found_on_the_clean_image(void **state)
{
	const struct planted *p = *state;

	clean_at_the_bound(p, p->clean,
			   strcmp(p->scenario, "both-orders") ? p->scenario : "same-order");
}

static void nothing_is_found_on_this_image(void **state)
{
	const struct planted *p = *state;

	clean_at_the_bound(p, p->image, p->scenario);
}

static bool is_found(const struct planted *p, const char *violation)
{
	size_t len = strlen(p->check);

	return !strncmp(violation, p->check, len) && violation[len] == ':';
}

static void a_general_check_finds_the_planted_fault(void **state)
{
	struct planted *p = *state;

	p->found = run(p->image, p->scenario, (struct sim_explore){ .preemptions = p->bound });
	if (!is_found(p, p->found.violation))
		fail_msg("%s: %s is not found%s%s", p->image, p->check,
			 p->found.violations ? ", but " : "", p->found.violation);
	printf("# %s\n# replay: %s\n", p->found.violation, p->found.replay);
	assert_int_not_equal(p->found.replay[0], '\0');
}

static void a_fresh_process_replays_what_was_printed(void **state)
{
	struct planted *p = *state;
	char line[600] = "";
	int pipes[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t child;

	fflush(stdout);
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		execl(p->program, p->program, "--replay", p->image, p->found.replay, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	while ((got = read(pipes[0], line + n, sizeof(line) - 1 - n)) > 0)
		n += (size_t)got;
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_string_equal(line, p->found.violation);
}

static int replay(const char *image, const char *string)
{
	struct sim_replay_about about;
	const char *wrong = sim_replay_about(string, &about);
	struct sim_result result;

	if (wrong) {
		fprintf(stderr, "planted: %s\n", wrong);
		return 2;
	}
	result = sim_replay_named(about.scenario, must_have(about.scenario), string,
				  &(struct sim_explore){ .config.kernel = image });
	fputs(result.violation, stdout);
	return result.violations != 0;
}

int main(int argc, char **argv)
{
	struct planted p;
	const struct CMUnitTest plants[] = {
		{ "nothing_is_found_on_the_clean_image", nothing_is_found_on_the_clean_image, NULL,
		  NULL, &p },
		{ "a_general_check_finds_the_planted_fault",
		  a_general_check_finds_the_planted_fault, NULL, NULL, &p },
		{ "a_fresh_process_replays_what_was_printed",
		  a_fresh_process_replays_what_was_printed, NULL, NULL, &p },
	};
	const struct CMUnitTest twins[] = {
		{ "nothing_is_found_on_the_clean_image", nothing_is_found_on_the_clean_image, NULL,
		  NULL, &p },
		{ "nothing_is_found_on_this_image", nothing_is_found_on_this_image, NULL, NULL,
		  &p },
	};

	const struct CMUnitTest clean[] = {
		{ "nothing_is_found_on_the_clean_image", nothing_is_found_on_the_clean_image, NULL,
		  NULL, &p },
	};

	if (argc == 4 && !strcmp(argv[1], "--replay"))
		return replay(argv[2], argv[3]);
	if (argc != 6) {
		fprintf(stderr, "usage: planted CLEAN IMAGE SCENARIO CHECK BOUND\n");
		return 2;
	}
	p = (struct planted){ argv[0], argv[1], argv[2], argv[3], argv[4], .bound = atoi(argv[5]) };
	if (!strcmp(p.check, "none") && !strcmp(p.clean, p.image))
		return cmocka_run_group_tests_name(p.image, clean, NULL, NULL);
	if (!strcmp(p.check, "none"))
		return cmocka_run_group_tests_name(p.image, twins, NULL, NULL);
	return cmocka_run_group_tests_name(p.image, plants, NULL, NULL);
}
