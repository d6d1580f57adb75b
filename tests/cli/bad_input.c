/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bad input: one line on stderr that names the problem and the remedy, nothing on stdout, exit status 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define GOOD "fault_ipa=0x10046880000, esr=0x92000007"

static void unknown_words(void **state)
{
	assert_bad(rmisim(NULL, NULL), "--help");
	assert_bad(rmisim("nonsense", NULL), "unknown subcommand");
	assert_bad(rmisim("", NULL), "unknown subcommand");
	assert_bad(rmisim("--nonsense", NULL), "unknown option");
	assert_bad(rmisim("decode", "--nonsense", NULL), "decode --help");
	assert_bad(rmisim("fault", "--nonsense", GOOD, NULL), "fault --help");
	assert_bad(rmisim("demo", "-x", NULL), "demo --help");
	assert_bad(rmisim("demo", "word", NULL), "no argument");
	assert_bad(rmisim("fault", NULL), "one text");
	assert_bad(rmisim("fault", GOOD, GOOD, NULL), "one text");
	assert_bad(rmisim("decode", "a", "b", "c", "d", "e", NULL), "too many");
}

static void options_without_a_good_value(void **state)
{
	assert_bad(rmisim("fault", GOOD, "--pfn", NULL), "needs a value");
	assert_bad(rmisim("fault", GOOD, "--pfn", "0xg", NULL), "--pfn takes a number");
	assert_bad(rmisim("fault", GOOD, "--pfn", "", NULL), "--pfn takes a number");
	assert_bad(rmisim("fault", GOOD, "--pfn", "0x10000000000000000", NULL),
		   "--pfn takes a number");
	assert_bad(rmisim("fault", GOOD, "--edition", "bet4", NULL), "bet1, bet2 and bet3");
	assert_bad(rmisim("fault", GOOD, "--profile", "lax", NULL), "strict");
	assert_bad(rmisim("fault", GOOD, "--json=yes", NULL), "takes no value");
	assert_bad(rmisim("decode", "desc", "1", "--granule", "8k", NULL), "4k, 16k and 64k");
	assert_bad(rmisim("decode", "desc", "12z", NULL), "64-bit word");
	assert_bad(rmisim("decode", "desc", "", NULL), "64-bit word");
	assert_bad(rmisim("decode", "desc", "-1", NULL), "unknown option");
	assert_bad(rmisim("decode", "desc", "--", "-1", NULL), "64-bit word");
	assert_bad(rmisim("decode", "desc", "99999999999999999999", NULL), "64-bit word");
	assert_bad(rmisim("decode", "thing", "1", NULL), "desc, flags, result");
	assert_bad(rmisim("decode", "desc", NULL), "KIND and a WORD");
	assert_bad(rmisim("decode", "desc", "1", "--command", "RTT_DATA_MAP", NULL),
		   "decode flags");
	assert_bad(rmisim("decode", "flags", "1", "--command", "VERSION", NULL), "no flags word");
}

static void what_one_run_does_not_have(void **state)
{
	assert_bad(rmisim("lanes", "fault-convert", "--cpu", "vcpu0,nobody", NULL),
		   "nobody is called 'nobody' in this run; there are scenario,vcpu0,vmm-shared");
	assert_bad(rmisim("lanes", "fault-convert", "--cpu", "3", NULL), "nobody is called '3'");
	assert_bad(rmisim("lanes", "fault-convert", "--cpu", "vcpu", NULL),
		   "nobody is called 'vcpu'");
	assert_bad(rmisim("lanes", "fault-convert", "--cpu", "vcpu0,", NULL),
		   "nobody is called ''");
	assert_int_equal(rmisim("lanes", "fault-convert", "--cpu", "0,vmm-shared", NULL)->status,
			 0);
	assert_bad(rmisim("replay", "rmisim1:", "--gdb", "--json", NULL), "give one of them");
}

static void log_lines_without_the_fields(void **state)
{
	char *garbage = malloc(100001);

	assert_bad(rmisim("fault", "", NULL), "no fault_ipa");
	assert_bad(rmisim("fault", "esr=0x92000007", NULL), "no fault_ipa");
	assert_bad(rmisim("fault", "no_fault_ipa=0x1 esr=0x92000007", NULL), "no fault_ipa");
	assert_bad(rmisim("fault", "fault_ipa 0x10046880000 esr=0x92000007", NULL), "no fault_ipa");
	assert_bad(rmisim("fault", "fault_ipa=0x10046880000", NULL), "no esr");
	assert_bad(rmisim("fault", "fault_ipa=, esr=0x92000007", NULL), "no 64-bit number");
	assert_bad(rmisim("fault", "fault_ipa=0x10046880000z esr=1", NULL), "no 64-bit number");
	assert_bad(rmisim("fault", "fault_ipa=0x123456789abcdef01 esr=1", NULL),
		   "no 64-bit number");
	assert_bad(rmisim("fault", "fault_ipa=0x1\n\x1b[31m fault_ipa=0x2 esr=1", NULL), "twice");
	assert_non_null(garbage);
	memset(garbage, '=', 100000);
	garbage[100000] = '\0';
	assert_bad(rmisim("fault", garbage, NULL), "no fault_ipa");
	memcpy(garbage, "fault_ipa=", 10);
	assert_bad(rmisim("fault", garbage, NULL), "no 64-bit number");
	free(garbage);
}

