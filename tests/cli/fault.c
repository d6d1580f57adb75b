/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim fault: the golden words of the real log line, rows of the truth table (kvm-fault-dispatch A5), and
 * every kind of state that the fields can describe. rmisim demo: the story holds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define REAL_LINE "kvm_handle_guest_abort: fault_ipa=0x10046880000, esr=0x92000007"

/* UNPROT_MAP of the page, with these flags and this descriptor. */
static void assert_unprot_map(const struct run *r, const char *flags, const char *desc)
{
	char text[200];

	assert_says(r, "\"name\":\"RTT_UNPROT_MAP\",\"args\":[\"0x");
	snprintf(text, sizeof(text),
		 "\"0x10046880000\",\"0x10046881000\",\"%s\",\"%s\"],\"result\":\"0x0\"", flags,
		 desc);
	assert_says(r, text);
}

static void the_words_of_the_v14_kernel(void **state)
{
	const struct run *r;

	r = rmisim("fault", REAL_LINE, "--kernel", "v14-posted", "--pfn", "0xb8b59", "--json",
		   NULL);
	assert_json(r, 0);
	assert_unprot_map(r, "0x1e0001", "0xb8b59004");
	assert_says(r, "\"differences\":[]");
	assert_says(r, "\"kind\":\"mapped\"");
	assert_says(r, "\"pa\":\"0xb8b59000\"");
	/* DELEGATED is wrong for this memory; of this kernel that is known */
	assert_says(r, "\"contract\":\"desc-state\"");
	assert_says(r, "\"known\":true");
}

static void the_clean_port_adds_the_state_of_the_edition(void **state)
{
	const struct run *r = rmisim("fault", REAL_LINE, "--pfn", "0xb8b59", "--json", NULL);

	assert_json(r, 0);
	assert_unprot_map(r, "0x1e0001", "0x80000000b8b59004");
	assert_says(r, "\"differences\":[]");
	assert_says(r, "\"memattr\":\"NORMAL\",\"s2ap\":\"RW\"");
	assert_says(r, "\"breaches\":[]");
}

static void a_broken_contract_is_a_finding(void **state)
{
	/* the block size code of v13: 3 says 512 GiB (A8) */
	const struct run *r = rmisim("fault", "fault_ipa=0x10046880000 esr=0x92000005", "--kernel",
				     "B018", "--json", NULL);

	assert_json(r, 1);
	assert_says(r, "\"contract\":\"desc-fits\"");
	assert_says(r, "\"known\":false");
	assert_says(r, "\"result\":\"0x1\"");
}

static void text_shows_the_whole_path(void **state)
{
	const struct run *r = rmisim("fault", REAL_LINE, "--pfn", "0xb8b59", NULL);

	assert_int_equal(r->status, 0);
	assert_string_equal(r->err, "");
	assert_says(r, "translation fault, level 3");
	assert_says(r, "0x1e0001<SINGLE|memattr=NORMAL|s2ap=RW>");
	assert_says(r, "UNDELEGATED");
	assert_says(r, "mapped: IPA 0x10046880000<shared> level 3");
	assert_says(r, "the exit is the one that was pasted");
}

static void fields_come_in_any_order_and_base(void **state)
{
	const struct run *r =
		rmisim("fault",
		       "[ 12.3] CPU1: ESR_EL2: 2449473543, hpfar = 0x100468800 xFAULT_IPA=1 "
		       "Fault_IPA=1100694945792!",
		       "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"ipa\":\"0x10046880000\"");
	assert_says(r, "\"differences\":[]");
}

struct row {
	const char *text, *option, *value;
	const char *says[3];
};

