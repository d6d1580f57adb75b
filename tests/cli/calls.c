/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim calls FILE: what a line means, and what is said about one that means nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

static char path[64];

/* A call file with this text. */
static const char *file(const char *text)
{
	FILE *f;
	int fd;

	strcpy(path, "/tmp/rmisim-calls-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return path;
}

static const struct run *calls(const char *text)
{
	const struct run *r = rmisim("calls", file(text), "--profile", "tf-rmm-2026-07", NULL);

	unlink(path);
	return r;
}

static void a_call_prints_its_name_arguments_status_and_registers(void **state)
{
	const struct run *r = calls("# a comment\n\nRMM_ACTIVATE # another\n"
				    "GRANULE_RANGE_DELEGATE g1 g2\n");

	assert_int_equal(r->status, 0);
	assert_string_equal(r->out,
			    "RMM_ACTIVATE -> SUCCESS x0=0x0 x1=0x0 x2=0x0 x3=0x0 x4=0x0 x5=0x0\n"
			    "GRANULE_RANGE_DELEGATE g1 g2 -> SUCCESS x0=0x0 x1=g2 x2=0x0 x3=0x0 "
			    "x4=0x0 x5=0x0\n");
}

static void expressions_add_subtract_and_name_addresses(void **state)
{
	assert_says(calls(".w64 ns2+8 desc(g5,2,1,1)-1+0x1\n.r64 ns2+8\n"),
		    "[ns2+8] = g5+0x9|0x800<<52\n");
	assert_says(calls(".fill ns1 0xa5\n.r64 ns1\n"), "= 0xa5a5a5a5a5a5a5a5\n");
	assert_says(calls(".w64 ns1 g65499+0x1000\n.r64 ns1\n"), "= ns0\n");
	assert_says(calls("VERSION 0x20000\n.w64 ns1 x1+x2\n.r64 ns1\n"), "= 0x40000\n");
}

static void memory_ends_behind_granule_131000(void **state)
{
	assert_says(calls("RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g130999 g131000\n"),
		    "DELEGATE ns65499 0x7e00201b8000 -> SUCCESS");
}

static void an_operation_is_driven_to_its_end(void **state)
{
	const struct run *r = calls("RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g8 g9\n"
				    ".recparams ns1 0 1\nREC_CREATE g0 g8 ns1\n.sro ns2 g64\n"
				    "OP_CONTINUE 0 0\n");

	assert_says(r, "  OP_MEM_DONATE 16 entries -> INCOMPLETE x0=0xd x1=0x10");
	assert_says(r, "  OP_MEM_RECLAIM -> INCOMPLETE x0=0xd x1=0x1 ");
	assert_says(r, "  OP_CONTINUE -> ERROR_INPUT x0=0x1 ");
	assert_says(r, "OP_CONTINUE 0x0 0x0 -> ERROR_INPUT");
}

/* rmm-commands: T7 notes of GRANULE_TRACKING_GET and OP_MEM_DONATE. */
static void tf_rmm_does_what_its_fact_sheets_say(void **state)
{
	assert_says(calls("GRANULE_TRACKING_GET g0 ns9\n"),
		    "GRANULE_TRACKING_GET g0 ns9 -> SUCCESS x0=0x0 x1=0x0 x2=0x2 x3=ns9 ");
	assert_says(calls("GRANULE_TRACKING_GET 0x1000 g0\n"), "x1=0x0 x2=0x1 x3=g0 ");
	/* the first granule offered is not delegated: reclaim, then ERROR_INPUT */
	assert_says(calls("RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g8 g9\nREC_CREATE g0 g8 ns1\n"
			  ".w64 ns2 desc(g64,16,0,0)\nOP_MEM_DONATE x1 ns2 1\n"
			  ".sro ns2 g64\n"),
		    "OP_MEM_DONATE 0x0 ns2 0x1 -> INCOMPLETE x0=0x20d x1=0x0 x2=0x0");
	/* an operation owns g8: a wrong state, not BLOCKED */
	assert_says(calls("RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g8 g9\nREC_CREATE g0 g8 ns1\n"
			  "REALM_ACTIVATE g8\n"),
		    "REALM_ACTIVATE g8 -> ERROR_INPUT x0=0x1");
}

/* A realm of one page at 0x1000, full of 0x5a, and its REC g6. */
#define REALM                                                                                    \
	"RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g0 g1\nGRANULE_RANGE_DELEGATE g1 g2\n"             \
	"GRANULE_RANGE_DELEGATE g2 g3\nGRANULE_RANGE_DELEGATE g3 g4\nGRANULE_RANGE_DELEGATE g4 " \
	"g5\nGRANULE_RANGE_DELEGATE g6 g7\n.realmparams ns0 s2sz=39 num_bps=1 num_wps=1 "        \
	"rtt_base=g1 rtt_level=1 rtt_num=1\nREALM_CREATE g0 ns0\nRTT_CREATE g0 g2 0 2\n"         \
	"RTT_CREATE g0 g3 0 3\n.fill ns9 0x5a\nRTT_INIT_RIPAS g0 0 0x10000\n"                    \
	"RTT_DATA_MAP_INIT g0 g4 0x1000 ns9 0\n.recparams ns1 0 1\nREC_CREATE g0 g6 ns1\n"       \
	".sro ns2 g64\nREALM_ACTIVATE g0\n.zero ns3\n"

/* README of the recordings: "makes this SMC once". */
static void a_planned_smc_is_made_once(void **state)
{
	const struct run *r = calls(REALM ".smc 0xc4000199 0x5100\nREC_ENTER g6 ns3\n.exit ns3\n"
					  "REC_ENTER g6 ns3\n.exit ns3\n");

	assert_says(r, "reason=0x0 esr=0x90000007 far=0x0 hpfar=0x51 ");
	assert_says(r, "reason=0x2 esr=0x0 ");
	/* one that is answered is finished, whatever is planned next */
	r = calls(REALM
		  ".smc 0xc4000199 0x1100\n.smc 0xc4000199 0x1200\nREC_ENTER g6 ns3\n.exit ns3\n"
		  "REC_ENTER g6 ns3\n.exit ns3\nREC_ENTER g6 ns3\n.exit ns3\n");
	assert_says(r, "imm=0x5a5a5a5a\nREC_ENTER g6 ns3 -> SUCCESS x0=0x0 x1=0x0 x2=0x0 x3=0x0 "
		       "x4=0x0 x5=0x0\n  exit reason=0x5 ");
	assert_says(r, "reason=0x2 ");
}

/* OP-73 and the mask of rmm-state-machines 6.2: EC, IL and the fault status only. */
static void tf_rmm_masks_wnr_of_what_cannot_be_emulated(void **state)
{
	assert_says(calls(REALM ".abort 0x4000000000 1 0 0xf\nREC_ENTER g6 ns3\n.exit ns3\n"),
		    "reason=0x0 esr=0x9200000f far=0x0 hpfar=0x40000000 ");
}

static void memory_of_the_realm_world_can_be_read_but_not_written(void **state)
{
	assert_says(calls("RMM_ACTIVATE\n.fill g1 1\nGRANULE_RANGE_DELEGATE g1 g2\n.r64 g1\n"),
		    "[g1] = 0x101010101010101\n");
	assert_bad(calls("RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g1 g2\n.w64 g1 1\n"), "line 3");
}

static void json_holds_the_same_lines(void **state)
{
	const struct run *r = rmisim("calls", file("FEATURES 1\n"), "--json", "--profile",
				     "tf-rmm-2026-07", NULL);

	unlink(path);
	assert_json(r, 0);
	assert_says(r, "{\"lines\":[\"FEATURES 0x1 -> SUCCESS x0=0x0 x1=0x142a9 ");
}

static void bad_lines_are_named_by_number(void **state)
{
	static const struct {
		const char *text, *say;
	} cases[] = {
		{ "VERSION 0x20000\nNONSENSE g1\n", "line 2: unknown command 'NONSENSE'" },
		{ "VERSION q1\n", "line 1: unknown name" },
		{ "VERSION 1+\n", "line 1: '1+' is no expression" },
		{ "VERSION 1)\n", "no expression" },
		{ "VERSION desc(g1,1,0)\n", "no expression" },
		{ "VERSION desc(desc(desc(desc(desc(desc(desc(desc(desc(desc(desc(desc(desc(desc("
		  "desc(desc(desc(desc(1\n",
		  "no expression" },
		{ "VERSION 0x10000000000000000\n", "no expression" },
		{ "VERSION g99999999999999999999999\n", "no expression" },
		{ "VERSION x1\n", "no such result register" },
		{ "VERSION 1 2 3 4 5 6 7 8 9 10\n", "more than 9 arguments" },
		{ "VERSION 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", "more than 16 words" },
		{ ".nonsense\n", "line 1: unknown directive" },
		{ ".zero\n", ".zero takes 1 argument" },
		{ ".zero g131000\n", "no memory that the host may touch" },
		{ ".zero 0\n", "no memory that the host may touch" },
		{ ".w64 ns0+4095 1\n.r64 ns65499+4089\n", "line 2" },
		{ "RMM_ACTIVATE\nGRANULE_RANGE_DELEGATE g1 g2\n.zero g1\n", "line 3" },
		{ ".r64 0\n", "is no memory" },
		{ ".fill ns0 256\n", "no byte" },
		{ ".realmparams ns0 s2sz\n", "no key=value" },
		{ ".realmparams ns0 size=1\n", "unknown field 'size'" },
		{ ".sro ns0 g1\n", "without a call" },
		{ ".vector 2\n", "no vector" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_bad(calls(cases[i].text), cases[i].say);
	assert_bad(rmisim("calls", "/nonexistent", NULL), "cannot open");
	assert_bad(rmisim("calls", "/", NULL), "cannot read");
	assert_bad(rmisim("calls", NULL), "one FILE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_prints_its_name_arguments_status_and_registers),
		cmocka_unit_test(expressions_add_subtract_and_name_addresses),
		cmocka_unit_test(memory_ends_behind_granule_131000),
		cmocka_unit_test(an_operation_is_driven_to_its_end),
		cmocka_unit_test(tf_rmm_does_what_its_fact_sheets_say),
		cmocka_unit_test(a_planned_smc_is_made_once),
		cmocka_unit_test(tf_rmm_masks_wnr_of_what_cannot_be_emulated),
		cmocka_unit_test(memory_of_the_realm_world_can_be_read_but_not_written),
		cmocka_unit_test(json_holds_the_same_lines),
		cmocka_unit_test(bad_lines_are_named_by_number),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
