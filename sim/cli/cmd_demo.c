/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim demo: the story of one realm. Every number printed is read from the run; every claim is checked,
 * and the exit status says whether all of them held.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include <rmisim/sim.h>
#include <rmisim/trace.h>

#include "cli.h"
#include "json.h"
#include "tracing.h"

#define RAM_BASE   UINT64_C(0x40000000)
#define MAX_COUNTS 40

struct demo {
	struct cli_common common;
	struct trace_options trace;
	struct tracing tracing; /* its listener is the story */
	struct sim_tracer tracer;
	struct sim_image *image;
	struct sim_world *world;
	struct sim_vm *vm;
	uint64_t page, shared_bit, ram_size;
	uint64_t own, common_page, moving, stray; /* guest pages the story uses, gpa */

	/* RMI calls of the current chapter and of all. */
	struct {
		const struct rmi_command *command;
		unsigned n;
	} counts[MAX_COUNTS];
	unsigned nr_counts, chapter, calls, exits;

	unsigned checks, failed;
	uint64_t before, peak, after;
	uint8_t rim[64];
	/* What the guest saw. */
	uint64_t first_word, populated, handed_over, reply, fresh, answered, accepted;
};

static void say(const struct demo *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(const struct demo *d, const char *fmt, ...)
{
	va_list ap;

	if (d->common.json)
		return;
	va_start(ap, fmt);
	printf("  ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
}

/* A claim of the story. */
static void check(struct demo *d, bool holds, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void check(struct demo *d, bool holds, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->checks++;
	d->failed += !holds;
	say(d, "%s %s", holds ? "ok:" : "NOT OK:", text);
}

static void count_call(struct demo *d, const struct rmi_command *command)
{
	unsigned i;

	for (i = 0; i < d->nr_counts && d->counts[i].command != command; i++)
		;
	if (i == MAX_COUNTS)
		return;
	if (i == d->nr_counts) {
		d->nr_counts++;
		d->counts[i].command = command;
		d->counts[i].n = 0;
	}
	d->counts[i].n++;
}

/* A REC exit in short; a program that ended is no news. */
static void print_abort(struct demo *d, const struct sim_event *e)
{
	const struct rmm_exit *exit = e->rmm->exit;
	struct rmi_esr esr = rmi_esr_decode(exit->esr);
	const char *fault = rmi_fsc_name(esr.fsc);
	char ipa[64];

	if (exit->reason == RMI_EXIT_IRQ)
		return;
	if (exit->reason != RMI_EXIT_SYNC) {
		sim_trace_event(&d->tracer, e);
		return;
	}
	if (d->tracer.actors)
		printf("%-9s", e->actor_name ? e->actor_name : "");
	say(d, "exit  SYNC %s: %s at IPA %s", rmi_ec_name(esr.ec), fault ? fault : "?",
	    sim_trace_ipa(&d->tracer, ipa, sizeof(ipa), exit->hpfar << 8));
}

static void on_event(void *ctx, const struct sim_event *e)
{
	struct demo *d = ctx;

	switch (e->kind) {
	case SIM_EVENT_RMI_RETURN:
		d->calls++;
		count_call(d, e->rmm->command);
		if (d->world && rmm_delegated(sim_world_rmm(d->world)) > d->peak)
			d->peak = rmm_delegated(sim_world_rmm(d->world));
		return;
	case SIM_EVENT_REC_EXIT:
		d->exits++;
		if (!d->common.json)
			print_abort(d, e);
		return;
	case SIM_EVENT_KVM_RUN:
		if (e->value == -4) /* the program ended and the VMM was kicked out */
			return;
		break;
	case SIM_EVENT_VMM:
	case SIM_EVENT_WARN:
	case SIM_EVENT_VIOLATION:
		break;
	default:
		return;
	}
	if (!d->common.json)
		sim_trace_event(&d->tracer, e);
}

/* The RMI calls since the last chapter, in the order of their first use. */
static void end_chapter(struct demo *d)
{
	char line[100] = "";
	unsigned i;

	for (i = 0; i < d->nr_counts; i++) {
		const struct rmi_command *c = d->counts[i].command;
		char item[48];

		snprintf(item, sizeof(item), "%s%s", i ? ", " : "", c ? c->name : "unknown");
		if (d->counts[i].n > 1)
			snprintf(item + strlen(item), sizeof(item) - strlen(item), " x%u",
				 d->counts[i].n);
		if (strlen(line) + strlen(item) > 84) {
			say(d, "RMI   %s", line);
			line[0] = '\0';
		}
		strlcat(line, item + (line[0] ? 0 : i ? 2 : 0), sizeof(line));
	}
	if (line[0])
		say(d, "RMI   %s", line);
	d->nr_counts = 0;
}

static void chapter(struct demo *d, const char *title)
{
	end_chapter(d);
	if (!d->common.json)
		printf("%u. %s\n", ++d->chapter, title);
}

/* The guest */

static void first_cpu(struct sim_guest *guest, void *arg)
{
	struct demo *d = arg;

	sim_guest_load(guest, RAM_BASE, 8, &d->populated);
	sim_guest_store(guest, d->own, 8, 0x1111);
	sim_guest_store(guest, d->common_page | d->shared_bit, 8, 0xc0ffee);
}

static void second_cpu(struct sim_guest *guest, void *arg)
{
	struct demo *d = arg;

	sim_guest_store(guest, d->own + 8, 8, 0x2222);
	sim_guest_load(guest, d->common_page | d->shared_bit, 8, &d->handed_over);
}

static void gives_a_page(struct sim_guest *guest, void *arg)
{
	struct demo *d = arg;

	sim_guest_store(guest, d->moving, 8, 0x5ec4e7); /* private: never to be seen by the host */
	d->accepted = sim_guest_set_ripas(guest, d->moving, d->moving + d->page, RMI_EMPTY);
	sim_guest_store(guest, d->moving | d->shared_bit, 8, 0x48656c6c6f);
}

static void takes_it_back(struct sim_guest *guest, void *arg)
{
	struct demo *d = arg;

	sim_guest_load(guest, d->moving | d->shared_bit, 8, &d->reply);
	d->accepted = sim_guest_set_ripas(guest, d->moving, d->moving + d->page, RMI_RAM);
	d->fresh = ~UINT64_C(0);
	sim_guest_load(guest, d->moving, 8, &d->fresh);
	sim_guest_store(guest, d->moving, 8, 0x5ec4e7);
}

static void strays(struct sim_guest *guest, void *arg)
{
	struct demo *d = arg;

	sim_guest_store(guest, d->stray, 8, 0xabcdef);
	sim_guest_load(guest, d->stray, 8, &d->answered);
}

struct cpu {
	struct demo *demo;
	unsigned index;
};

static void run_cpu(struct sim_world *world, void *arg)
{
	struct cpu *cpu = arg;

	sim_vcpu_loop(cpu->demo->vm, cpu->index);
}

/* One program on vCPU 0, with the VMM answering; true when it ended. */
static bool run_guest(struct demo *d, sim_program program)
{
	return !sim_vcpu_program(d->vm, 0, program, d) && sim_vcpu_loop(d->vm, 0).kind == SIM_DONE;
}

/* The VMM */

static enum sim_vmm_answer converts(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				    void *ctx)
{
	bool private = exit->flags & SIM_FAULT_PRIVATE;
	int err = private ? sim_vm_set_private(vm, exit->gpa, exit->size)
			  : sim_vm_set_shared(vm, exit->gpa, exit->size);

	if (err)
		return SIM_VMM_STOP;
	sim_note(sim_vm_world(vm), "gpa 0x%" PRIx64 " is %s now; vCPU %u runs again", exit->gpa,
		 private ? "private" : "shared", vcpu);
	return SIM_VMM_RESUME;
}

static const struct sim_vmm_ops vmm = { .memory_fault = converts };

/* The chapters */

static int create(struct demo *d)
{
	struct sim_config config = { .edition = d->common.edition,
				     .custom_profile = d->common.profile,
				     .event = tracing_event,
				     .event_ctx = &d->tracing };
	struct sim_vm_config vm = { .vcpus = 2, .ram_base = RAM_BASE, .ram_mib = 64 };
	char why[300] = "";

	d->image = sim_image_open(d->common.kernel ? d->common.kernel : "4k", why, sizeof(why));
	if (!d->image)
		return cli_bad("%s", why);
	sim_tracer_init(&d->tracer, stdout, d->common.edition, sim_image_page_shift(d->image));
	d->tracer.format.s2ap_bit0_is_read = d->common.profile->s2ap_bit0_is_read;
	d->tracing.event = on_event;
	d->tracing.event_ctx = d;
	if (tracing_begin(&d->tracing, &d->tracer, "demo"))
		return CLI_BAD;
	config.image = d->image;
	config.known_breaches = cli_known_breaches(sim_image_name(d->image));
	d->world = sim_world_new(&config, why, sizeof(why));
	if (!d->world)
		return cli_bad("%s", why);
	d->page = sim_world_page_size(d->world);
	d->tracer.actors = d->tracer.numbers = false;
	d->before = rmm_delegated(sim_world_rmm(d->world));
	chapter(d, "A host with an RMM creates a realm VM");
	d->vm = sim_vm_new(d->world, &vm);
	if (!d->vm)
		return cli_bad("no realm VM: %s", sim_error(d->world));
	sim_vm_set_vmm(d->vm, &vmm, d);
	d->shared_bit = sim_vm_shared_bit(d->vm);
	d->tracer.shared_bit = d->shared_bit;
	d->ram_size = (uint64_t)vm.ram_mib << 20;
	d->own = RAM_BASE + 16 * d->page;
	d->common_page = RAM_BASE + 32 * d->page;
	d->moving = RAM_BASE + 48 * d->page;
	d->stray = RAM_BASE + 64 * d->page;
	say(d,
	    "RAM [0x%" PRIx64 ", 0x%" PRIx64 "), pages of %" PRIu64
	    " bytes; the shared alias has bit %d set",
	    RAM_BASE, RAM_BASE + d->ram_size, d->page, __builtin_ctzll(d->shared_bit));
	say(d, "granules that are not the host's: %" PRIu64,
	    rmm_delegated(sim_world_rmm(d->world)));
	return CLI_OK;
}

static bool zero(const uint8_t *bytes, size_t size)
{
	while (size && !*bytes) {
		bytes++;
		size--;
	}
	return !size;
}

static void populate(struct demo *d)
{
	uint64_t size = 2 * d->page, done = 0, i;
	int err;
	uint8_t *data = malloc(size);
	char hex[129] = "";

	chapter(d, "Two pages are populated and measured");
	if (!data)
		return;
	for (i = 0; i < size; i++)
		data[i] = (uint8_t)(i / d->page + 1 + i % 251);
	err = sim_vm_populate(d->vm, RAM_BASE, data, size, true, &done);
	check(d, !err && done == size, "%" PRIu64 " bytes populated", done);
	check(d, rmm_rim(sim_world_rmm(d->world), sim_vm_rd(d->vm), d->rim) && !zero(d->rim, 64),
	      "the realm has an initial measurement");
	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", d->rim[i]);
	say(d, "RIM   %s", hex);
	memcpy(&d->first_word, data, 8);
	free(data);
}

static void two_cpus(struct demo *d)
{
	struct cpu cpus[2] = { { d, 0 }, { d, 1 } };
	uint64_t seen = 0;
	int err;

	chapter(d, "The realm is activated; two vCPUs touch private and shared memory");
	check(d, !sim_vm_set_shared(d->vm, d->common_page, d->page), "gpa 0x%" PRIx64 " is shared",
	      d->common_page);
	d->tracer.actors = true;
	if (!sim_vcpu_program(d->vm, 0, first_cpu, d) &&
	    !sim_vcpu_program(d->vm, 1, second_cpu, d) &&
	    !sim_spawn_named(d->world, "vcpu0", run_cpu, &cpus[0]) &&
	    !sim_spawn_named(d->world, "vcpu1", run_cpu, &cpus[1]))
		sim_join(d->world);
	d->tracer.actors = false;
	check(d, d->populated == d->first_word, "vCPU 0 reads what was populated: 0x%" PRIx64,
	      d->populated);
	check(d, d->handed_over == 0xc0ffee, "vCPU 1 reads what vCPU 0 shared: 0x%" PRIx64,
	      d->handed_over);
	err = sim_vmm_read(d->vm, d->common_page, &seen, 8);
	check(d, !err && seen == 0xc0ffee, "and so does the VMM: 0x%" PRIx64, seen);
}

static void to_shared_and_back(struct demo *d)
{
	uint64_t seen = 0, answer = 0x776f726c64;
	bool ended;
	int err;

	chapter(d, "One page goes from private to shared");
	ended = run_guest(d, gives_a_page);
	check(d, ended && d->accepted == RSI_SUCCESS,
	      "the guest's RSI_IPA_STATE_SET(EMPTY) is done");
	err = sim_vmm_read(d->vm, d->moving, &seen, 8);
	check(d, !err && seen == 0x48656c6c6f,
	      "the VMM reads what the guest wrote after that: 0x%" PRIx64, seen);
	chapter(d, "... and back");
	check(d, !sim_vmm_write(d->vm, d->moving, &answer, 8),
	      "the VMM writes its answer into the shared page");
	ended = run_guest(d, takes_it_back);
	check(d, ended && d->reply == answer, "the guest read the answer: 0x%" PRIx64, d->reply);
	check(d, d->accepted == RSI_SUCCESS && d->fresh == 0,
	      "as private memory the page holds 0x%" PRIx64 ": nothing of the host's came along",
	      d->fresh);
}

static void stray_access(struct demo *d)
{
	bool ended;

	chapter(d, "A stray private access meets a shared attribute");
	check(d, !sim_vm_set_shared(d->vm, d->stray, d->page),
	      "gpa 0x%" PRIx64 " is shared for the VMM", d->stray);
	ended = run_guest(d, strays);
	check(d, ended && sim_vm_is_private(d->vm, d->stray) && d->answered == 0xabcdef,
	      "the access went through after all: 0x%" PRIx64, d->answered);
}

static void tear_down(struct demo *d)
{
	struct rmm *rmm = sim_world_rmm(d->world);
	const char *unrest;

	chapter(d, "Everything is torn down");
	say(d, "granules that are not the host's: %" PRIu64 " while it runs, %" PRIu64 " at most",
	    rmm_delegated(rmm), d->peak);
	sim_vm_free(d->vm);
	d->vm = NULL;
	end_chapter(d);
	d->after = rmm_delegated(rmm);
	check(d, d->after == d->before,
	      "all memory is back: %" PRIu64 " granules are not the host's, %" PRIu64
	      " before the story",
	      d->after, d->before);
	unrest = sim_quiescent(d->world);
	check(d, !unrest, "no violation, no lock is held, every page is freed%s%s",
	      unrest ? ": " : "", unrest ? unrest : "");
}

static void finish(struct demo *d)
{
	const char *violation = sim_violation(d->world);
	char hex[129] = "";
	struct json j;
	unsigned i;

	if (violation && !d->failed) /* else the last check has told it */
		d->failed++;
	if (!d->common.json) {
		printf("\n%u RMI calls, %u REC exits, %u of %u checks hold%s%s\n", d->calls,
		       d->exits, d->checks - d->failed, d->checks, violation ? "; violation: " : "",
		       violation ? violation : "");
		return;
	}
	for (i = 0; i < 64; i++)
		snprintf(hex + 2 * i, 3, "%02x", d->rim[i]);
	json_begin(&j, stdout);
	json_bool(&j, "ok", !d->failed);
	json_unsigned(&j, "checks", d->checks);
	json_unsigned(&j, "failed", d->failed);
	json_unsigned(&j, "rmi_calls", d->calls);
	json_unsigned(&j, "rec_exits", d->exits);
	json_unsigned(&j, "delegated_before", d->before);
	json_unsigned(&j, "delegated_peak", d->peak);
	json_unsigned(&j, "delegated_after", d->after);
	json_string(&j, "rim", hex);
	json_string(&j, "violation", violation);
	json_finish(&j);
}

static int run(struct demo *d)
{
	int err = create(d);

	if (err)
		return err;
	populate(d);
	two_cpus(d);
	to_shared_and_back(d);
	stray_access(d);
	tear_down(d);
	finish(d);
	return d->failed ? CLI_FOUND : CLI_OK;
}

int cmd_demo(const struct cli_command *command, int argc, char **argv)
{
	struct demo *d = calloc(1, sizeof(*d));
	struct cli_words words;
	int err;

	if (!d)
		return cli_bad("out of memory; nothing was done");

	const struct cli_option own[] = { TRACE_FILES(&d->trace),
					  TRACE_FILTERS(&d->trace),
					  { NULL } };

	err = cli_parse(command, argc, argv, &d->common, own, &words);
	if (!err && d->common.help)
		cli_help(command, own);
	else if (!err && words.nr)
		err = cli_bad("demo takes no argument, but got '%s'", cli_quote(words.word[0]));
	else if (!err)
		err = tracing_open(&d->tracing, &d->trace) ? CLI_BAD : run(d);
	d->tracing.event = NULL;
	sim_world_free(d->world);
	if (tracing_close(&d->tracing))
		err = CLI_BAD;
	sim_image_close(d->image);
	free(d);
	return err;
}