/* What the clean port and v14 do alike: rows 4 to 8 of A5, and the levels. */
static const struct row rows[] = {
	{ "fault_ipa=0x46880000 esr=0x90000007",
	  NULL,
	  NULL,
	  { "\"kind\":\"mapped\"", "\"name\":\"RTT_DATA_MAP\"", "\"ripas\":\"RAM\"" } },
	{ "fault_ipa=0x46880000 esr=0x90000006",
	  NULL,
	  NULL,
	  { "\"kind\":\"mapped\"", "\"level\":2", "\"name\":\"RTT_CREATE\"" } },
	{ "fault_ipa=0x46880000 esr=0x90000005",
	  NULL,
	  NULL,
	  { "\"kind\":\"mapped\"", "\"level\":1", "\"name\":\"RTT_CREATE\"" } },
	{ "fault_ipa=0x46880000 esr=0x90000007",
	  "--attr",
	  "shared",
	  { "\"kind\":\"memory_fault\",\"ret\":-14,\"exit_reason\":39",
	    "\"gpa\":\"0x46880000\",\"size\":\"0x1000\",\"flags\":\"0x8\"", "\"private\":true" } },
	{ "fault_ipa=0x10046880000 esr=0x92000006",
	  NULL,
	  NULL,
	  { "\"kind\":\"mapped\"", "\"level\":2", "\"name\":\"RTT_CREATE\"" } },
	{ "fault_ipa=0x10046880000 esr=0x92000005",
	  NULL,
	  NULL,
	  { "\"kind\":\"mapped\"", "\"level\":1", "\"name\":\"RTT_CREATE\"" } },
	{ "fault_ipa=0x10046880000 esr=0x92000007",
	  "--attr",
	  "private",
	  { "\"kind\":\"mapped\"", "\"name\":\"RTT_UNPROT_MAP\"", "\"hipas\":\"" } },
	{ "fault_ipa=0x10046880000 esr=0x92000007",
	  "--read",
	  NULL,
	  { "\"kind\":\"mapped\"", "\"s2ap\":\"RW\"", "\"level\":3" } },
	{ "fault_ipa=0x10046880000 esr=0x91c08047",
	  NULL,
	  NULL,
	  { "\"kind\":\"mapped\"", "\"esr\":\"0x91c08047\"", "\"s2ap\":\"RW\"" } },
	{ "fault_ipa=0x10046880000 esr=0x91808007 far=0xffff0008",
	  "--pfn",
	  "0x2345678",
	  { "\"kind\":\"mapped\"", "\"pa\":\"0x2345678000\"",
	    "\"field\":\"far\",\"pasted\":\"0xffff0008\",\"produced\":\"0x8\"" } },
	{ "fault_ipa=0x10046880000 esr=0x91c08047",
	  "--read-only",
	  NULL,
	  /* the VMA forbids what the slot allows: fault-in fails (A7, step 8) */
	  { "\"kind\":\"error\",\"ret\":-14,\"exit_reason\":0",
	    "\"calls\":[{\"name\":\"REC_ENTER\"", "\"level\":3" } },
	{ "fault_ipa=0x46880000 esr=0x80000007",
	  NULL,
	  NULL,
	  { "\"kind\":\"error\",\"ret\":-6", "\"class\":\"IABT_LOW\"", "\"level\":3" } },
};

static void the_state_and_the_outcome_of_each_kind(void **state)
{
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const struct run *r = row->option ? rmisim("fault", row->text, "--json",
							   row->option, row->value, NULL)
						  : rmisim("fault", row->text, "--json", NULL);

		assert_json(r, 0);
		for (k = 0; k < 3; k++)
			assert_says(r, row->says[k]);
		if (!strstr(row->text, "far"))
			assert_says(r, "\"differences\":[]");
	}
}

