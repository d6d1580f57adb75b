/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Worlds: one model, one kernel image, one arena; how a run begins, how it ends, and what is checked then.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "race.h"
#include "world.h"

#define NR_ERRNOS (sizeof(errnos) / sizeof(errnos[0]))

/* The kernel's generic numbering: what an image returns, whatever this machine's libc says. */
static const struct {
	int err;
	const char *name;
} errnos[] = {
	{ 1, "EPERM" },       { 2, "ENOENT" },     { 4, "EINTR" },       { 5, "EIO" },
	{ 6, "ENXIO" },       { 7, "E2BIG" },      { 11, "EAGAIN" },     { 12, "ENOMEM" },
	{ 13, "EACCES" },     { 14, "EFAULT" },    { 16, "EBUSY" },      { 17, "EEXIST" },
	{ 19, "ENODEV" },     { 22, "EINVAL" },    { 25, "ENOTTY" },     { 28, "ENOSPC" },
	{ 34, "ERANGE" },     { 75, "EOVERFLOW" }, { 95, "EOPNOTSUPP" }, { 125, "ECANCELED" },
	{ 133, "EHWPOISON" },
};

const char *sim_errno_name(int err, char buf[16])
{
	snprintf(buf, 16, "%d", err);
	for (size_t i = 0; i < NR_ERRNOS; i++)
		if (errnos[i].err == -err)
			snprintf(buf, 16, "-%s", errnos[i].name);
	return buf;
}

int sim_world_error(struct sim_world *world, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(world->error, sizeof(world->error), fmt, ap);
	va_end(ap);
	return err;
}

const char *sim_error(const struct sim_world *world)
{
	return world ? world->error : "";
}

struct sim_counts sim_counts(const struct sim_world *world)
{
	return world->counts;
}

/*
 * A strand that runs, but that the caller does not stand on, was left by a jump: CMocka's, whose assertions go back to
 * the test's own thread from wherever they are. Nothing can be said of such a world any more.
 */
static void notice_misuse(struct sim_world *world)
{
	struct actor *scenario = world->actors[0], *self = world->running;
	char text[256];

	if (self->current == &scenario->own || sim_strand_is_here(self->current))
		return;
	if (self->vcpu && self->current == &self->vcpu->strand)
		snprintf(text, sizeof(text), "the program of vCPU %u", self->vcpu->index);
	else
		snprintf(text, sizeof(text), "actor %u", self->id);
	world->dead = true;
	world->framed = false;
	world->running = scenario;
	scenario->current = &scenario->own;
	snprintf(
		text + strlen(text), sizeof(text) - strlen(text),
		" was left by a jump, as an assertion of CMocka makes one: use sim_expect() there");
	sim_breach(world, "misuse", text, false);
	sim_world_error(world, -EIO, "%s", world->violation);
}

bool sim_guard(struct sim_world *world, long (*fn)(void *ctx, const void *args), void *ctx,
	       const void *args, long *result)
{
	struct actor *scenario = world->actors[0];

	notice_misuse(world);
	if (world->dead)
		return false;
	if (world->framed || world->running->current != &scenario->own) {
		struct actor *self = world->running;

		self->calls++;
		*result = fn(ctx, args);
		self->calls--;
		return true;
	}
	SIM_UNSEEN(world);
	if (setjmp(scenario->own.leave)) {
		sim_race_landed();
		world->framed = false;
		world->running = scenario;
		scenario->current = &scenario->own;
		return false;
	}
	world->framed = true;
	*result = fn(ctx, args);
	world->framed = false;
	return true;
}

static long run_guarded(void *ctx, const void *args)
{
	(*(const sim_scenario *)args)(ctx);
	return 0;
}

bool sim_run(struct sim_world *world, sim_scenario scenario)
{
	long unused;

	return sim_guard(world, run_guarded, world, &scenario, &unused) && !sim_violation(world);
}

/* Birth and death */

static int set_engine(struct sim_world *world, const struct sim_config *config)
{
	const char *wrong = sim_engine_pick(config->engine, &world->engine);

	return wrong ? sim_world_error(world, -EINVAL, "%s", wrong) : 0;
}

void sim_usual_banks(struct rmm_bank *banks, unsigned *nr)
{
	banks[0] = (struct rmm_bank){ UINT64_C(0x80000000), UINT64_C(2) << 30 };
	banks[1] = (struct rmm_bank){ UINT64_C(0x880000000), UINT64_C(32) << 30 };
	*nr = 2;
}

static int set_banks(struct sim_world *world, const struct sim_config *config)
{
	if (config->nr_banks > RMM_MAX_BANKS)
		return sim_world_error(world, -EINVAL, "a world has at most %u banks",
				       RMM_MAX_BANKS);
	world->nr_banks = config->nr_banks;
	memcpy(world->banks, config->banks, sizeof(world->banks));
	if (!world->nr_banks)
		sim_usual_banks(world->banks, &world->nr_banks);
	if (config->first_bank)
		world->banks[0].base = config->first_bank;
	if (config->spare_pages && config->spare_pages >= world->banks[0].size / 65536)
		return sim_world_error(world, -EINVAL,
				       "the first bank has no %u pages of 64 KiB to spare",
				       config->spare_pages);
	return 0;
}

