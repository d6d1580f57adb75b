/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the model, with a point before each granule lock: RECs that are entered while somebody destroys them or
 * terminates their realm, and ranges that are delegated while somebody undelegates them.
 */
#include "scenario.h"

struct host {
	struct bare b;
	unsigned enter[2], destroy, terminate; /* status */
	rmm_pa base;                           /* of the ranges */
};

static void enters(struct host *h, unsigned rec, unsigned slot)
{
	struct bare_rec *r = &h->b.recs[rec];

	h->enter[slot] =
		RMI_RESULT_STATUS(bare_call(&h->b, RMI_REC_ENTER, r->rec, r->run, 0, 0, 0).x[0]);
}

static void enter_first(struct sim_world *w, void *job)
{
	enters(job, 0, 0);
}

static void enter_first_too(struct sim_world *w, void *job)
{
	enters(job, 0, 1);
}

static void enter_second(struct sim_world *w, void *job)
{
	enters(job, 1, 1);
}

static void destroy_first(struct sim_world *w, void *job)
{
	struct host *h = job;

	h->destroy = bare_rec_destroy(&h->b, &h->b.recs[0]);
}

static void terminate(struct sim_world *w, void *job)
{
	struct host *h = job;

	h->terminate =
		RMI_RESULT_STATUS(bare_call(&h->b, RMI_REALM_TERMINATE, h->b.rd, 0, 0, 0, 0).x[0]);
}

static void begin(struct host *h, struct sim_world *w, unsigned recs)
{
	*h = (struct host){ .destroy = RMI_ERROR_REC };
	bare_begin(&h->b, w);
	bare_realm_create(&h->b);
	bare_recs_create(&h->b, recs);
}

static void end(struct host *h, unsigned recs)
{
	for (unsigned i = 0; i < recs; i++)
		if (i || h->destroy != RMI_SUCCESS)
			sim_expect(h->b.w, bare_rec_destroy(&h->b, &h->b.recs[i]) == RMI_SUCCESS);
	bare_realm_destroy(&h->b);
	bare_end(&h->b);
}

static void act(struct sim_world *w, struct host *h, void (*fn)(struct sim_world *w, void *job))
{
	sim_expect(w, sim_spawn(w, fn, h) == 0);
}

/* The REC runs and stays, or is gone. */
static void enter_destroy(struct sim_world *w)
{
	struct host h;

	begin(&h, w, 1);
	act(w, &h, enter_first);
	act(w, &h, destroy_first);
	sim_join(w);
	sim_expect(w, h.enter[0] == RMI_SUCCESS || h.enter[0] == RMI_ERROR_INPUT);
	sim_expect(w, h.destroy == RMI_SUCCESS || h.destroy == RMI_ERROR_REC);
	sim_expect(w, h.enter[0] == RMI_SUCCESS || h.destroy == RMI_SUCCESS);
	end(&h, 1);
}

static void enter_terminate(struct sim_world *w)
{
	struct host h;

	begin(&h, w, 1);
	act(w, &h, enter_first);
	act(w, &h, terminate);
	sim_join(w);
	sim_expect(w, h.enter[0] == RMI_SUCCESS || h.enter[0] == RMI_ERROR_REALM);
	sim_expect(w, h.terminate == RMI_SUCCESS || h.terminate == RMI_ERROR_REALM);
	sim_expect(w, h.enter[0] == RMI_SUCCESS || h.terminate == RMI_SUCCESS);
	end(&h, 1);
}

/* One REC on two CPUs: one behind the other, or one is refused. */
static void enter_enter(struct sim_world *w)
{
	struct host h;

	begin(&h, w, 1);
	act(w, &h, enter_first);
	act(w, &h, enter_first_too);
	sim_join(w);
	for (unsigned i = 0; i < 2; i++)
		sim_expect(w, h.enter[i] == RMI_SUCCESS || h.enter[i] == RMI_ERROR_REC);
	sim_expect(w, h.enter[0] == RMI_SUCCESS || h.enter[1] == RMI_SUCCESS);
	end(&h, 1);
}

/* Two RECs, of which one is destroyed, while the realm is terminated. */
static void enter_destroy_terminate(struct sim_world *w)
{
	struct host h;

	begin(&h, w, 2);
	act(w, &h, enter_second);
	act(w, &h, destroy_first);
	act(w, &h, terminate);
	sim_join(w);
	sim_expect(w, h.destroy == RMI_SUCCESS); /* nobody runs it */
	sim_expect(w, h.enter[1] == RMI_SUCCESS || h.enter[1] == RMI_ERROR_REALM);
	sim_expect(w, h.terminate == RMI_SUCCESS || h.terminate == RMI_ERROR_REALM);
	sim_expect(w, h.enter[1] == RMI_SUCCESS || h.terminate == RMI_SUCCESS);
	end(&h, 2);
}