static void a_private_access_without_guest_memfd(void **state)
{
	const struct run *r =
		rmisim("fault", "fault_ipa=0x46880000 esr=0x90000007", "--no-gmem", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"kind\":\"memory_fault\",\"ret\":-14");
	assert_says(r, "\"private\":true");
	assert_says(r, "\"differences\":[]");
	r = rmisim("fault", "fault_ipa=0x46880000 esr=0x90000007", "--no-gmem", "--json",
		   "--kernel", "v14-posted", NULL);
	assert_json(r, 0);
	assert_says(r, "\"kind\":\"mapped\"");
	/* with the frame of the user mapping: there is no other (A5, row 9) */
	r = rmisim("fault", "fault_ipa=0x46880000 esr=0x90000007", "--no-gmem", "--json",
		   "--kernel", "v14-posted", "--pfn", "0xb8b59", NULL);
	assert_json(r, 0);
	assert_says(r, "\"pa\":\"0xb8b59000\"");
}

static void a_store_to_the_zero_page_is_a_permission_fault(void **state)
{
	const struct run *r =
		rmisim("fault", "fault_ipa=0x10046880000 esr=0x9200004f", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"fault\":\"permission fault, level 3\"");
	assert_says(r, "\"differences\":[]");
	assert_says(r, "\"kind\":\"mapped\"");
	assert_says(r, "\"s2ap\":\"RW\"");
}

static void differences_are_told(void **state)
{
	/* IL is 0 when ISV is 1, and SSE and SRT are never shown: A4.3.4 */
	const struct run *r =
		rmisim("fault", "fault_ipa=0x10046880000 esr=0x93c58047", "--json", NULL);

	assert_json(r, 0);
	assert_says(r,
		    "\"field\":\"esr\",\"pasted\":\"0x93c58047\",\"produced\":\"0x91c08047\","
		    "\"note\":\"IL: shown just for shared addresses with ISV = 0; SSE, SRT: never "
		    "shown\"");
	r = rmisim("fault", "fault_ipa=0x46880000 esr=0x92000047", "--json", NULL);
	assert_json(r, 0);
	assert_says(r, "IL: shown just for shared addresses with ISV = 0; WnR: shown for");
}

static void verbose_tells_how_the_state_is_built(void **state)
{
	const struct run *r = rmisim("fault", REAL_LINE, "--verbose", NULL);
	const char *create = strstr(r->out, "REALM_CREATE"),
		   *head = strstr(r->out, "fault    translation fault");

	assert_int_equal(r->status, 0);
	assert_non_null(create);
	assert_non_null(head);
	assert_true(create < head);
}

/* The master of a new pseudo-terminal, -1 where there are none (a container without devpts). */
static int open_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master >= 0 && !grantpt(master) && !unlockpt(master) && ptsname(master))
		return master;
	if (master >= 0)
		close(master);
	return -1;
}

