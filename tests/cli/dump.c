/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim dump: tables as ranges, memory by state, their forms, and the moment they are of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* Line `word` of the output holds all of `text`. */
static void line_has(const struct run *r, const char *word, const char *text)
{
	const char *at = strstr(r->out, word);
	char line[512];

	assert_non_null(at);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	if (!strstr(line, text))
		fail_msg("'%s' is not in '%s'", text, line);
}

/* convert-sizes leaves four pages and one page private, in two blocks of 2 MiB; all else of the slot was shared last. */
static void tables_are_ranges_of_equal_entries(void **state)
{
	const struct run *r = rmisim("dump", "convert-sizes", "--rtt", NULL);

	assert_int_equal(r->status, 0);
	assert_string_equal(r->err, "");
	assert_says(r, ": 36 IPA bits, starts at level 1 in 0x");
	assert_says(r, "---[ protected IPA ]---\n");
	assert_says(r, "---[ unprotected IPA ]---\n");
	line_has(r, "0x0000400000-0x0000404000", "     16K  level 3  DATA RAM ");
	line_has(r, "0x0000404000-0x0000600000", "   2032K  level 3  VOID RAM");
	line_has(r, "0x0000600000-0x0000601000", "      4K  level 3  DATA RAM ");
	line_has(r, "0x0040000000-0x0800000000", "     31G  level 1  VOID EMPTY");
	assert_null(strstr(r->out, "TABLE"));
	assert_null(strstr(r->out, "a letter is"));
}

/* Behind the store that ends fault-shared-2 the page is mapped at both vCPUs' IPA, in the upper half. */
static void a_shared_page_shows_where_it_is_and_what_is_permitted(void **state)
{
	const struct run *r = rmisim("lanes", "fault-shared-2", "--kind", "guest", "--json", NULL);
	const char *at = strstr(r->out, ": done");
	char seq[24] = "";

	assert_non_null(at);
	while (strncmp(at, "\"seq\":", 6))
		at--;
	snprintf(seq, sizeof(seq), "%d", atoi(at + 6));
	r = rmisim("dump", "fault-shared-2", "--at", seq, NULL);
	assert_int_equal(r->status, 0);
	line_has(r, "0x0800400000-0x0800401000", "MAPPED_NS NORMAL RW ");
	line_has(r, "0x0800400000-0x0800401000", " PA 0x");
	assert_says(r, "behind event ");
}

static void memory_is_a_line_of_letters_and_their_number(void **state)
{
	const struct run *r = rmisim("dump", "convert-sizes", "--granules", NULL);
	unsigned data = 0;

	assert_int_equal(r->status, 0);
	assert_says(r, "a letter is 4K; what is not shown is UNDELEGATED\n");
	assert_says(r, "  D  DATA                5 granules, 20K\n");
	assert_says(r, "  R  RD                  1 granules, 4K\n");
	assert_null(strstr(r->out, "---["));
	for (const char *at = strstr(r->out, "\n0x"); at; at = strstr(at + 1, "\n0x"))
		for (const char *c = at + 3; *c != '\n' && *c; c++)
			data += *c == 'D';
	assert_int_equal(data, 5);
}

static void every_page_size_has_its_own_tables(void **state)
{
	assert_says(rmisim("dump", "convert-sizes", "--kernel", "16k", NULL), "a letter is 16K;");
	assert_says(rmisim("dump", "convert-sizes", "--kernel", "64k", NULL), "a letter is 64K;");
	assert_says(rmisim("dump", "convert-sizes", "--kernel", "64k", "--rtt", NULL),
		    "starts at level 2");
}

/* The page that B044 maps behind the conversion's back is there when the check finds it. */
static void a_violation_is_the_moment(void **state)
{
	const struct run *r =
		rmisim("explore", "fault-convert", "--preemptions", "1", "--kernel", "B044", NULL);
	char string[2048], *at = strstr(r->out, "replay: rmisim replay '");

	assert_non_null(at);
	at += strlen("replay: rmisim replay '");
	snprintf(string, sizeof(string), "%.*s", (int)strcspn(at, "'"), at);
	r = rmisim("dump", string, NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, "fault-convert, at event ");
	assert_says(r, ": stale-pfn: IPA 0x400000 is mapped to 0x");
	line_has(r, "0x0000400000-0x0000401000", "4K  level 3  DATA RAM ");
	assert_bad(rmisim("dump", string, "--choices", "0*1.1", NULL), "leave out --choices");
}