static int set_image(struct sim_world *world, const struct sim_config *config)
{
	char why[400] = "";
	struct sim_image *image = config->image;
	bool copied = false;

	if (!image)
		image = sim_image_open(config->kernel ? config->kernel : "4k", why, sizeof(why));
	if (image)
		world->image = sim_image_claim(image, &copied, why, sizeof(why));
	if (!config->image && (!world->image || copied))
		sim_image_close(image);
	if (!world->image)
		return sim_world_error(world, -ENOENT, "%s", why);
	world->own_image = !config->image || copied;
	world->kernel = sim_image_table(world->image);
	if (world->kernel->machine)
		*world->kernel->machine = world;
	return 0;
}

/* The string that they point into is the caller's. */
static int own_marks(struct sim_world *world, struct marks *marks)
{
	size_t n = (marks->count + marks->block - 1) / marks->block;
	char *text = sim_arena_alloc(world->arena, n);

	if (!text)
		return sim_world_error(world, -ENOMEM, "the world's arena is exhausted");
	memcpy(text, marks->text, n);
	marks->text = text;
	return 0;
}

static int set_choices(struct sim_world *world, const struct sim_config *config,
		       const struct plan *plan)
{
	struct decisions *d = &world->choices;
	const char *wrong;
	uint32_t *own;
	size_t n;

	if (plan) {
		d->plan = *plan;
		return 0;
	}
	wrong = sim_choices_parse(config->choices, NULL, 0, &n);
	if (wrong)
		return sim_world_error(world, -EINVAL, "%s", wrong);
	own = sim_arena_alloc(world->arena, (n + 1) * sizeof(*own));
	if (!own)
		return sim_world_error(world, -ENOMEM, "the world's arena is exhausted");
	sim_choices_parse(config->choices, own, n, &n);
	d->plan.follow = own;
	d->plan.count = n;
	d->plan.marks = sim_choices_marks(config->choices);
	d->plan.string =
		d->plan.marks.text ? sim_arena_strdup(world->arena, config->choices) : NULL;
	return d->plan.marks.text ? own_marks(world, &d->plan.marks) : 0;
}

const char *sim_size_wrong(size_t given, size_t own)
{
	return !given || given == own
		       ? NULL
		       : "the program was compiled with headers of another version of "
			 "rmisim; compile it again";
}

static struct sim_world *fail_new(struct sim_world *world, char *why, size_t size)
{
	if (why && size)
		snprintf(why, size, "%s", world ? world->error : "no address space for a world");
	sim_world_free(world);
	return NULL;
}

struct sim_world *sim_world_plan(const struct sim_config *config, const struct plan *plan,
				 struct sim_pool *pool, char *why, size_t size)
{
	static const struct sim_config defaults;
	struct sim_arena *arena = sim_arena_new(pool && pool->rewinds);
	struct sim_arena *machine = sim_arena_new(pool && pool->rewinds);
	struct sim_world *world;
	struct actor *scenario;

	if (!config)
		config = &defaults;
	if (sim_size_wrong(config->size, sizeof(*config))) {
		if (why && size)
			snprintf(why, size, "%s", sim_size_wrong(config->size, sizeof(*config)));
		sim_arena_drop(arena);
		sim_arena_drop(machine);
		return NULL;
	}
	world = arena ? sim_arena_alloc(arena, sizeof(*world)) : NULL;
	scenario = arena ? sim_arena_alloc(arena, sizeof(*scenario)) : NULL;
	if (!world || !scenario || !machine) {
		sim_arena_drop(arena);
		sim_arena_drop(machine);
		return fail_new(NULL, why, size);
	}
	world->arena = arena;
	world->machine = machine;
	world->event = config->event;
	world->event_ctx = config->event_ctx;
	world->failures.classes = config->failures;
	world->spare_pages = config->spare_pages;
	world->ipa_offset = config->ipa_offset;
	world->answer = config->answer;
	world->answer_ctx = config->answer_ctx;
	world->pool = pool ? pool : &world->own_pool;
	sim_sched_init(world, scenario);
	sim_host_fill(&world->host);
	world->host.pages_downwards = config->pages_downwards;
	if (set_engine(world, config) || set_banks(world, config) ||
	    set_choices(world, config, plan) || set_image(world, config) ||
	    sim_world_make_model(world, config))
		return fail_new(world, why, size);
	sim_keep(world, config);
	return world;
}

struct sim_world *sim_world_new(const struct sim_config *config, char *why, size_t size)
{
	return sim_world_plan(config, NULL, NULL, why, size);
}

void sim_world_end_strands(struct sim_world *world)
{
	struct sim_vm *vm;

	for (vm = world->vms; vm; vm = vm->next)
		for (unsigned i = 0; i < vm->nr_vcpus; i++)
			sim_strand_end(&sim_vm_vcpu(vm, i)->strand);
	sim_sched_end(world);
}

