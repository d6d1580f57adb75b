/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim merge: shards of a search add up, and nothing else does. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/json_read.h"
#include "run.h"

#define SHARDS 4

static char folder[200];

static const char *path(const char *name)
{
	static char buf[8][256];
	static unsigned next;
	char *to = buf[next++ % 8];

	snprintf(to, sizeof(buf[0]), "%s/%s", folder, name);
	return to;
}

static const char *shard_path(unsigned shard)
{
	char name[32];

	snprintf(name, sizeof(name), "shard-%u", shard);
	return path(name);
}

static const char *write_file(const char *to, const char *text)
{
	FILE *f = fopen(to, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return to;
}

/* A number of the JSON that a command wrote. */
static unsigned long number(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	assert_non_null(at);
	return strtoul(at + strlen(key), NULL, 10);
}

static int make_shards(void **state)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/rmisim-merge-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	for (unsigned shard = 1; shard <= SHARDS; shard++) {
		char of[16];

		snprintf(of, sizeof(of), "%u/%u", shard, SHARDS);
		write_file(shard_path(shard), rmisim("explore", "fault-shared-2", "--preemptions",
						     "1", "--shard", of, "--json", NULL)
						      ->out);
	}
	return 0;
}

static int drop_shards(void **state)
{
	static const char *const others[] = { "all", "other", "odd" };

	for (unsigned shard = 1; shard <= SHARDS; shard++)
		unlink(shard_path(shard));
	for (unsigned i = 0; i < 3; i++)
		unlink(path(others[i]));
	return rmdir(folder);
}

static void shards_of_a_scenario_add_up_to_the_whole_search(void **state)
{
	const struct run *r =
		rmisim("explore", "fault-shared-2", "--preemptions", "1", "--json", NULL);
	unsigned long whole = number(r->out, "\"schedules\":");
	char says[100];

	assert_json(r, 0);
	assert_in_range(whole, 20, 1000);
	r = rmisim("merge", shard_path(3), shard_path(1), shard_path(4), shard_path(2), "--json",
		   NULL);
	assert_json(r, 0);
	assert_int_equal(number(r->out, "\"schedules\":"), whole);
	assert_says(r, "\"bound\":1,\"exhaustive\":true,\"violations\":0");
	assert_says(r, "\"scenario\":\"fault-shared-2\"");
	r = rmisim("merge", shard_path(1), shard_path(2), shard_path(3), shard_path(4), NULL);
	assert_int_equal(r->status, 0);
	snprintf(says, sizeof(says),
		 "all of 4 shards, exhaustive up to bound 1: %lu schedules, 0 violations", whole);
	assert_says(r, says);
}

/* As a job scheduler leaves it: one behind the other, in one file. */
static void one_file_may_have_several_results(void **state)
{
	static char text[16384];
	const struct run *r;

	text[0] = '\0';
	for (unsigned shard = SHARDS; shard >= 1; shard--) {
		char line[4096];
		FILE *f = fopen(shard_path(shard), "r");

		assert_non_null(f);
		assert_non_null(fgets(line, sizeof(line), f));
		fclose(f);
		strcat(text, line);
	}
	r = rmisim("merge", write_file(path("all"), text), NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "exhaustive up to bound 1");
}

static const char part[] = "{\"scenario\":\"s\",\"schedules\":7,\"bound\":2,\"exhaustive\":%s,"
			   "\"violations\":%u,%s\"runs\":9,\"seconds\":0.5,\"search\":\"%s\","
			   "%s\"preemptions\":3,\"failures\":0,\"max\":0,\"shard\":%u,"
			   "\"shards\":2,\"kernel\":\"4k\",\"image\":\"0x1\",\"edition\":\"bet1\","
			   "\"profile\":\"strict\",\"version\":\"1\"}\n";

/* One shard of two, as explore would write it. */
static const char *write_part(const char *name, unsigned shard, bool violates, const char *how,
			      const char *seed)
{
	char text[2000];

	snprintf(text, sizeof(text), part, violates ? "false" : "true", violates,
		 violates ? "\"violation\":\"check: it \\\"broke\\\"\",\"choices\":\"0*7.1\"," : "",
		 how, seed, shard);
	return write_file(path(name), text);
}

