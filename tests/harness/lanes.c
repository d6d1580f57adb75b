/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes of a run that is told by hand: what stands where, what is cut, what is left out.
 */
#include "fake.h"

#include <rmisim/trace.h>

struct bench {
	struct sim_lanes *lanes;
	uint64_t seq;
};

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sim_tracer tracer;

	sim_tracer_init(&tracer, NULL, RMI_BET1, 12);
	tracer.hide = SIM_TRACE_LANES;
	b->lanes = sim_lanes_new(&tracer);
	*state = b;
	return !b->lanes;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	sim_lanes_free(b->lanes);
	free(b);
	return 0;
}

static void say(struct bench *b, unsigned actor, const char *name, const char *text)
{
	sim_lanes_event(b->lanes, &(struct sim_event){ .seq = b->seq++,
						       .actor = actor,
						       .kind = SIM_EVENT_VMM,
						       .text = text,
						       .actor_name = name });
}

static void delegates(struct bench *b, unsigned actor, const char *name, enum sim_event_kind kind)
{
	struct rmm_regs in = { { RMI_GRANULE_RANGE_DELEGATE, 0x888203000, 0x888204000 } };
	struct rmm_regs out = { { RMI_SUCCESS, 0x888204000 } };
	struct rmm_event rmm = { .command = rmi_command(RMI_BET1, RMI_GRANULE_RANGE_DELEGATE),
				 .regs_in = &in,
				 .regs_out = &out };

	sim_lanes_event(b->lanes, &(struct sim_event){ .seq = b->seq++,
						       .actor = actor,
						       .kind = kind,
						       .rmm = &rmm,
						       .actor_name = name });
}

static char *text_of(const struct bench *b, unsigned width, bool all)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	sim_lanes_text(b->lanes, out, width, all);
	fclose(out);
	return text;
}

#define assert_lanes(b, width, all, expected)             \
	do {                                              \
		char *is_ = text_of((b), (width), (all)); \
                                                          \
		assert_string_equal(is_, (expected));     \
		free(is_);                                \
	} while (0)

/* The example: the scenario makes something, two actors take turns, the scenario cleans up. */
static void play(struct bench *b)
{
	say(b, 0, NULL, "make");
	say(b, 0, NULL, "start");
	say(b, 1, "vcpu0", "load");
	say(b, 2, NULL, "convert");
	say(b, 1, "vcpu0", "store");
	say(b, 0, NULL, "drop");
}

static void each_actor_has_a_column_and_each_event_a_line(void **state)
{
	play(*state);
	assert_lanes(*state, 64, true,
		     "      | scenario         | vcpu0            | actor 2          |\n"
		     "    0 | make             |                  |                  |\n"
		     "    1 | start            |                  |                  |\n"
		     "    2 |                  | load             |                  |\n"
		     "    3 |                  |                  | convert          |\n"
		     "    4 |                  | store            |                  |\n"
		     "    5 | drop             |                  |                  |\n");
	assert_int_equal(sim_lanes_actors(((struct bench *)*state)->lanes), 3);
}

static void what_the_scenario_does_alone_is_counted_only(void **state)
{
	play(*state);
	assert_lanes(*state, 47, false,
		     "      | vcpu0             | actor 2           |\n"
		     "  ... 2 events before\n"
		     "    2 | load              |                   |\n"
		     "    3 |                   | convert           |\n"
		     "    4 | store             |                   |\n"
		     "  ... 1 event after\n");
}

static void nothing_that_a_terminal_would_obey_is_printed(void **state)
{
	say(*state, 0, NULL, "red\033[31m\377");
	assert_lanes(*state, 30, false,
		     "      | scenario             |\n"
		     "    0 | red?[31m?            |\n");
}

static void a_scenario_without_actors_is_shown_whole(void **state)
{
	say(*state, 0, NULL, "make");
	assert_lanes(*state, 30, false,
		     "      | scenario             |\n"
		     "    0 | make                 |\n");
}

/* What is cut is marked, and how a call ended stays. A line is as wide as was asked for. */
static void a_long_text_is_cut_with_a_mark(void **state)
{
	say(*state, 0, NULL, "twenty characters!!!");
	say(*state, 0, NULL, "twenty-one characters");
	delegates(*state, 0, NULL, SIM_EVENT_RMI_CALL);
	delegates(*state, 0, NULL, SIM_EVENT_RMI_RETURN);
	assert_lanes(*state, 30, false,
		     "      | scenario             |\n"
		     "    0 | twenty characters!!! |\n"
		     "    1 | twenty-one characte> |\n"
		     "    3 | GRANULE_R> = SUCCESS |\n");
	assert_lanes(*state, 60, false,
		     "      | scenario                                           |\n"
		     "    0 | twenty characters!!!                               |\n"
		     "    1 | twenty-one characters                              |\n"
		     "    3 | GRANULE_RANGE_DELEGATE(0x888203000, 0x8> = SUCCESS |\n");
}

