/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim lanes, and what explore prints of a violating run: names, forms, refusals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void two_vcpus_have_a_lane_each(void **state)
{
	const struct run *r = rmisim("lanes", "fault-private-2", NULL);
	char *line, *next, *copy = strdup(r->out);

	assert_int_equal(r->status, 0);
	assert_string_equal(r->err, "");
	assert_int_equal(strspn(r->out, " "), 6);
	assert_says(r, "      | vcpu0  ");
	assert_says(r, " | vcpu1  ");
	assert_null(strstr(r->out, "scenario"));
	/* kvm-call-sequences 3: the second fault finds the page; the first one maps it. */
	assert_says(r, "= ERROR_RTT level 2");
	assert_says(r, "| RTT_CREATE(0x400000, level 3) = SUCCESS");
	for (line = strtok_r(copy, "\n", &next); line; line = strtok_r(NULL, "\n", &next))
		assert_true(strlen(line) <= 120);
	free(copy);
}

static void columns_decide_the_width(void **state)
{
	const struct run *r;
	size_t len;

	setenv("COLUMNS", "80", 1);
	r = rmisim("lanes", "fault-private-2", NULL);
	unsetenv("COLUMNS");
	len = strcspn(r->out, "\n");
	assert_true(len <= 80 && len >= 76);
	assert_says(r, "> |");
}

static void the_picture_is_a_document(void **state)
{
	const struct run *r = rmisim("lanes", "fault-private-2", "--svg", NULL);

	assert_int_equal(r->status, 0);
	assert_memory_equal(r->out, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 38);
	assert_string_equal(r->out + strlen(r->out) - 7, "</svg>\n");
	assert_says(r, ">vcpu1</text>");
	assert_says(r, "0x400000&lt;private&gt;");
}

static unsigned times(const char *text, const char *word)
{
	unsigned n = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		n++;
	return n;
}

/* Of two that populate one page the second one waits for slots_lock, which the first one holds. */
static void a_wait_is_an_arrow_to_whoever_has_the_lock(void **state)
{
	const struct run *r =
		rmisim("lanes", "populate-populate", "--choices", "0*30.1", "--svg", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, ">waits for kvm-&gt;slots_lock (held by vmm-populate)</text>");
	assert_int_equal(times(r->out, "marker-end=\"url(#tip)\""), 1);
	assert_says(r, "<title>kvm-&gt;slots_lock</title></rect>"); /* its bar */
	r = rmisim("lanes", "populate-populate", "--svg", NULL);
	assert_int_equal(times(r->out, "marker-end=\"url(#tip)\""), 0);
}

/* The colour of an error is in the legend and at the one walk that stops short. */
static void a_call_has_the_colour_of_its_status(void **state)
{
	const struct run *r =
		rmisim("lanes", "fault-private-2", "--svg", "--kind", "rmi-return", NULL);

	assert_int_equal(times(r->out, "\"#f6c9c4\""),
			 1 + times(r->out, "= ERROR_RTT level 2</text>"));
	assert_true(times(r->out, "= ERROR_RTT level 2</text>") >= 1);
	assert_true(times(r->out, "\"#cfead0\"") >= 3);
}

static void the_only_actor_is_not_folded_but_cut(void **state)
{
	const struct run *r = rmisim("lanes", "convert-often", "--svg", NULL);

	assert_int_equal(r->status, 0);
	assert_null(strstr(r->out, "events of its own"));
	assert_says(r, "REALM_CREATE(");
	assert_says(r, "events after</text>");
}

static void what_is_long_is_folded_and_what_is_longer_is_cut(void **state)
{
	const struct run *r = rmisim("lanes", "sixteen-vcpus", "--svg", NULL);

	assert_int_equal(r->status, 0);
	assert_true(times(r->out, "events of its own</text>") >= 5);
	assert_true(times(r->out, "text-anchor=\"end\"") <= 200);
	assert_says(r, " events after</text>");
	assert_null(strstr(r->out, ">vcpu15</text>")); /* nothing of it is drawn */
}

