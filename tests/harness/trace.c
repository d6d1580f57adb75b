/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace of one fault against the reference sheet, and what happens to a call that does not return at once.
 */
#include "fake.h"

#include <rmisim/trace.h>

/* Lines one below the other. */
struct story {
	char text[1 << 20];
	size_t len;
};

static void add_line(void *ctx, const char *line)
{
	struct story *story = ctx;

	story->len += (size_t)snprintf(story->text + story->len, sizeof(story->text) - story->len,
				       "%s\n", line);
	assert_true(story->len < sizeof(story->text));
}

static void forget(struct story *story)
{
	story->text[0] = '\0';
	story->len = 0;
}

/* Put `word` where the story has a number of its own (an allocator's choice). */
static void name_word(struct story *story, uint64_t value, const char *word)
{
	char number[24], *at = story->text;

	snprintf(number, sizeof(number), "0x%" PRIx64, value);
	while ((at = strstr(at, number))) {
		size_t old = strlen(number), new = strlen(word);

		if (strchr("0123456789abcdef", at[old]) && at[old]) {
			at += old;
			continue;
		}
		memmove(at + new, at + old, strlen(at + old) + 1);
		memcpy(at, word, new);
		at += new;
	}
	story->len = strlen(story->text);
}

static uint64_t word_after(const char *text, const char *head)
{
	const char *at = strstr(text, head);

	assert_non_null(at);
	return strtoull(at + strlen(head), NULL, 16);
}

struct bench {
	struct sim_tracer tracer;
	struct story story;
	struct sim_world *world;
	struct sim_vm *vm;
};

/* The VM of kvm-call-sequences 0.4 with 41 bits. */
static void set_up(struct bench *b)
{
	struct sim_config config = { .event = sim_trace_event, .event_ctx = &b->tracer };
	char why[256] = "";

	forget(&b->story);
	sim_tracer_init(&b->tracer, NULL, RMI_BET1, 12);
	b->tracer.line = add_line;
	b->tracer.line_ctx = &b->story;
	b->tracer.hide = ~(SIM_TRACE_BIT(SIM_EVENT_RMI_CALL) | SIM_TRACE_BIT(SIM_EVENT_RMI_RETURN));
	b->tracer.actors = b->tracer.numbers = false;
	b->world = sim_world_new(&config, why, sizeof(why));
	if (!b->world)
		fail_msg("%s", why);
	b->vm = sim_vm_new(
		b->world,
		&(struct sim_vm_config){ .ipa_bits = 41, .ram_base = 0x80000000, .ram_mib = 512 });
	assert_non_null(b->vm);
	assert_int_equal(sim_vm_start(b->vm), 0);
	assert_int_equal(sim_vm_place(b->vm, 0x88203000, 0x2000, 0x888203000, true), 0);
}

static void tear_down(struct bench *b)
{
	b->tracer.hide = UINT32_MAX;
	sim_vm_free(b->vm);
	assert_null(sim_quiescent(b->world));
	sim_world_free(b->world);
	free(b);
}

static struct bench *new_bench(void)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	set_up(b);
	return b;
}

/* Scenario 3: no level-3 table is there. */
static void a_cold_private_fault_reads_as_in_the_sheet(void **state)
{
	struct bench *b = new_bench();

	forget(&b->story);
	assert_done(sim_guest_write(b->vm, 0, 0x88203000, 8, 1));
	name_word(&b->story, word_after(b->story.text, "rtt="), "T3");
	name_word(&b->story, sim_vm_rd(b->vm), "RD");
	name_word(&b->story, word_after(b->story.text, "rec="), "REC0");
	name_word(&b->story, word_after(b->story.text, "run="), "RUN0");
	name_word(&b->story, word_after(b->story.text, "GRANULE_RANGE_DELEGATE(base=T3, top="),
		  "T3+0x1000");
	assert_string_equal(
		b->story.text,
		"  rmi   REC_ENTER(rec=REC0, run=RUN0)\n"
		"  rmi   REC_ENTER = RMI_SUCCESS\n"
		"  rmi   GRANULE_RANGE_DELEGATE(base=0x888203000, top=0x888204000) = RMI_SUCCESS "
		"out_top=0x888204000\n"
		"  rmi   RTT_DATA_MAP(rd=RD, base=0x88203000, top=0x88204000, flags=SINGLE, "
		"oaddr=0x888203004<0x888203000 4KiB DELEGATED>) = 0x204 RMI_ERROR_RTT level 2\n"
		"  rmi   GRANULE_RANGE_DELEGATE(base=T3, top=T3+0x1000) = RMI_SUCCESS "
		"out_top=T3+0x1000\n"
		"  rmi   RTT_CREATE(rd=RD, rtt=T3, ipa=0x88200000, level=3) = RMI_SUCCESS\n"
		"  rmi   RTT_DATA_MAP(rd=RD, base=0x88203000, top=0x88204000, flags=SINGLE, "
		"oaddr=0x888203004<0x888203000 4KiB DELEGATED>) = RMI_SUCCESS out_top=0x88204000\n"
		"  rmi   REC_ENTER(rec=REC0, run=RUN0)\n"
		"  rmi   REC_ENTER = RMI_SUCCESS\n");
	tear_down(b);
}