/* Texts that no state of the default machine can produce, and what the line names. */
static const char *const impossible[][2] = {
	{ "fault_ipa=0x10046880000, esr=0x5a000000", "not an abort" }, /* HVC64 */
	{ "fault_ipa=0x10046880000, esr=92000007", "not an abort" },   /* decimal by mistake */
	{ "fault_ipa=0x10046880000, esr=0x96000007", "not an abort" }, /* DABT_CUR */
	{ "fault_ipa=0x20046880000, esr=0x92000007", "outside the realm" },
	{ "fault_ipa=0xffffffffffffffff, esr=0x92000007", "outside the realm" },
	{ "fault_ipa=0x1003ffff000, esr=0x92000007", "outside the slot" },
	{ "fault_ipa=0xc0000000, esr=0x90000007", "outside the slot" },
	{ "fault_ipa=0x46880000, esr=0x91c08047", "ISV = 1 on a private" },
	{ "fault_ipa=0x46880000, esr=0x9000000f", "permission fault on a private" },
	{ "fault_ipa=0x10046880000, esr=0x92000004", "level 0" },
	{ "fault_ipa=0x10046880000, esr=0x9200002b", "level -1" },
	{ "fault_ipa=0x10046880000, esr=0x9200000e", "permission fault at level 2" },
	{ "fault_ipa=0x10046880000, esr=0x93c0800f", "permission fault of a load" },
	{ "fault_ipa=0x10046880000, esr=0x92000010", "external abort" },
	{ "fault_ipa=0x10046880000, esr=0x9200000b", "access flag" },
	{ "fault_ipa=0x10046880000, esr=0x9200003f", "reserved" },
	{ "fault_ipa=0x10046880000, esr=0x92000087", "S1PTW" },
	{ "fault_ipa=0x10046880000, esr=0x92000207", "EA" },
	{ "fault_ipa=0x10046880000, esr=0x82000007", "instruction abort on a shared" },
	{ "fault_ipa=0x46880000, esr=0x82000047", "instruction abort" },
	{ "fault_ipa=0x10046880000, esr=0x93c00047", "SF = 0" },
	{ "fault_ipa=0x10046880000, esr=0x192000007", "above 31" },
	{ "fault_ipa=0x10046880000, esr=0x92000007 hpfar=0x1", "hpfar" },
	{ "fault_ipa=0x10046880003, esr=0x93c08047", "aligned" },
};

static void fields_that_no_state_produces(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++)
		assert_bad(rmisim("fault", impossible[i][0], NULL), impossible[i][1]);
	/* and what to do */
	assert_bad(rmisim("fault", "fault_ipa=0x46880000, esr=0x91c08047", NULL),
		   "compare the numbers with the log");
}

static void machines_that_cannot_be(void **state)
{
	assert_bad(rmisim("fault", GOOD, "--ipa-bits", "31", NULL), "32 to 48");
	assert_bad(rmisim("fault", GOOD, "--ipa-bits", "49", NULL), "32 to 48");
	assert_bad(rmisim("fault", GOOD, "--ipa-bits", "40", NULL), "outside the realm");
	assert_bad(rmisim("fault", GOOD, "--slot", "1", NULL), "BASE:TOP");
	assert_bad(rmisim("fault", GOOD, "--slot", "0x80000000:0x40000000", NULL), "--slot");
	assert_bad(rmisim("fault", GOOD, "--slot", "0x40000000:0x40000001", NULL), "--slot");
	assert_bad(rmisim("fault", GOOD, "--slot", "0x0:0x20000000000", NULL), "private half");
	assert_bad(rmisim("fault", GOOD, "--slot", "0x80000000:0xc0000000", NULL),
		   "outside the slot");
	assert_bad(rmisim("fault", GOOD, "--attr", "mine", NULL), "private or shared");
	assert_bad(rmisim("fault", GOOD, "--pfn", "0xffffffffffff", NULL), "48-bit");
	assert_bad(rmisim("fault", "fault_ipa=0x46880000 esr=0x90000007", "--not-present", NULL),
		   "guest_memfd");
	assert_bad(rmisim("fault", "fault_ipa=0x10046880000 esr=0x92000047", "--read", NULL),
		   "--read");
}

