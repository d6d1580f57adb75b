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
#include "replay.h"
#include "report.h"
#include "world.h"

#define NR_ERRNOS       (sizeof(errnos) / sizeof(errnos[0]))
#define MAX_MODEL_WAITS 4096 /* of granule locks, one after the other, and nothing else */

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

const char *sim_violation(const struct sim_world *world)
{
	return world->violation[0] ? world->violation : NULL;
}

struct sim_counts sim_counts(const struct sim_world *world)
{
	return world->counts;
}

/* Violations */

void sim_breach(struct sim_world *world, const char *check, const char *text, bool known)
{
	bool first = !world->violation[0] && !known;

	if (first)
		snprintf(world->violation, sizeof(world->violation), "%s: %s", check, text);
	sim_emit(world, SIM_EVENT_VIOLATION, check, NULL, 0, "%s", text);
	if (first) {
		sim_report(world, world->violation);
		sim_at_violation(world->violation);
	}
}

void sim_vbreach(struct sim_world *world, enum sim_contract contract, const char *fmt, va_list ap)
{
	struct sim_check *check = &world->check;

	if (sim_check_vbroken(check, contract, fmt, ap))
		sim_breach(world, sim_contract_name(contract), check->text,
			   check->known >> contract & 1);
}

void sim_contract_breach(struct sim_world *world, enum sim_contract contract, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_vbreach(world, contract, fmt, ap);
	va_end(ap);
}

/*
 * The check whose sentence a scenario passes on, as sim_fail(w, "%s", sim_quiescent(w)) does. *skip: its name and the
 * colon.
 */
static const char *passed_on(const char *check, const char *text, size_t *skip)
{
	struct sim_check_info info;

	*skip = 0;
	for (unsigned i = 0; !strcmp(check, "expect") && sim_check_at(i, &info); i++) {
		size_t len = strlen(info.name);

		if (strncmp(text, info.name, len) || strncmp(text + len, ": ", 2))
			continue;
		*skip = len + 2;
		return info.name;
	}
	return check;
}

/*
 * A scenario that stops at an expectation of its own does not come to the quiescent point at which a WARN would have
 * been found. The WARN broke first, and says more. Behind a wrong answer it is what the kernel should do.
 */
static void warned_before(struct sim_world *world, const char *check, const char *then)
{
	char text[400];

	if (!world->warns || world->failures.wrong || strcmp(check, "expect"))
		return;
	snprintf(text, sizeof(text), "kernel warnings: %llu, the first one in %.160s; then %.160s",
		 (unsigned long long)world->warns, world->first_warn, then);
	sim_breach(world, "warn", text, false);
}

void sim_violate(struct sim_world *world, const char *check, const char *fmt, va_list ap)
{
	struct strand *self = world->running->current;
	char text[400];
	size_t skip;

	if (!world->dead) {
		vsnprintf(text, sizeof(text), fmt, ap);
		check = passed_on(check, text, &skip);
		warned_before(world, check, text);
		sim_breach(world, check, text + skip, false);
		sim_world_error(world, -EIO, "%s", world->violation);
		world->dead = true;
	}
	if (self == &world->actors[0]->own && !world->framed) {
		if (world->on_fail)
			world->on_fail(world->on_fail_ctx, world->violation);
		fprintf(stderr, "rmisim: sim_fail() outside a run: %s\n", world->violation);
		abort();
	}
	sim_strand_leave(self);
}

void sim_violatef(struct sim_world *world, const char *check, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_violate(world, check, fmt, ap);
}

void sim_fail(struct sim_world *world, const char *fmt, ...)
{
	va_list ap;

	sim_give_up_if(world);
	va_start(ap, fmt);
	sim_violate(world, "expect", fmt, ap);
}

void sim_on_fail(struct sim_world *world, void (*fn)(void *ctx, const char *violation), void *ctx)
{
	world->on_fail = fn;
	world->on_fail_ctx = ctx;
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

/* The model's callbacks */

static void *model_alloc(void *ctx, size_t size)
{
	return sim_arena_alloc(((struct sim_world *)ctx)->machine, size);
}

static void model_free(void *ctx, void *p, size_t size)
{
	sim_arena_free(((struct sim_world *)ctx)->machine, p, size);
}

static void model_run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	sim_guest_run_realm(ctx, rec);
}

/*
 * The caller takes the lock when it goes on, or waits again. Actors take turns; when one after the other comes back
 * to wait and none does anything else, none ever will.
 */
