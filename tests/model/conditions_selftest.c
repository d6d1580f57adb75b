/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of conditions.h object to what is wrong: each of these tables must fail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conditions.h"

static void valid_activate(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	t->x[1] = t->h.rd;
}

static void refused_activate(struct trial *t)
{
	valid_activate(t);
	break_activate_realm(t, NULL);
}

static void run_table(void **state)
{
	conditions_run(*state, "selftest");
}

/* Does the table pass, and what is said when it does not? In a process of its own. */
static bool passes(const struct condition_table *table, char *said, size_t size)
{
	struct CMUnitTest test = cmocka_unit_test_prestate(run_table, (void *)(uintptr_t)table);
	const struct CMUnitTest tests[] = { test };
	int fd[2], status = 0;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		unsetenv("RMISIM_STATS");
		dup2(fd[1], 1);
		dup2(fd[1], 2);
		close(fd[0]);
		close(fd[1]);
		_exit(cmocka_run_group_tests(tests, NULL, NULL));
	}
	assert_true(pid > 0);
	close(fd[1]);
	while (used < size - 1 && (n = read(fd[0], said + used, size - 1 - used)) > 0)
		used += (size_t)n;
	said[used] = '\0';
	close(fd[0]);
	assert_true(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static void assert_objects(const struct condition_table *table, const char *to)
{
	char said[8192];

	if (passes(table, said, sizeof(said)) || !strstr(said, to))
		fail_msg("wanted an objection with '%s', got '%s'", to, said);
}

#define RD_ALIGN    "rd_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1
#define RD_BOUND    "rd_bound", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(1), 1
#define RD_BLOCKED  "rd_blocked", RMI_BLOCKED, break_owned_page, ON_ARG(1) | ON_RMM, 1, .stage = -1
#define RD_STATE    "rd_state", RMI_ERROR_INPUT, break_spare_page, ON_ARG(1), 1
#define REALM_STATE "realm_state", RMI_ERROR_REALM, break_activate_realm

#define TABLE(rows) "REALM_ACTIVATE", RMI_REALM_ACTIVATE, valid_activate, BREAKERS(rows)

static void a_right_table_passes(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN }, { RD_BOUND }, { RD_BLOCKED }, { RD_STATE }, { REALM_STATE }
	};
	static const struct condition_table table = { TABLE(rows) };
	char said[8192];

	assert_true(passes(&table, said, sizeof(said)));
}

static void a_row_that_is_missing_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN }, { RD_BOUND }, { RD_STATE }, { REALM_STATE }
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "the table lacks rd_blocked");
}

static void rows_in_another_order_are_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_BOUND }, { RD_ALIGN }, { RD_BLOCKED }, { RD_STATE }, { REALM_STATE }
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "rd_bound with rd_align: X0 is 0x1 by rd_align");
}

static void another_status_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN },
		{ RD_BOUND },
		{ RD_BLOCKED },
		{ RD_STATE },
		{ "realm_state", RMI_ERROR_REC, break_activate_realm },
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "realm_state with nothing else: X0 is 0x2");
}

/* The status alone does not do: both are ERROR_INPUT. */
static void a_breaker_of_another_row_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN },    { "rd_bound", RMI_ERROR_INPUT, break_spare_page, ON_ARG(1), 1 },
		{ RD_BLOCKED },  { RD_STATE },
		{ REALM_STATE },
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "rd_bound with nothing else: X0 is 0x1 by rd_state");
}

static void a_breaker_that_breaks_nothing_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN },
		{ RD_BOUND },
		{ RD_BLOCKED },
		{ RD_STATE },
		{ "realm_state", RMI_ERROR_REALM, break_option },
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "realm_state with nothing else: X0 is 0 by no row");
}

static void a_call_that_fails_by_itself_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN }, { RD_BOUND }, { RD_BLOCKED }, { RD_STATE }, { REALM_STATE }
	};
	static const struct condition_table table = { "REALM_ACTIVATE", RMI_REALM_ACTIVATE,
						      refused_activate, BREAKERS(rows) };

	assert_objects(&table, "with nothing broken: X0 is 0x2 by realm_state");
}

/* [rd_bound, rd_state] < [realm_state] */
static void a_printed_pair_without_a_trial_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN },
		{ RD_BOUND },
		{ RD_BLOCKED },
		{ RD_STATE },
		{ "realm_state", RMI_ERROR_REALM, break_activate_realm, ON_ARG(1) },
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "no trial has both rd_bound and realm_state");
}

/* A REC that does not exist cannot run: the frame is left without the call. */
static void a_call_in_a_frame_that_never_comes_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN },
		{ RD_BOUND },
		{ RD_BLOCKED },
		{ RD_STATE },
		{ "realm_state", RMI_ERROR_REALM, break_run_rec },
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "realm_state with nothing else: the call was not made");
}

/* Taken for a refusal, the success is one that changes the state. */
static void a_change_of_state_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN }, { RD_BOUND },    { RD_BLOCKED },
		{ RD_STATE }, { REALM_STATE }, { "no row", RMI_SUCCESS, break_option },
	};
	static const struct condition_table table = { TABLE(rows) };

	assert_objects(&table, "no row with nothing else: the state has changed");
}

static void want_an_output(const struct trial *t, const struct breaker *b)
{
	assert_hex(t->out.x[1], 0x1234);
}

static void another_output_is_found(void **state)
{
	static const struct breaker rows[] = {
		{ RD_ALIGN }, { RD_BOUND }, { RD_BLOCKED }, { RD_STATE }, { REALM_STATE }
	};
	static const struct condition_table table = { TABLE(rows), .outputs = want_an_output };

	assert_objects(&table, "0xdeadc0dedeadc0de != 0x1234");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_right_table_passes),
		TEST(a_row_that_is_missing_is_found),
		TEST(rows_in_another_order_are_found),
		TEST(another_status_is_found),
		TEST(a_breaker_of_another_row_is_found),
		TEST(a_breaker_that_breaks_nothing_is_found),
		TEST(a_call_that_fails_by_itself_is_found),
		TEST(a_printed_pair_without_a_trial_is_found),
		TEST(a_call_in_a_frame_that_never_comes_is_found),
		TEST(a_change_of_state_is_found),
		TEST(another_output_is_found),
	};

	return cmocka_run_group_tests_name("tables of conditions", tests, NULL, NULL);
}