/* What the program writes to a terminal has colours. */
static bool coloured(const char *environment)
{
	int master = open_terminal();
	char command[400], text[16384];
	const char *name;
	size_t used = 0;
	ssize_t n;
	int slave;

	assert_true(master >= 0);
	name = ptsname(master);
	assert_non_null(name);
	slave = open(name, O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	snprintf(command, sizeof(command), "env -u NO_COLOR %s \"$RMISIM\" fault '%s' >%s &",
		 environment, REAL_LINE, name);
	assert_int_equal(system(command), 0);
	text[0] = '\0';
	while (!strstr(text, "mapped: ") && used < sizeof(text) - 1 &&
	       poll(&(struct pollfd){ .fd = master, .events = POLLIN }, 1, 20000) > 0 &&
	       (n = read(master, text + used, sizeof(text) - 1 - used)) > 0) {
		used += (size_t)n;
		text[used] = '\0';
	}
	close(slave);
	close(master);
	assert_non_null(strstr(text, "mapped: "));
	return strchr(text, '\x1b');
}

static void colours_are_for_terminals_that_know_them(void **state)
{
	int terminal = open_terminal();

	assert_null(strchr(rmisim("fault", REAL_LINE, NULL)->out, '\x1b'));
	if (terminal < 0) { /* CMocka's skip() is a failure in TAP */
		fprintf(stderr, "no pseudo-terminal here: only the pipe was looked at\n");
		return;
	}
	close(terminal);
	assert_true(coloured("TERM=xterm"));
	assert_true(coloured("TERM=xterm NO_COLOR="));
	assert_false(coloured("TERM=xterm NO_COLOR=1"));
	assert_false(coloured("TERM=dumb"));
}

static void other_editions_profiles_and_machines(void **state)
{
	const struct run *r =
		rmisim("fault", REAL_LINE, "--pfn", "0xb8b59", "--json", "--edition", "bet3", NULL);

	assert_json(r, 0);
	assert_unprot_map(r, "0x1e0001", "0x40000000b8b59004");
	r = rmisim("fault", REAL_LINE, "--json", "--profile", "bet1-leaf", NULL);
	assert_json(r, 0);
	assert_says(r, "\"kind\":\"mapped\"");
	r = rmisim("fault", "fault_ipa=0x800046880000 esr=0x92000004", "--json", "--ipa-bits", "48",
		   NULL);
	assert_json(r, 0);
	assert_says(r, "\"level\":0");
	assert_says(r, "\"differences\":[]");
}

static void the_same_fault_twice_gives_the_same_bytes(void **state)
{
	static char first[sizeof(((struct run *)0)->out)];

	strcpy(first, rmisim("fault", REAL_LINE, "--json", NULL)->out);
	assert_string_equal(rmisim("fault", REAL_LINE, "--json", NULL)->out, first);
}

static void the_demo_tells_a_story_that_holds(void **state)
{
	const struct run *r = rmisim("demo", NULL);
	unsigned lines = 0;
	const char *s;

	for (s = r->out; *s; s++)
		lines += *s == '\n';
	assert_int_equal(r->status, 0);
	assert_string_equal(r->err, "");
	assert_says(r, "RIM");
	assert_says(r, "all memory is back");
	assert_null(strstr(r->out, "NOT OK"));
	assert_in_range(lines, 35, 100);
	r = rmisim("demo", "--json", NULL);
	assert_json(r, 0);
	assert_says(r, "\"ok\":true");
}

/* B020: the memory works all the same, so that the wrong call is all there is to tell, once. */
static void the_demo_counts_what_does_not_hold(void **state)
{
	const struct run *r = rmisim("demo", "--kernel", "B020", NULL);
	const char *told = strstr(r->out, "NOT OK: no violation");

	assert_int_equal(r->status, 1);
	assert_non_null(told);
	assert_ptr_equal(strstr(r->out, "NOT OK"), told);
	assert_null(strstr(told + 1, "NOT OK"));
	assert_says(r, "14 of 15 checks hold");
	r = rmisim("demo", "--kernel", "B020", "--json", NULL);
	assert_json(r, 1);
	assert_says(r, "\"ok\":false,\"checks\":15,\"failed\":1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_of_the_v14_kernel),
		cmocka_unit_test(the_clean_port_adds_the_state_of_the_edition),
		cmocka_unit_test(a_broken_contract_is_a_finding),
		cmocka_unit_test(text_shows_the_whole_path),
		cmocka_unit_test(fields_come_in_any_order_and_base),
		cmocka_unit_test(the_state_and_the_outcome_of_each_kind),
		cmocka_unit_test(a_private_access_without_guest_memfd),
		cmocka_unit_test(a_store_to_the_zero_page_is_a_permission_fault),
		cmocka_unit_test(differences_are_told),
		cmocka_unit_test(verbose_tells_how_the_state_is_built),
		cmocka_unit_test(colours_are_for_terminals_that_know_them),
		cmocka_unit_test(other_editions_profiles_and_machines),
		cmocka_unit_test(the_same_fault_twice_gives_the_same_bytes),
		cmocka_unit_test(the_demo_tells_a_story_that_holds),
		cmocka_unit_test(the_demo_counts_what_does_not_hold),
	};

	return cmocka_run_group_tests_name("rmisim fault", tests, NULL, NULL);
}