static void filters_choose_what_is_drawn(void **state)
{
	const struct run *r = rmisim("lanes", "fault-convert", "--cpu", "vcpu0", "--ipa",
				     "0x400000:0x401000", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "| RTT_DATA_MAP(0x400000, 0x401000) = SUCCESS");
	assert_null(strstr(r->out, "vmm-shared"));
	assert_null(strstr(r->out, "_lock"));
	/* One alias may be named; and a PA, by what maps it. */
	r = rmisim("lanes", "fault-convert", "--ipa", "0x800400000:0x800401000", NULL);
	assert_null(strstr(r->out, "RTT_DATA_MAP"));
	r = rmisim("lanes", "fault-convert", "--pa", "0x80040000:0x80041000", NULL);
	assert_says(r, "RTT_DATA_MAP(0x400000, 0x401000) = SUCCESS");
	assert_says(r, "GRANULE_RANGE_DELEGATE(0x80040000, ");
	assert_null(strstr(r->out, "GRANULE_RANGE_DELEGATE(0x8003f000"));
	assert_bad(rmisim("lanes", "fault-convert", "--ipa", "5", NULL), "BASE:TOP");
	assert_bad(rmisim("lanes", "fault-convert", "--kind", "rmi,locks", NULL),
		   "there is no 'locks'");
	assert_bad(rmisim("explore", "fault-convert", "--kind", "rmi", NULL), "add --trace");
	assert_bad(rmisim("lanes", "fault-convert", "--trace-json", "/nowhere/x", NULL),
		   "cannot write '/nowhere/x'");
}

static void json_has_every_event(void **state)
{
	const struct run *r = rmisim("lanes", "populate-populate", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "{\"scenario\":\"populate-populate\",\"actors\":3,\"violation\":null,"
		       "\"events\":[{\"seq\":");
	assert_says(r, "\"actor\":1,\"actor_name\":\"vmm-populate\",\"kind\":\"rmi-return\","
		       "\"name\":\"RTT_DATA_MAP_INIT\"");
	assert_says(r, "\"kind\":\"sched\"");
	assert_says(r, "\"kind\":\"ask\"");
}

/* The activation race of the exhibit, shrunk to its earliest place: what explore found, lanes draws again from the decisions. */
static void a_violation_comes_with_stacks_and_lanes_and_is_drawn_again(void **state)
{
	const struct run *r = rmisim("explore", "activate-activate", "--preemptions", "1",
				     "--kernel", "B900", NULL);
	char choices[256], *at;

	assert_int_equal(r->status, 1);
	assert_says(r, "\n  vcpu1      runs\n");
	assert_says(r, "\n  vcpu0      could go on at page allocation\n");
	assert_says(r, "\n    kvm_activate_realm+0x");
	assert_says(r, " [kernel-B900]\n");
	assert_says(r, "\n    job_write+0x");
	assert_says(r, "\nlanes, the end of them:\n");
	assert_says(r, " !! vcpu1: expect: vCPU 1, store of IPA 0x400008: OTHER, ret -22");
	at = strstr(r->out, "\nchoices: ");
	assert_non_null(at);
	at += strlen("\nchoices: ");
	snprintf(choices, sizeof(choices), "%.*s", (int)strcspn(at, "\n"), at);
	r = rmisim("lanes", "activate-activate", "--kernel", "B900", "--choices", choices, NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, " !! vcpu1: expect: vCPU 1, store of IPA 0x400008: OTHER, ret -22");
	r = rmisim("lanes", "activate-activate", "--kernel", "B900", NULL);
	assert_int_equal(r->status, 0);
}

/* What follows `key` on the line of the last run's output that begins with it. */
static void line_of(const struct run *r, const char *key, char *out, size_t size)
{
	const char *at = strstr(r->out, key);

	assert_non_null(at);
	at += strlen(key);
	snprintf(out, size, "%.*s", (int)strcspn(at, "'\n"), at);
}