/*
 *            0    1  | 2    3
 * delegate   [--------|---)
 * undelegate      [---|--------)        at first [U] [U] | [D] [D]
 *
 * A granule changes as a whole, and a call stops at one that is not in the state it needs (before bet3); then it is
 * made again behind that one. The model changes chunks one by one: the bar is a chunk's edge.
 */
#define GRANULES 4
#define CHUNK    512

static void change(struct host *h, uint64_t fid, rmm_pa base, rmm_pa top)
{
	struct rmm_regs r;

	while (base < top) {
		r = bare_call(&h->b, fid, base, top, 0, 0, 0);
		if (r.x[0])
			r.x[1] = base + h->b.granule;
		sim_expect(h->b.w, r.x[1] > base && r.x[1] <= top);
		base = r.x[1];
	}
}

static void delegates(struct sim_world *w, void *job)
{
	struct host *h = job;

	change(h, RMI_GRANULE_RANGE_DELEGATE, h->base, h->base + 3 * h->b.granule);
}

static void undelegates(struct sim_world *w, void *job)
{
	struct host *h = job;

	change(h, RMI_GRANULE_RANGE_UNDELEGATE, h->base + h->b.granule,
	       h->base + GRANULES * h->b.granule);
}

static void delegate_undelegate(struct sim_world *w)
{
	struct host h = { 0 };
	uint64_t g;

	bare_begin(&h.b, w);
	g = h.b.granule;
	h.base = bare_pages(&h.b, CHUNK + GRANULES, CHUNK * g) + (CHUNK - 2) * g;
	bare_delegate(&h.b, h.base + 2 * g, h.base + GRANULES * g);
	act(w, &h, delegates);
	act(w, &h, undelegates);
	sim_join(w);
	/* Only one of the two was there. */
	sim_expect(w, bare_state(&h.b, h.base) == RMM_DELEGATED);
	sim_expect(w, bare_state(&h.b, h.base + 3 * g) == RMM_UNDELEGATED);
	for (unsigned i = 0; i < GRANULES; i++) {
		enum rmm_granule_state state = bare_state(&h.b, h.base + i * g);

		sim_expect(w, state == RMM_UNDELEGATED || state == RMM_DELEGATED);
		sim_expect(w, rmm_host_may_access(h.b.rmm, h.base + i * g, g) ==
				      (state == RMM_UNDELEGATED));
	}
	bare_undelegate(&h.b, h.base, h.base + GRANULES * g);
	bare_end(&h.b);
}

/* Without memory no REC: what was to become one is the host's to use again. */
static void create_cancel(struct sim_world *w)
{
	struct bare b;
	rmm_pa rec;

	bare_begin(&b, w);
	bare_realm_create(&b);
	if (bare_rec_cancel(&b) == RMI_SUCCESS)
		sim_expect(w, bare_rec_destroy(&b, &b.recs[0]) == RMI_SUCCESS);
	rec = b.recs[0].rec;
	bare_undelegate(&b, rec, rec + b.granule);
	bare_realm_destroy(&b);
	bare_end(&b);
}

#define INSIDE(bound_) true, .bound = (bound_), .granule_points = true

const struct sim_catalogue_entry scenarios_rec[] = {
	{ "rec-enter-destroy", "REC_ENTER while the REC is destroyed", enter_destroy, INSIDE(3) },
	{ "rec-enter-terminate", "REC_ENTER while the realm is terminated", enter_terminate,
	  INSIDE(3) },
	{ "rec-enter-enter", "one REC is entered by two CPUs", enter_enter, INSIDE(3) },
	{ "rec-enter-destroy-terminate",
	  "two RECs, one entered and one destroyed, while their realm is terminated",
	  enter_destroy_terminate, INSIDE(2) },
	{ "rec-create-cancel", "REC_CREATE asks for memory, and the host cancels it", create_cancel,
	  false, .granule_points = true },
	{ "delegate-undelegate", "delegation and undelegation of overlapping ranges",
	  delegate_undelegate, INSIDE(3) },
	{ NULL, NULL, NULL, false },
};