/* The state is built first, and --verbose tells of it: not when it turns out that there is none. */
static void states_that_cannot_be_built(void **state)
{
	assert_bad(rmisim("fault", GOOD, "--pfn", "0x80001", NULL), "give another --pfn");
	assert_bad(rmisim("fault", GOOD, "--pfn", "0x80001", "--verbose", NULL),
		   "give another --pfn");
	assert_bad(rmisim("fault", GOOD, "--verbose", "--kernel", "B018", NULL),
		   "never gets to this state");
	assert_bad(rmisim("fault", "fault_ipa=0x10046880000, esr=0x92000005", "--not-present",
			  "--profile", "bet1-leaf", NULL),
		   "try another --kernel or --profile");
}

/* Half an answer must not look like a whole one. */
static void output_that_cannot_be_written(void **state)
{
	static const char *const lines[] = {
		"\"$RMISIM\" fault '" GOOD "' >/dev/full", "\"$RMISIM\" demo --json >/dev/full",
		"\"$RMISIM\" decode desc 1 >/dev/full",    "\"$RMISIM\" --help >/dev/full",
		"\"$RMISIM\" fault '" GOOD "' --json >&-", "\"$RMISIM\" decode desc 1 >&-",
	};
	char command[300], say[300];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		FILE *err;

		snprintf(command, sizeof(command), "{ %s; } 2>&1; echo status $?", lines[i]);
		err = popen(command, "r");
		assert_non_null(err);
		assert_non_null(fgets(say, sizeof(say), err));
		assert_non_null(strstr(say, "cannot write the output"));
		assert_non_null(fgets(say, sizeof(say), err));
		assert_string_equal(say, "status 2\n");
		pclose(err);
	}
}

static void kernels_that_are_none(void **state)
{
	char foreign[] = "/tmp/rmisim-foreign-XXXXXX";
	const char *self = getenv("RMISIM");
	int fd = mkstemp(foreign);

	assert_true(fd >= 0);
	assert_true(write(fd, "not an image\n", 13) == 13);
	close(fd);
	assert_bad(rmisim("fault", GOOD, "--kernel", "nothing-like-it", NULL), "nothing-like-it");
	assert_bad(rmisim("fault", GOOD, "--kernel", "/nonexistent/kernel-4k.so", NULL),
		   "/nonexistent");
	assert_bad(rmisim("fault", GOOD, "--kernel", "/", NULL), "/");
	assert_bad(rmisim("fault", GOOD, "--kernel", foreign, NULL), "rmisim-foreign");
	assert_bad(rmisim("demo", "--kernel", foreign, NULL), "rmisim-foreign");
	assert_bad(rmisim("fault", GOOD, "--kernel", self, NULL), "rmisim");
	assert_bad(rmisim("fault", GOOD, "--kernel", "", NULL), "kernel");
	unlink(foreign);
}

static void help_of_a_word_is_that_of_its_option(void **state)
{
	char *option = strdup(rmisim("dump", "--help", NULL)->out);
	const struct run *r = rmisim("help", "dump", NULL);

	assert_int_equal(r->status, 0);
	assert_string_equal(r->out, option);
	free(option);
	assert_bad(rmisim("help", "dumps", NULL), "'rmisim --help' lists them");
	assert_int_equal(rmisim("version", NULL)->status, 0);
}

static void help_and_version_are_fine(void **state)
{
	static const char *const commands[] = { "fault", "demo", "decode" };
	const struct run *r = rmisim("--help", NULL);
	size_t i;

	assert_int_equal(r->status, 0);
	assert_says(r, "decode KIND WORD");
	assert_says(r, "compare --kernel A --kernel B SCENARIO");
	r = rmisim("--version", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "rmisim ");
	for (i = 0; i < 3; i++) {
		r = rmisim(commands[i], "--help", NULL);
		assert_int_equal(r->status, 0);
		assert_says(r, "--edition");
		assert_string_equal(r->err, "");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_words),
		cmocka_unit_test(options_without_a_good_value),
		cmocka_unit_test(what_one_run_does_not_have),
		cmocka_unit_test(log_lines_without_the_fields),
		cmocka_unit_test(fields_that_no_state_produces),
		cmocka_unit_test(machines_that_cannot_be),
		cmocka_unit_test(states_that_cannot_be_built),
		cmocka_unit_test(output_that_cannot_be_written),
		cmocka_unit_test(kernels_that_are_none),
		cmocka_unit_test(help_of_a_word_is_that_of_its_option),
		cmocka_unit_test(help_and_version_are_fine),
	};

	return cmocka_run_group_tests_name("rmisim bad input", tests, NULL, NULL);
}