static void json_has_realms_and_memory(void **state)
{
	const struct run *r = rmisim("dump", "convert-sizes", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "{\"scenario\":\"convert-sizes\",\"violation\":null,\"event\":");
	assert_says(r, "\"realms\":[{\"rd\":\"0x");
	assert_says(r, "{\"base\":\"0x400000\",\"top\":\"0x404000\",\"protected\":true,\"level\":3,"
		       "\"hipas\":\"DATA\",\"ripas\":\"RAM\",\"pa\":\"0x");
	assert_says(r, "\"granules\":[{\"base\":\"0x");
	assert_says(r, "\"state\":\"RD\"}");
}

static void pictures_are_documents(void **state)
{
	const struct run *r = rmisim("dump", "convert-sizes", "--rtt", "--svg", NULL);

	assert_int_equal(r->status, 0);
	assert_memory_equal(r->out, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 38);
	assert_string_equal(r->out + strlen(r->out) - 7, "</svg>\n");
	assert_says(r, "DATA RAM 0x");
	r = rmisim("dump", "convert-sizes", "--granules", "--svg", NULL);
	assert_memory_equal(r->out, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 38);
	assert_string_equal(r->out + strlen(r->out) - 7, "</svg>\n");
	assert_says(r, ">DATA 5</text>");
	r = rmisim("dump", "convert-sizes", "--rtt", "--dot", NULL);
	assert_memory_equal(r->out, "digraph rtt {", 13);
	assert_says(r, "\tt0:r0:e -> t1:head:w;\n");
	assert_string_equal(r->out + strlen(r->out) - 2, "}\n");
}

static void no_row_of_a_picture_is_cut(void **state)
{
	static const char *const kernels[] = { "4k", "16k", "64k", "4k-folded" };

	for (unsigned i = 0; i < 4; i++) {
		const struct run *r =
			rmisim("dump", "two-vms", "--rtt", "--svg", "--kernel", kernels[i], NULL);

		assert_int_equal(r->status, 0);
		assert_says(r, ">MAPPED_NS</text>"); /* the legend */
		assert_says(r, "MAPPED_NS NORMAL RW 0x");
		assert_null(strstr(r->out, "&gt;</text>"));
	}
}

static void bad_input_is_refused_with_the_remedy(void **state)
{
	assert_bad(rmisim("dump", NULL), "rmisim list");
	assert_bad(rmisim("dump", "nothing", NULL), "no scenario 'nothing'; 'rmisim list'");
	assert_bad(rmisim("dump", "convert-once", "--svg", NULL), "add --rtt or --granules");
	assert_bad(rmisim("dump", "convert-once", "--rtt", "--granules", "--svg", NULL),
		   "--rtt or --granules");
	assert_bad(rmisim("dump", "convert-once", "--rtt", "--dot", "--json", NULL),
		   "give one of them");
	assert_bad(rmisim("dump", "convert-once", "--granules", "--dot", NULL), "take --svg");
	assert_bad(rmisim("dump", "convert-once", "--at", "99999999", NULL),
		   "has no event 99999999");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_ranges_of_equal_entries),
		cmocka_unit_test(a_shared_page_shows_where_it_is_and_what_is_permitted),
		cmocka_unit_test(memory_is_a_line_of_letters_and_their_number),
		cmocka_unit_test(every_page_size_has_its_own_tables),
		cmocka_unit_test(a_violation_is_the_moment),
		cmocka_unit_test(json_has_realms_and_memory),
		cmocka_unit_test(pictures_are_documents),
		cmocka_unit_test(no_row_of_a_picture_is_cut),
		cmocka_unit_test(bad_input_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