static void a_violation_in_one_shard_is_one_of_the_search(void **state)
{
	const struct run *r = rmisim("merge", write_part("all", 1, false, "exhaustive", ""),
				     write_part("other", 2, true, "exhaustive", ""), NULL);

	assert_int_equal(r->status, 1);
	assert_says(r, "stopped at 14 schedules in bound 2, 1 violation (");
	assert_says(r, "first: check: it \"broke\"\nchoices: 0*7.1\n");
	assert_null(strstr(r->out, "exhaustive"));
}

static void random_shards_add_up_under_their_seed(void **state)
{
	const struct run *r = rmisim(
		"merge", write_part("all", 1, false, "pct", "\"seed\":18446744073709551615,"),
		write_part("other", 2, false, "pct", "\"seed\":18446744073709551615,"), NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "PCT, seed 18446744073709551615: 14 runs, 0 violations");
	assert_bad(rmisim("merge", write_part("all", 1, false, "pct", "\"seed\":1,"),
			  write_part("other", 2, false, "pct", "\"seed\":2,"), NULL),
		   "seed 2");
}

static void what_does_not_belong_together_is_refused(void **state)
{
	char *text, *image;

	assert_bad(rmisim("merge", NULL), "--shard K/N --json");
	assert_bad(rmisim("merge", shard_path(1), shard_path(2), shard_path(4), NULL),
		   "1 of 4 shards missing, the first is 3; run it with --shard 3/4 --json");
	assert_bad(rmisim("merge", shard_path(1), shard_path(2), shard_path(1), NULL),
		   "give each one once");
	assert_bad(rmisim("merge", shard_path(1), write_part("other", 2, false, "exhaustive", ""),
			  NULL),
		   "but");
	write_file(path("odd"), rmisim("explore", "fault-shared-2", "--preemptions", "2", "--shard",
				       "2/4", "--json", NULL)
					->out);
	assert_bad(rmisim("merge", shard_path(1), path("odd"), shard_path(3), shard_path(4), NULL),
		   "has preemptions 2; merge adds up shards of one search");
	write_file(path("odd"), rmisim("explore", "fault-shared-2", "--preemptions", "1", "--shard",
				       "2/4", "--kernel", "16k", "--json", NULL)
					->out);
	assert_bad(rmisim("merge", shard_path(1), path("odd"), shard_path(3), shard_path(4), NULL),
		   "has kernel '16k'");
	/* A kernel of that name, and another build of it. */
	text = strdup(rmisim("explore", "fault-shared-2", "--preemptions", "1", "--shard", "2/4",
			     "--json", NULL)
			      ->out);
	assert_non_null(text);
	image = strstr(text, "\"image\":\"0x");
	assert_non_null(image);
	image[11] ^= 1;
	write_file(path("odd"), text);
	assert_bad(rmisim("merge", shard_path(1), path("odd"), shard_path(3), shard_path(4), NULL),
		   "has image '0x");
	free(text);
}