static void model_wait(void *ctx, rmm_pa granule)
{
	struct sim_world *world = ctx;

	world->running->granule = granule;
	if (++world->model_waits > MAX_MODEL_WAITS)
		sim_sched_deadlock(world);
	sim_sched_spin(world, "a granule lock", false);
	world->running->granule = 0;
	ghost_touch(world->ghost, world->running->id, granule);
}

static void model_point(void *ctx, rmm_pa granule)
{
	struct sim_world *world = ctx;

	sim_sched_point(world, "granule lock");
	ghost_touch(world->ghost, world->running->id, granule);
}

static unsigned model_choose(void *ctx, const char *label, unsigned n)
{
	struct sim_world *world = ctx;

	return sim_choose_at(world, SIM_CHOOSE_RMM, n, label, world->running->smc);
}

static void lock_text(char *buf, size_t size, const struct rmm_lock *lock)
{
	int n = snprintf(buf, size, "granule 0x%" PRIx64 " (%s", lock->pa, lock->kind);

	if (n > 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, lock->level < -1 ? ")" : ", level %d)",
			 lock->level);
}

static void bad_lock(struct sim_world *world, const struct rmm_event *event)
{
	char taken[96], held[96];

	lock_text(taken, sizeof(taken), event->taken);
	lock_text(held, sizeof(held), event->held);
	if (event->taken->pa == event->held->pa)
		sim_violatef(world, "self-deadlock", "%s waits for %s, which it holds",
			     event->taken->who, taken);
	sim_violatef(world, "lock-order", "%s takes %s while it holds %s", event->taken->who, taken,
		     held);
}

static void model_event(void *ctx, const struct rmm_event *event)
{
	struct sim_world *world = ctx;

	world->model_waits = 0;
	if (event->kind == RMM_EVENT_LOCK_ORDER)
		bad_lock(world, event);
	else
		sim_emit_rmm(world, event);
}

/* Not the machine's memory: what the ghost counts is no state that a run could be in once more. */
static void *ghost_alloc(void *ctx, size_t size)
{
	return sim_arena_alloc(((struct sim_world *)ctx)->arena, size);
}

static void ghost_release(void *ctx, void *p, size_t size)
{
	sim_arena_free(((struct sim_world *)ctx)->arena, p, size);
}

static bool make_ghost(struct sim_world *world, const struct sim_config *config,
		       const struct rmm_profile *profile)
{
	world->ghost = ghost_new(&(struct ghost_config){
		.rmm = world->rmm,
		.mem = { ghost_alloc, ghost_release, world },
		.edition = config->edition,
		.tf_rmm = profile->tf_rmm,
		.rim_of_params = profile->rim_of_params,
	});
	return world->ghost;
}

static int make_model(struct sim_world *world, const struct sim_config *config)
{
	struct rmm_config model = {
		.size = sizeof(model),
		.edition = config->edition,
		.profile = config->custom_profile,
		.nr_banks = world->nr_banks,
		.ctx = world,
		.alloc = model_alloc,
		.free = model_free,
		.run_realm = model_run_realm,
		.wait = model_wait,
		.choose = model_choose,
		.choices = config->failures & SIM_LEGAL_FAILURES ? 0 : RMM_CHOOSE_DONATION,
		.point = config->granule_points ? model_point : NULL,
		.check_locks = config->granule_points,
		.event = model_event,
	};
	const char *name = config->profile ? config->profile : "strict";
	const char *why = "no reason given";

	memcpy(model.banks, world->banks, sizeof(model.banks));
	if (!model.profile)
		model.profile = rmm_profile_find(name);
	if (!model.profile)
		return sim_world_error(world, -EINVAL, "there is no RMM profile '%s'", name);
	world->s2ap_bit0_is_read = model.profile->s2ap_bit0_is_read;
	world->rmm = rmm_new(&model, &why);
	if (!world->rmm)
		return sim_world_error(world, -ENOMEM, "cannot make the RMM: %s", why);
	if (!make_ghost(world, config, model.profile))
		return sim_world_error(world, -ENOMEM, "the world's arena is exhausted");
	sim_check_init(&world->check, world->rmm, config->edition);
	if (!sim_check_known(&world->check, config->known_breaches))
		return sim_world_error(world, -EINVAL, "there is no contract among '%s'",
				       config->known_breaches);
	return 0;
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
	    make_model(world, config))
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
