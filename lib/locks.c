/* SPDX-License-Identifier: BSD-2-Clause */
/* The run-time check of the locking order. */
#include "locks.h"
#include "model.h"

void locks_init(struct locks *l, struct rmm *rmm, unsigned cpu, const char *who)
{
	l->rmm = rmm;
	l->cpu = cpu;
	l->who = who;
	l->epoch = __atomic_load_n(&rmm->regions_epoch, __ATOMIC_ACQUIRE);
	l->granule_shift = granule_shift(rmm);
	for (unsigned i = 0; i < NR_TREES; i++)
		l->leaf[i] = NULL;
	l->child = NULL;
	l->nr_noted = 0;
}

static struct rmm_lock describe(const struct locks *l, rmm_pa pa, unsigned order)
{
	static const char *const kinds[] = { "external", "RD", "REC", "device", "RTT", "DATA" };
	struct rmm_lock lock = { .kind = kinds[order >> 8], .pa = pa, .who = l->who, .level = -2 };

	if (order >> 8 == LOCK_RTT(0, -1) >> 8) {
		lock.tree = (order & 0xff) / 16;
		lock.level = (int)((order & 0xff) % 16) - 1;
	}
	return lock;
}

static bool comes_after(unsigned order, rmm_pa pa, const struct lock_note *held)
{
	return order > held->order || (order == held->order && pa > held->pa);
}

static void report(const struct locks *l, rmm_pa pa, unsigned order, const struct lock_note *held)
{
	const struct rmm_config *cfg = &l->rmm->cfg;
	struct rmm_lock taken = describe(l, pa, order), other = describe(l, held->pa, held->order);
	struct rmm_event event = {
		.kind = RMM_EVENT_LOCK_ORDER, .cpu = l->cpu, .taken = &taken, .held = &other
	};

	__atomic_add_fetch(&l->rmm->nr_violations, 1, __ATOMIC_RELAXED);
	if (cfg->event)
		cfg->event(cfg->ctx, &event);
}

static const struct lock_note *find(const struct locks *l, const struct granule *g)
{
	for (unsigned i = 0; i < l->nr_noted; i++) {
		if (l->note[i].g == g)
			return &l->note[i];
	}
	return NULL;
}

bool locks_check(struct locks *l, const struct granule *g, rmm_pa pa, unsigned order)
{
	const struct lock_note *same = find(l, g);

	if (same) {
		report(l, pa, order, same);
		return false;
	}
	for (unsigned i = 0; i < l->nr_noted; i++) {
		if (comes_after(order, pa, &l->note[i]))
			continue;
		report(l, pa, order, &l->note[i]);
		break;
	}
	return true;
}

void locks_note(struct locks *l, const struct granule *g, rmm_pa pa, unsigned order)
{
	if (l->nr_noted < LOCKS_NOTED)
		l->note[l->nr_noted++] = (struct lock_note){ g, pa, order };
}

bool locks_forget(struct locks *l, const struct granule *g)
{
	for (unsigned i = l->nr_noted; i-- > 0;) {
		if (l->note[i].g != g)
			continue;
		for (unsigned j = i + 1; j < l->nr_noted; j++)
			l->note[j - 1] = l->note[j];
		l->nr_noted--;
		break;
	}
	return !find(l, g);
}