/* Scenario 4, in short: where, and the status. */
static void in_short_a_call_says_where_and_how_it_ended(void **state)
{
	struct bench *b = new_bench();

	assert_done(sim_guest_write(b->vm, 0, 0x88203000, 8, 1));
	forget(&b->story);
	b->tracer.brief = true;
	assert_done(sim_guest_write(b->vm, 0, 0x88204000, 8, 1));
	assert_non_null(
		strstr(b->story.text,
		       "  rmi   GRANULE_RANGE_DELEGATE(0x888204000, 0x888205000) = SUCCESS\n"
		       "  rmi   RTT_DATA_MAP(0x88204000, 0x88205000) = SUCCESS\n"));
	tear_down(b);
}

static void each_kind_of_event_is_hidden_alone(void **state)
{
	struct bench *b = new_bench();

	b->tracer.hide = ~SIM_TRACE_BIT(SIM_EVENT_REC_EXIT);
	forget(&b->story);
	assert_done(sim_guest_write(b->vm, 0, 0x88203000, 8, 1));
	/* DABT_LOW, level 3, ISV = 0 in the private half: A4.3.4. The IPA is told with its alias. */
	assert_non_null(strstr(b->story.text, "  exit  SYNC esr=0x"));
	assert_non_null(strstr(b->story.text, " IPA 0x88203000<private>\n"));
	assert_null(strstr(b->story.text, "  rmi "));
	b->tracer.hide = UINT32_MAX;
	forget(&b->story);
	assert_done(sim_guest_write(b->vm, 0, 0x88204000, 8, 1));
	assert_string_equal(b->story.text, "");
	tear_down(b);
}

/* Events of a machine that is not there. */
static struct sim_event call_event(uint64_t seq, unsigned actor, enum sim_event_kind kind,
				   struct rmm_event *rmm, struct rmm_regs *regs)
{
	regs->x[0] = kind == SIM_EVENT_RMI_CALL ? RMI_RTT_FOLD : RMI_SUCCESS;
	*rmm = (struct rmm_event){ .command = rmi_command(RMI_BET1, RMI_RTT_FOLD),
				   .regs_in = regs,
				   .regs_out = regs };
	return (struct sim_event){ .seq = seq, .actor = actor, .kind = kind, .rmm = rmm };
}

static void tell(struct sim_tracer *tracer, uint64_t seq, unsigned actor, enum sim_event_kind kind)
{
	struct rmm_regs regs = { { 0, 0x1000, 0x200000, 3 } };
	struct rmm_event rmm;
	struct sim_event event = call_event(seq, actor, kind, &rmm, &regs);

	sim_trace_event(tracer, &event);
}

static void a_call_that_others_run_into_is_two_lines(void **state)
{
	static struct story story;
	struct sim_tracer tracer;
	struct sim_event note = { .seq = 1,
				  .actor = 2,
				  .kind = SIM_EVENT_VMM,
				  .text = "meanwhile",
				  .actor_name = "vmm" };

	sim_tracer_init(&tracer, NULL, RMI_BET1, 12);
	tracer.line = add_line;
	tracer.line_ctx = &story;
	forget(&story);
	tell(&tracer, 0, 1, SIM_EVENT_RMI_CALL);
	assert_string_equal(story.text, "");
	sim_trace_event(&tracer, &note);
	tell(&tracer, 2, 1, SIM_EVENT_RMI_RETURN);
	tell(&tracer, 3, 0, SIM_EVENT_RMI_CALL);
	tell(&tracer, 4, 0, SIM_EVENT_RMI_RETURN);
	assert_string_equal(
		story.text,
		"    0 actor 1    rmi   RTT_FOLD(rd=0x1000, ipa=0x200000, level=3) <unfinished>\n"
		"    1 vmm        vmm   meanwhile\n"
		"    2 actor 1    rmi   <RTT_FOLD resumed> = RMI_SUCCESS rtt=0x1000\n"
		"    4 scenario   rmi   RTT_FOLD(rd=0x1000, ipa=0x200000, level=3) = RMI_SUCCESS "
		"rtt=0x1000\n");
	forget(&story);
	tell(&tracer, 5, 1, SIM_EVENT_RMI_CALL);
	sim_trace_end(&tracer);
	sim_trace_end(&tracer);
	assert_string_equal(story.text, "    5 actor 1    rmi   RTT_FOLD(rd=0x1000, ipa=0x200000, "
					"level=3) <unfinished>\n");
}

static void every_kind_of_event_has_a_name_of_its_own(void **state)
{
	for (unsigned i = 0; i < SIM_NR_EVENTS; i++) {
		assert_non_null(sim_event_kind_name((enum sim_event_kind)i));
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(sim_event_kind_name((enum sim_event_kind)i),
						sim_event_kind_name((enum sim_event_kind)k));
	}
	assert_null(sim_event_kind_name(SIM_NR_EVENTS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cold_private_fault_reads_as_in_the_sheet),
		cmocka_unit_test(in_short_a_call_says_where_and_how_it_ended),
		cmocka_unit_test(each_kind_of_event_is_hidden_alone),
		cmocka_unit_test(a_call_that_others_run_into_is_two_lines),
		cmocka_unit_test(every_kind_of_event_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