/* Conversion before the invalidation is announced: the kernel is in the string, and all of the run is drawn once. */
static void a_replay_string_is_drawn_like_its_decisions(void **state)
{
	const struct run *r =
		rmisim("explore", "fault-convert", "--preemptions", "1", "--kernel", "B044", NULL);
	char choices[256], string[2048], *drawn;

	line_of(r, "\nchoices: ", choices, sizeof(choices));
	line_of(r, "\nreplay: rmisim replay '", string, sizeof(string));
	r = rmisim("lanes", "fault-convert", "--kernel", "B044", "--choices", choices, NULL);
	assert_int_equal(r->status, 1);
	drawn = strdup(r->out);
	r = rmisim("lanes", string, NULL);
	assert_int_equal(r->status, 1);
	assert_string_equal(r->out, drawn);
	assert_says(r, " !! vcpu0: stale-pfn: IPA 0x400000 is mapped to ");
	free(drawn);
	r = rmisim("lanes", string, "--svg", NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, ">fault-convert, choices ");

	assert_bad(rmisim("lanes", string, "--kernel", "4k", NULL),
		   "for kernel 'B044', and this is '4k'");
	assert_bad(rmisim("lanes", string, "--choices", choices, NULL), "leave out --choices");
	assert_bad(rmisim("lanes", string, "--edition", "bet2", NULL), "leave out --choices");
	*strchr(string, '=') = '\0';
	assert_bad(rmisim("lanes", string, NULL), "damaged or not complete");
	assert_bad(rmisim("lanes", "rmisim9:x", NULL), "another version");
}

static void a_trace_is_of_the_violating_run(void **state)
{
	const struct run *r = rmisim("explore", "activate-activate", "--preemptions", "1",
				     "--kernel", "B900", "--trace", NULL);
	const char *last;

	assert_int_equal(r->status, 1);
	assert_says(r, "\n    0 scenario ");
	assert_says(r, " vcpu1      sched vcpu1 goes on\n");
	assert_says(r, " vcpu1      vmm   KVM_RUN = -22 (vcpu 1: -EINVAL, OTHER)\n");
	last = strrchr(r->out, '!');
	assert_non_null(last);
	assert_null(strchr(strchr(last, '\n') + 1, '\n')); /* nothing behind it */
	/* A clean search has no run to show. */
	r = rmisim("explore", "populate-populate", "--preemptions", "0", "--trace", NULL);
	assert_int_equal(r->status, 0);
	assert_null(strstr(r->out, "scenario "));
}

static void bad_input_is_refused_with_the_remedy(void **state)
{
	assert_bad(rmisim("lanes", NULL), "rmisim list");
	assert_bad(rmisim("lanes", "nothing", NULL), "no scenario 'nothing'; 'rmisim list'");
	assert_bad(rmisim("lanes", "fault-private-2", "--svg", "--json", NULL), "give one of them");
	assert_bad(rmisim("lanes", "fault-private-2", "--choices", "x", NULL), "0*12.1.0*3");
	assert_bad(rmisim("lanes", "fault-private-2", "--kernel", "nowhere", NULL), "nowhere");
	assert_bad(rmisim("lanes", "fault-private-2", "--trace", NULL), "--trace");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_vcpus_have_a_lane_each),
		cmocka_unit_test(columns_decide_the_width),
		cmocka_unit_test(the_picture_is_a_document),
		cmocka_unit_test(a_wait_is_an_arrow_to_whoever_has_the_lock),
		cmocka_unit_test(a_call_has_the_colour_of_its_status),
		cmocka_unit_test(the_only_actor_is_not_folded_but_cut),
		cmocka_unit_test(what_is_long_is_folded_and_what_is_longer_is_cut),
		cmocka_unit_test(filters_choose_what_is_drawn),
		cmocka_unit_test(json_has_every_event),
		cmocka_unit_test(a_violation_comes_with_stacks_and_lanes_and_is_drawn_again),
		cmocka_unit_test(a_replay_string_is_drawn_like_its_decisions),
		cmocka_unit_test(a_trace_is_of_the_violating_run),
		cmocka_unit_test(bad_input_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
