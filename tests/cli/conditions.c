/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim conditions: what the notes of tests add up to, and what is wrong with a folder of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rmisim/rmm.h>

#include "run.h"

static char folder[64];

static void path_of(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", folder, name);
}

static void write_notes(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	path_of(path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int with_folder(void **state)
{
	strcpy(folder, "/tmp/rmisim-stats-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	return setenv("RMISIM_STATS", folder, 1);
}

static int without_folder(void **state)
{
	static const char *const names[] = { "a.stats", "b.stats", "notes.txt" };
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(path, names[i]);
		unlink(path);
	}
	unsetenv("RMISIM_STATS");
	return rmdir(folder);
}

static void without_notes_every_row_is_listed_and_none_is_asserted(void **state)
{
	const struct run *r;

	unsetenv("RMISIM_STATS");
	r = rmisim("conditions", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "RTT_CREATE               rd_align             RMI_ERROR_INPUT     -  ");
	assert_says(r, "RSI_HOST_CALL            addr_bound           RSI_ERROR_INPUT     -  ");
	assert_says(r, "REC_ENTER                rec                  RMI_ERROR_INPUT     tf-rmm");
	assert_says(r, "REALM_DESTROY            rd_state             realm_live           -\n");
	assert_says(r, " 0 met, 0 asserted, ");
	assert_int_equal(rmisim("conditions", "--check", NULL)->status, 1);
}

static void notes_of_all_files_add_up(void **state)
{
	const struct run *r;

	write_notes("a.stats",
		    "hit REALM_ACTIVATE rd_align RMI_ERROR_INPUT strict 5\n"
		    "asserted REALM_ACTIVATE rd_align RMI_ERROR_INPUT strict one test\n");
	write_notes("b.stats",
		    "hit REALM_ACTIVATE rd_align RMI_ERROR_INPUT bet1-leaf 7\n"
		    "asserted REALM_ACTIVATE rd_align RMI_ERROR_INPUT bet1-leaf another\n"
		    "order REALM_ACTIVATE rd_state realm_state pairs\n");
	write_notes("notes.txt", "none of ours\n");
	r = rmisim("conditions", "REALM_ACTIVATE", "--json", NULL);
	assert_json(r, 0);
	assert_says(r, "{\"command\":\"REALM_ACTIVATE\",\"name\":\"rd_align\",\"status\":"
		       "\"RMI_ERROR_INPUT\",\"hits\":12,\"asserted\":2,\"profile\":null,"
		       "\"test\":\"one test\",\"unreachable\":null}");
	assert_says(r, "{\"command\":\"REALM_ACTIVATE\",\"first\":\"rd_state\",\"second\":"
		       "\"realm_state\",\"test\":\"pairs\"}");
	assert_says(r, "\"first\":\"rd_bound\",\"second\":\"realm_state\",\"test\":null");
	assert_null(strstr(r->out, "REALM_CREATE"));
	/* one profile's notes */
	r = rmisim("conditions", "REALM_ACTIVATE", "--json", "--profile", "strict", NULL);
	assert_json(r, 0);
	assert_says(r, "\"hits\":5,\"asserted\":1,");
}

static void a_row_of_tf_rmm_alone_is_not_its_namesake(void **state)
{
	const struct run *r;

	write_notes("a.stats", "hit REC_CREATE rd RMI_ERROR_INPUT tf-rmm-2026-07 3\n"
			       "hit REC_CREATE num_recs RMI_ERROR_REALM tf-rmm-2026-07 4\n");
	r = rmisim("conditions", "REC_CREATE", "--json", NULL);
	assert_json(r, 0);
	assert_says(r, "\"name\":\"rd\",\"status\":\"RMI_ERROR_INPUT\",\"hits\":3,\"asserted\":0,"
		       "\"profile\":\"tf-rmm-2026-07\"");
	assert_says(r, "\"name\":\"num_recs\",\"status\":\"RMI_ERROR_REALM\",\"hits\":4,"
		       "\"asserted\":0,\"profile\":null");
	/* what no strict model asks for is no row of strict */
	write_notes("a.stats", "hit REC_CREATE rd RMI_ERROR_INPUT strict 3\n");
	r = rmisim("conditions", "REC_CREATE", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "1 notes are about conditions that this version does not have");
}

static void check_asks_for_every_row_and_every_pair(void **state)
{
	const char *rows = "asserted RMM_ACTIVATE state RMI_ERROR_GLOBAL strict t\n";
	const char *realm = "asserted REALM_ACTIVATE rd_align RMI_ERROR_INPUT strict t\n"
			    "asserted REALM_ACTIVATE rd_bound RMI_ERROR_INPUT strict t\n"
			    "asserted REALM_ACTIVATE rd_blocked RMI_BLOCKED strict t\n"
			    "asserted REALM_ACTIVATE rd_state RMI_ERROR_INPUT strict t\n"
			    "asserted REALM_ACTIVATE realm_blocked RMI_BLOCKED strict t\n"
			    "asserted REALM_ACTIVATE realm_state RMI_ERROR_REALM strict t\n"
			    "order REALM_ACTIVATE rd_bound realm_state t\n";

	write_notes("a.stats", rows);
	assert_int_equal(rmisim("conditions", "RMM_ACTIVATE", "--check", NULL)->status, 0);
	assert_int_equal(rmisim("conditions", "REALM_ACTIVATE", "--check", NULL)->status, 1);
	write_notes("a.stats", realm);
	assert_int_equal(rmisim("conditions", "REALM_ACTIVATE", "--check", NULL)->status, 1);
	write_notes("b.stats", "order REALM_ACTIVATE rd_state realm_state t\n");
	assert_int_equal(rmisim("conditions", "REALM_ACTIVATE", "--check", NULL)->status, 0);
}

/* The explanation is checked too: what is unreachable is never met. */
static void an_unreachable_row_needs_no_test_but_must_not_be_met(void **state)
{
	struct rmm_condition_info info;
	char note[200];
	unsigned i = 0;

	while (rmm_condition_at(i, &info) && !info.unreachable)
		i++;
	if (!rmm_condition_at(i, &info)) {
		print_message("# no row is out of reach\n");
		return; /* cmocka's skip() is "not ok" in TAP */
	}
	snprintf(note, sizeof(note), "hit %s %s %s strict 1\n", info.command, info.name,
		 info.status_name);
	assert_null(strstr(rmisim("conditions", info.command, NULL)->out, "were met"));
	write_notes("a.stats", note);
	assert_says(rmisim("conditions", info.command, NULL),
		    "1 conditions that are said to be unreachable were met");
	assert_int_equal(rmisim("conditions", info.command, "--check", NULL)->status, 1);
}

static void profile_and_edition_choose_the_rows(void **state)
{
	const struct run *r = rmisim("conditions", "RTT_UNPROT_UNMAP", NULL);

	assert_says(r, " rtte_state ");
	r = rmisim("conditions", "RTT_UNPROT_UNMAP", "--profile", "bet1-leaf", NULL);
	assert_says(r, " rtte_state ");
	r = rmisim("conditions", "RTT_UNPROT_UNMAP", "--profile", "bet1-leaf", "--edition", "bet3",
		   NULL);
	assert_null(strstr(r->out, " rtte_state "));
	r = rmisim("conditions", "REC_ENTER", "--profile", "tf-rmm-2026-07", NULL);
	assert_null(strstr(r->out, " rec_gran_state       RMI"));
}

static void bad_words_and_bad_notes_are_refused(void **state)
{
	static const char *const bad[] = {
		"nonsense\n",
		"\n",
		"hit\n",
		"hit REALM_ACTIVATE rd_align RMI_ERROR_INPUT strict\n",
		"hit REALM_ACTIVATE rd_align RMI_ERROR_INPUT strict many\n",
		"hit REALM_ACTIVATE  RMI_ERROR_INPUT strict 1\n",
		"asserted REALM_ACTIVATE rd_align RMI_ERROR_INPUT strict \n",
		"order REALM_ACTIVATE rd_align t\n",
	};
	char path[128];
	size_t i;

	assert_bad(rmisim("conditions", "RTT_NONSENSE", NULL), "no command 'RTT_NONSENSE'");
	assert_bad(rmisim("conditions", "FEATURES", NULL), "no command 'FEATURES'");
	assert_bad(rmisim("conditions", "RTT_CREATE", "RTT_FOLD", NULL), "at most one COMMAND");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_notes("a.stats", bad[i]);
		assert_bad(rmisim("conditions", NULL), "a.stats: line 1 is no note");
	}
	path_of(path, "a.stats");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_bad(rmisim("conditions", NULL), "a.stats");
	rmdir(path);
	setenv("RMISIM_STATS", "/nonexistent", 1);
	assert_bad(rmisim("conditions", NULL), "RMISIM_STATS");
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, with_folder, without_folder)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_FOLDER(without_notes_every_row_is_listed_and_none_is_asserted),
		WITH_FOLDER(notes_of_all_files_add_up),
		WITH_FOLDER(a_row_of_tf_rmm_alone_is_not_its_namesake),
		WITH_FOLDER(check_asks_for_every_row_and_every_pair),
		WITH_FOLDER(an_unreachable_row_needs_no_test_but_must_not_be_met),
		WITH_FOLDER(profile_and_edition_choose_the_rows),
		WITH_FOLDER(bad_words_and_bad_notes_are_refused),
	};

	return cmocka_run_group_tests_name("rmisim conditions", tests, NULL, NULL);
}