void sim_world_free(struct sim_world *world)
{
	if (!world)
		return;
	notice_misuse(world);
	sim_world_end_strands(world);
	sim_strand_exit(&world->actors[0]->own);
	sim_answers_drop(&world->own_pool);
	sim_pool_drop(&world->own_pool);
	rmm_free(world->rmm);
	if (world->image) {
		if (world->kernel && world->kernel->machine)
			*world->kernel->machine = NULL;
		sim_image_release(world->image);
		if (world->own_image)
			sim_image_close(world->image);
	}
	sim_arena_drop(world->machine);
	sim_arena_drop(world->arena);
}

struct rmm *sim_world_rmm(struct sim_world *world)
{
	return world->rmm;
}

struct rmm_bank sim_world_bank(const struct sim_world *world, unsigned i)
{
	return i < world->nr_banks ? world->banks[i] : (struct rmm_bank){ 0 };
}

uint64_t sim_world_ipa_offset(const struct sim_world *world)
{
	return world->ipa_offset;
}

uint64_t sim_world_page_size(const struct sim_world *world)
{
	return UINT64_C(1) << world->kernel->page_shift;
}

int sim_world_boot(struct sim_world *world)
{
	struct sim_kernel_stats stats = { 0 };
	char buf[16];
	int err;

	/* booting has scheduling points: another actor waits for its end */
	while (world->booting)
		sim_sched_block(world, &world->booting, "the kernel's boot");
	if (world->booted) {
		sim_race_acquire(&world->booted);
		return 0;
	}
	world->booting = true;
	err = world->kernel->boot(&world->host, world);
	world->booting = false;
	sim_sched_wake(world, &world->booting);
	if (err)
		return sim_world_error(world, err, "the kernel '%s' does not boot: %s",
				       sim_image_name(world->image), sim_errno_name(err, buf));
	world->booted = true;
	sim_race_release(&world->booted);
	world->kernel->stats(&stats);
	world->base_pages = stats.pages_used;
	world->base_objects = stats.objects;
	world->base_delegated = rmm_delegated(world->rmm);
	return 0;
}

/* Quiescence */

static const char *not_quiet(struct sim_world *world, const char *check, const char *what,
			     uint64_t is, uint64_t should)
{
	snprintf(world->quiescent, sizeof(world->quiescent), "%s: %s: %llu, should be %llu", check,
		 what, (unsigned long long)is, (unsigned long long)should);
	return world->quiescent;
}

static const char *warned(struct sim_world *world, uint64_t warns)
{
	snprintf(world->quiescent, sizeof(world->quiescent), "warn: kernel warnings: %llu%s%s",
		 (unsigned long long)warns, world->first_warn[0] ? ", the first one in " : "",
		 world->first_warn);
	return world->quiescent;
}

/* No VM is left: everything is as it was behind the boot. */
static const char *not_back(struct sim_world *world, const struct sim_kernel_stats *stats)
{
	uint64_t n = rmm_delegated(world->rmm);

	if (stats->pages_leaked)
		return not_quiet(world, "kept-back", "pages kept back after a failed undelegation",
				 stats->pages_leaked, 0);
	if (n != world->base_delegated)
		return not_quiet(world, "granules-back", "delegated granules", n,
				 world->base_delegated);
	if (stats->pages_used != world->base_pages)
		return not_quiet(world, "pages-back", "kernel pages in use", stats->pages_used,
				 world->base_pages);
	if (stats->objects != world->base_objects)
		return not_quiet(world, "objects-back", "kernel objects in use", stats->objects,
				 world->base_objects);
	return NULL;
}

/* The ghost comes last: what an invariant has a name for is told by that. */
const char *sim_ghost_at_rest(struct sim_world *world)
{
	const char *differs = NULL;

	if (!sim_violation(world))
		differs = ghost_compare_all(world->ghost);
	if (differs)
		sim_breach(world, "ghost", differs, false);
	return sim_violation(world);
}

const char *sim_quiescent(struct sim_world *world)
{
	struct sim_kernel_stats stats = { 0 };
	const char *wrong;
	uint64_t n;

	notice_misuse(world);
	if (sim_violation(world))
		return world->violation;
	n = rmm_locks_held(world->rmm);
	if (n)
		return not_quiet(world, "granule-locks", "granule locks held", n, 0);
	n = rmm_open_operations(world->rmm);
	if (n)
		return not_quiet(world, "open-operations", "unfinished RMI operations", n, 0);
	if (!world->booted)
		return sim_ghost_at_rest(world);
	world->kernel->stats(&stats);
	if (stats.locks_held)
		return not_quiet(world, "kernel-locks", "kernel locks held", stats.locks_held, 0);
	if (stats.warns)
		return warned(world, stats.warns);
	wrong = world->vms ? NULL : not_back(world, &stats);
	if (!wrong)
		sim_invariant_world(world);
	return wrong ? wrong : sim_ghost_at_rest(world);
}

const char *sim_world_finish(struct sim_world *world)
{
	notice_misuse(world);
	while (world->vms && !world->dead)
		sim_vm_free(world->vms);
	return sim_quiescent(world);
}
