// SPDX-License-Identifier: BSD-2-Clause
#include "warned.h"

#define NR_LIES(w) (sizeof((w)->lies) / sizeof((w)->lies[0]))

static void tell(struct warned *w, struct lie *lie, const struct rmm_regs *in, struct rmm_regs *out)
{
	if (lie->done)
		sim_rmm_smc(w->f.world, out);
	if (lie->succeeded && out->x[0] != RMI_SUCCESS)
		return;
	for (unsigned i = 0; i < sizeof(lie->x) / sizeof(lie->x[0]); i++)
		if (lie->set & 1u << i)
			out->x[i] = lie->x[i];
	if (lie->bend)
		lie->bend(w, in, out);
	lie->told++;
}

static bool answer(void *ctx, const struct rmm_regs *in, struct rmm_regs *out)
{
	struct warned *w = ctx;

	for (unsigned i = 0; i < NR_LIES(w); i++) {
		struct lie *lie = &w->lies[i];

		if (lie->fid != in->x[0] || lie->told >= (lie->times ? lie->times : 1))
			continue;
		if (lie->skip) {
			lie->skip--;
			return false;
		}
		tell(w, lie, in, out);
		return true;
	}
	return false;
}

static void listen(struct golden *g, const struct sim_event *event)
{
	struct warned *w = g->hook_ctx;
	const char *text = event->text ? event->text : "";

	if (event->kind == SIM_EVENT_LOG)
		snprintf(w->log, sizeof(w->log), "%s", text);
	if (event->kind != SIM_EVENT_WARN)
		return;
	if (w->nr_lines == sizeof(w->lines) / sizeof(w->lines[0]))
		sim_fail(w->f.world, "too many WARNs, the last one %s: %s", event->caller, text);
	snprintf(w->lines[w->nr_lines].caller, sizeof(w->lines[0].caller), "%s", event->caller);
	snprintf(w->lines[w->nr_lines].text, sizeof(w->lines[0].text), "%s", text);
	w->nr_lines++;
}

void warned_world(struct warned *w, const char *choices)
{
	*w = (struct warned){
		.f = { .warned = true, .choices = choices, .answer = answer, .answer_ctx = w }
	};
	fixture_open(&w->f, NULL, NULL);
	w->f.golden.hook = listen;
	w->f.golden.hook_ctx = w;
	w->page = sim_world_page_size(w->f.world);
	w->pmd = w->page * (w->page / 8);
}

void warned_vm(struct warned *w, struct sim_vm_config config)
{
	config.vcpus = 2;
	config.ram_base = RAM_BASE;
	config.ram_mib = 2 * w->pmd >> 20 > 64 ? (unsigned)(2 * w->pmd >> 20) : 64;
	w->f.vm = w->vm = sim_vm_new(w->f.world, &config);
	if (!w->vm)
		return;
	w->s = sim_vm_shared_bit(w->vm);
	w->delegated = rmm_delegated(sim_world_rmm(w->f.world));
}

void warned_open(struct warned *w, struct sim_vm_config config)
{
	warned_world(w, NULL);
	warned_vm(w, config);
	if (!w->vm)
		fail_msg("no VM: %s", sim_error(w->f.world));
}

void warned_start(struct warned *w, struct sim_vm_config config)
{
	warned_open(w, config);
	assert_int_equal(sim_vm_start(w->vm), 0);
}

static void all_told(struct warned *w)
{
	for (unsigned i = 0; i < NR_LIES(w); i++)
		if (w->lies[i].fid && !w->lies[i].told)
			fail_msg("nobody asked for answer %u, of FID 0x%llx", i,
				 (unsigned long long)w->lies[i].fid);
}

void warned_lie(struct warned *w, const struct lie *lies, unsigned n)
{
	assert_true(n <= NR_LIES(w));
	all_told(w);
	memset(w->lies, 0, sizeof(w->lies));
	memcpy(w->lies, lies, n * sizeof(*lies));
}

/* printk's newline is no part of the line. */
static bool same_text(const char *line, const char *text)
{
	size_t n = strcspn(line, "\n");

	return n == strlen(text) && !memcmp(line, text, n);
}

void warned(struct warned *w, const char *function, const char *text)
{
	bool found = false;

	for (unsigned i = 0; i < w->nr_lines; i++) {
		if (strcmp(w->lines[i].caller, function) || !same_text(w->lines[i].text, text))
			continue;
		found = w->lines[i].seen = true;
	}
	if (found)
		return;
	for (unsigned i = 0; i < w->nr_lines; i++)
		fprintf(stderr, "# WARN %s: %s\n", w->lines[i].caller, w->lines[i].text);
	fail_msg("no WARN in %s: %s", function, text);
}

void warned_no_more(struct warned *w)
{
	for (unsigned i = 0; i < w->nr_lines; i++)
		if (!w->lines[i].seen)
			fail_msg("unexpected WARN in %s: %s", w->lines[i].caller, w->lines[i].text);
}

void warned_goes_on(struct warned *w, enum aftermath after)
{
	uint64_t delegated;

	if (after != MORE_WARNS)
		warned_no_more(w);
	all_told(w);
	memset(w->lies, 0, sizeof(w->lies));
	sim_vm_free(w->f.vm);
	if (after != MORE_WARNS)
		warned_no_more(w);
	w->f.vm = NULL;
	w->nr_lines = 0;
	delegated = rmm_delegated(sim_world_rmm(w->f.world));
	if (after == NOTHING)
		assert_int_equal(delegated, w->delegated);
	else
		assert_true(delegated > w->delegated);

	w->vm = fixture_vm(&w->f, &(struct sim_vm_config){ .ram_base = RAM_BASE, .ram_mib = 64 });
	assert_int_equal(sim_vm_start(w->vm), 0);
	assert_done(store_private(w, RAM_BASE));
	assert_int_equal(sim_vm_set_shared(w->vm, RAM_BASE, w->page), 0);
	assert_done(store_shared(w, RAM_BASE));
	sim_vm_free(w->vm);
	w->f.vm = NULL;
	warned_no_more(w);
	assert_int_equal(rmm_delegated(sim_world_rmm(w->f.world)), delegated);
	fixture_close(&w->f);
}

void warned_end_vm(struct warned *w)
{
	sim_vm_free(w->f.vm);
	w->f.vm = NULL;
	w->vm = NULL;
}

void came_nowhere(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_SUCCESS;
	out->x[1] = in->x[2];
}

void came_too_far(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_SUCCESS;
	out->x[1] = in->x[3] + 0x10000;
}

struct sim_exit store_private(struct warned *w, uint64_t gpa)
{
	return sim_guest_write(w->vm, 0, gpa, 8, 0x1111);
}

struct sim_exit store_shared(struct warned *w, uint64_t gpa)
{
	return sim_guest_write(w->vm, 0, w->s | gpa, 8, 0x2222);
}