/* A call that another actor runs into stands in both places; one that never returned is there, too. */
static void an_unfinished_call_stands_where_it_was_made(void **state)
{
	struct bench *b = *state;

	delegates(b, 1, "vcpu0", SIM_EVENT_RMI_CALL);
	say(b, 2, "vmm", "meanwhile");
	delegates(b, 1, "vcpu0", SIM_EVENT_RMI_RETURN);
	delegates(b, 2, "vmm", SIM_EVENT_RMI_CALL);
	sim_lanes_end(b->lanes);
	assert_lanes(
		b, 150, false,
		"      | vcpu0                                                                | "
		"vmm  "
		"                                                                |\n"
		"    0 | GRANULE_RANGE_DELEGATE(0x888203000, 0x888204000) <unfinished>        |    "
		"  "
		"                                                                |\n"
		"    1 |                                                                      | "
		"meanwhile                                                            |\n"
		"    2 | <GRANULE_RANGE_DELEGATE resumed> = SUCCESS                           |    "
		"  "
		"                                                                |\n"
		"    3 |                                                                      | "
		"GRANULE_RANGE_DELEGATE(0x888203000, 0x888204000) <unfinished>        |\n");
}

static void a_violation_goes_across_all_columns(void **state)
{
	struct bench *b = *state;

	say(b, 0, NULL, "make");
	say(b, 1, "vcpu0", "load");
	say(b, 0, NULL, "look");
	sim_lanes_event(b->lanes, &(struct sim_event){ .seq = 9,
						       .kind = SIM_EVENT_VIOLATION,
						       .name = "expect",
						       .text = "something that is longer than "
							       "any column here" });
	assert_lanes(b, 47, false,
		     "      | scenario          | vcpu0             |\n"
		     "  ... 1 event before\n"
		     "    1 |                   | load              |\n"
		     "    2 | look              |                   |\n"
		     "    9 !! scenario: expect: something that is longer than any column here\n");
}

/* Every element is closed in order, and nothing that a run says gets into the markup. */
static void the_picture_is_well_formed(void **state)
{
	struct bench *b = *state;
	char *svg = NULL, *stack[16];
	unsigned depth = 0, elements = 0;
	size_t size = 0;
	FILE *out = open_memstream(&svg, &size);

	play(b);
	say(b, 1, "<b&d>", "1 < 2 && \"3\" > '2' \001\377 ]]>");
	sim_lanes_svg(b->lanes, out, "<title> & more", true);
	fclose(out);
	for (char *p = svg; (p = strchr(p, '<')); p++) {
		char *end = strchr(p, '>');

		assert_non_null(end);
		assert_true(memchr(p + 1, '<', (size_t)(end - p - 1)) == NULL);
		elements++;
		if (p[1] == '/') {
			size_t n = (size_t)(end - p - 2);

			assert_true(depth > 0);
			depth--;
			assert_memory_equal(stack[depth] + 1, p + 2, n);
			assert_true(strchr(" >", stack[depth][1 + n]) != NULL);
		} else if (end[-1] != '/') {
			assert_true(depth < 16);
			stack[depth++] = p;
		}
	}
	assert_int_equal(depth, 0);
	assert_true(elements > 20);
	for (char *p = svg; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	assert_non_null(strstr(svg, "1 &lt; 2 &amp;&amp; \"3\" &gt; '2' ?? ]]&gt;"));
	assert_non_null(strstr(svg, "&lt;title&gt; &amp; more"));
	free(svg);
}

static void many_actors_keep_a_readable_column_each(void **state)
{
	struct bench *b = *state;
	char *text;

	for (unsigned i = 1; i <= 20; i++)
		say(b, i, NULL, "sixteen letters!");
	text = text_of(b, 80, false);
	assert_non_null(strstr(text, "| sixteen letters! |"));
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_actor_has_a_column_and_each_event_a_line),
		TEST(what_the_scenario_does_alone_is_counted_only),
		TEST(nothing_that_a_terminal_would_obey_is_printed),
		TEST(a_scenario_without_actors_is_shown_whole),
		TEST(a_long_text_is_cut_with_a_mark),
		TEST(an_unfinished_call_stands_where_it_was_made),
		TEST(a_violation_goes_across_all_columns),
		TEST(the_picture_is_well_formed),
		TEST(many_actors_keep_a_readable_column_each),
	};

	return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