static void a_file_that_is_no_result_is_refused(void **state)
{
	static const struct {
		const char *text, *say;
	} bad[] = {
		{ "", "no JSON object" },
		{ "hello", "no JSON object" },
		{ "{}", "has no \"version\"" },
		{ "{\"version\":\"1\",\"version\":\"1\"}", "twice" },
		{ "{\"shards\":\"4\"}", "wrong kind" },
		{ "{\"shards\":-4}", "wrong kind" },
		{ "{\"shards\":18446744073709551616}", "wrong kind" },
		{ "{\"version\":\"1\"", "without end" },
		{ "{\"version\":\"1\"} x", "has no" },
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_bad(rmisim("merge", write_file(path("odd"), bad[i].text), NULL), bad[i].say);
	write_file(
		path("odd"),
		rmisim("explore", "populate-populate", "--preemptions", "0", "--json", NULL)->out);
	assert_bad(rmisim("merge", path("odd"), NULL), "has no \"shards\"; 'rmisim explore");
	assert_bad(rmisim("merge", path("nowhere"), NULL), "cannot read");
	assert_bad(rmisim("merge", folder, NULL), "cannot read");
	assert_bad(rmisim("merge", "--shard", "1/2", NULL), "unknown option");
}

/* The reader itself */

struct got {
	struct json_member m[8];
	unsigned count;
};

static const char *keep(void *ctx, const struct json_member *m)
{
	struct got *got = ctx;

	if (got->count < 8)
		got->m[got->count++] = *m;
	return NULL;
}

static const char *read_text(const char *text, size_t size, struct got *got)
{
	/* A copy without a byte behind it, for sanitizers and valgrind. */
	char *copy = malloc(size ? size : 1);
	const char *at = copy, *wrong;

	assert_non_null(copy);
	memcpy(copy, text, size);
	got->count = 0;
	wrong = json_read(&at, copy + size, keep, got);
	if (!wrong && at != copy + size)
		wrong = "something behind it";
	free(copy);
	return wrong;
}

static const char sample[] =
	" {\"a\" : 12, \"b\":\"x\\\"\\\\\\n\\u00e9\\u4e2d\",\"c\":[1,{\"d\":[]},\"e\",-0.5e+3],"
	"\"f\":true,\"g\":null , \"h\":1.25} ";

static void the_reader_understands_what_json_has(void **state)
{
	static struct got got;

	assert_null(read_text(sample, sizeof(sample) - 1, &got));
	assert_int_equal(got.count, 6);
	assert_int_equal(got.m[0].kind, JSON_WHOLE);
	assert_int_equal(got.m[0].number, 12);
	assert_string_equal(got.m[1].text, "x\"\\\n\xe9?");
	assert_int_equal(got.m[2].kind, JSON_NESTED);
	assert_string_equal(got.m[2].key, "c");
	assert_int_equal(got.m[3].kind, JSON_BOOL);
	assert_int_equal(got.m[3].number, 1);
	assert_int_equal(got.m[4].kind, JSON_NULL);
	assert_true(got.m[5].kind == JSON_OTHER && got.m[5].real == 1.25);
}

static void the_reader_takes_no_text_that_is_not_json(void **state)
{
	static const char *const bad[] = {
		"{\"a\":01}",      "{\"a\":1,}",          "{a:1}",
		"{\"a\":.5}",      "{\"a\":1.}",          "{\"a\":1e}",
		"{\"a\":+1}",      "{\"a\":nul}",         "{\"a\":truth}",
		"{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":[1,]}",
		"{\"a\":[1}}",     "{\"a\":{1:2}}",       "{\"a\":\"\n\"}",
		"{\"a\" 1}",       "{\"a\":1 \"b\":2}",   "[1]",
		"{\"a\":[1 2]}",   "{\"a\":--1}",
	};
	static struct got got;
	const size_t depth = 1 << 20;
	char *deep = malloc(2 * depth + 6);

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(read_text(bad[i], strlen(bad[i]), &got));
	/* Proper JSON, but deeper than anybody's stack. */
	assert_non_null(deep);
	memcpy(deep, "{\"a\":", 5);
	memset(deep + 5, '[', depth);
	memset(deep + 5 + depth, ']', depth);
	deep[5 + 2 * depth] = '}';
	assert_string_equal(read_text(deep, 2 * depth + 6, &got), "too many objects in each other");
	free(deep);
}

/* Cut anywhere, or with any byte in any place: it ends, and a piece is never taken for the whole. */
static void the_reader_comes_to_an_end_on_anything(void **state)
{
	size_t size = sizeof(sample) - 1, end = strrchr(sample, '}') - sample;
	static struct got got;
	char text[sizeof(sample)];

	for (size_t cut = 0; cut <= end; cut++)
		assert_non_null(read_text(sample, cut, &got));
	memcpy(text, sample, sizeof(text));
	for (size_t i = 0; i < size; i++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			text[i] = (char)byte;
			read_text(text, size, &got);
			assert_in_range(got.count, 0, 8);
		}
		text[i] = sample[i];
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shards_of_a_scenario_add_up_to_the_whole_search),
		cmocka_unit_test(one_file_may_have_several_results),
		cmocka_unit_test(a_violation_in_one_shard_is_one_of_the_search),
		cmocka_unit_test(random_shards_add_up_under_their_seed),
		cmocka_unit_test(what_does_not_belong_together_is_refused),
		cmocka_unit_test(a_file_that_is_no_result_is_refused),
		cmocka_unit_test(the_reader_understands_what_json_has),
		cmocka_unit_test(the_reader_takes_no_text_that_is_not_json),
		cmocka_unit_test(the_reader_comes_to_an_end_on_anything),
	};

	return cmocka_run_group_tests_name("rmisim merge", tests, make_shards, drop_shards);
}
