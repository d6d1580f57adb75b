/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPUs of one realm on real threads: PSCI between them, their host, and a REC that goes away. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "host.h"

#define CPUS   4
#define ROUNDS 100     /* calls of each CPU, at least */
#define LIMIT  2000000 /* entries of CPU 0, at most */
#define GOING  CPUS    /* the REC that is destroyed, its page given back and taken again */

struct machine;

struct cpu {
	struct machine *m;
	unsigned id;
	pthread_t thread;
	rmm_pa run;
	uint64_t random;
	struct rmm_regs call; /* of the realm */
	bool open;            /* and not finished */
	atomic_ulong calls;
	unsigned long results[3];
};

struct machine {
	struct rmm *rmm;
	enum rmi_edition edition;
	rmm_pa rd, rec[CPUS + 1], next;
	struct cpu cpu[CPUS + 1];
	atomic_uint bad_orders;
	atomic_bool done;
};

static uint64_t draw(struct cpu *c, uint64_t n)
{
	c->random = c->random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (c->random >> 33) % n;
}

static struct rmm_regs host_smc(struct cpu *c, uint64_t fid, uint64_t a, uint64_t b, uint64_t d)
{
	struct rmm_regs regs;

	do {
		regs = (struct rmm_regs){ { fid, a, b, d } };
		rmm_smc(c->m->rmm, c->id, &regs);
	} while (regs.x[0] == RMI_BUSY);
	return regs;
}

static void choose_call(struct cpu *c)
{
	uint64_t other = draw(c, CPUS);

	c->call = (struct rmm_regs){ { RSI_PSCI_AFFINITY_INFO, other } };
	switch (draw(c, 6)) {
	case 0:
		/* CPU 0 stays on, to turn the others on again */
		if (c->id)
			c->call = (struct rmm_regs){ { RSI_PSCI_CPU_OFF } };
		break;
	case 1:
	case 2:
		c->call = (struct rmm_regs){ { RSI_PSCI_CPU_ON, other, 0x1000, c->id } };
		break;
	case 3:
		c->call = (struct rmm_regs){ { RSI_MEASUREMENT_EXTEND, 1 + other, 8, c->id } };
		break;
	case 4:
		/* its answer is not waited for: the host could not give one */
		c->call = (struct rmm_regs){ { RSI_PSCI_CPU_ON, GOING, S41 } };
		break;
	}
	/* nobody asks the host about himself: it could not answer */
	if (c->call.x[0] == RSI_PSCI_AFFINITY_INFO && c->call.x[1] == c->id)
		c->call.x[1] = (other + 1) % CPUS;
}

static void run_realm(void *ctx, struct rmm_rec *rec, unsigned id)
{
	struct cpu *c = &((struct machine *)ctx)->cpu[id];
	struct rmm_regs regs;

	for (unsigned i = 0; i < 8; i++) {
		if (!c->open)
			choose_call(c);
		regs = c->call;
		atomic_fetch_add(&c->calls, 1);
		c->open = rmm_realm_smc(c->m->rmm, rec, &regs) == RMM_REALM_EXIT;
		if (c->open)
			break;
		c->results[regs.x[0] == 0 ? 0 : (int64_t)regs.x[0] < 0 ? 2 : 1]++;
	}
	if (c->call.x[0] == RSI_PSCI_CPU_OFF)
		c->open = false; /* it does not come back */
	rmm_realm_irq(c->m->rmm, rec);
}

static uint64_t field(struct cpu *c, unsigned offset)
{
	return *(uint64_t *)rmm_host_ptr(c->m->rmm, c->run + offset, 8);
}

static void complete(struct cpu *c)
{
	uint64_t fid = field(c, RMI_RUN_EXIT_GPRS), target = field(c, RMI_RUN_EXIT_GPRS + 8);

	if (fid != RSI_PSCI_CPU_ON && fid != RSI_PSCI_AFFINITY_INFO)
		return;
	if (c->m->edition < RMI_BET3)
		host_smc(c, RMI_PSCI_COMPLETE, c->m->rec[c->id], c->m->rec[target], 0);
	else
		host_smc(c, RMI_PSCI_COMPLETE, c->m->rec[c->id], 0, 0);
}

static bool is_enough(struct machine *m)
{
	for (unsigned i = 0; i < CPUS; i++) {
		if (atomic_load(&m->cpu[i].calls) < ROUNDS)
			return false;
	}
	return true;
}

static void *be_a_cpu(void *arg)
{
	struct cpu *c = arg;

	/* The others are off at first, and again and again: they last as long as CPU 0. */
	for (unsigned i = 0; c->id ? !atomic_load(&c->m->done) : i < LIMIT && !is_enough(c->m);
	     i++) {
		uint64_t x0 = host_smc(c, RMI_REC_ENTER, c->m->rec[c->id], c->run, 0).x[0];

		if (x0)
			sched_yield();
		else if (field(c, RMI_RUN_EXIT_REASON) == RMI_EXIT_PSCI)
			complete(c);
	}
	if (!c->id)
		atomic_store(&c->m->done, true);
	return NULL;
}

static void *take_a_rec_away(void *arg)
{
	struct cpu *c = arg;
	rmm_pa rec = c->m->rec[GOING];

	host_smc(c, RMI_REC_DESTROY, rec, 0, 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		host_smc(c, RMI_GRANULE_RANGE_UNDELEGATE, rec, rec + 0x1000, 0);
		host_smc(c, RMI_GRANULE_RANGE_DELEGATE, rec, rec + 0x1000, 0);
	}
	return NULL;
}

static void see(void *ctx, const struct rmm_event *event)
{
	struct machine *m = ctx;

	if (event->kind == RMM_EVENT_LOCK_ORDER)
		atomic_fetch_add(&m->bad_orders, 1);
}

static rmm_pa page(struct machine *m, bool delegated)
{
	rmm_pa pa = m->next;

	m->next += 0x1000;
	if (delegated)
		host_smc(&m->cpu[0], RMI_GRANULE_RANGE_DELEGATE, pa, pa + 0x1000, 0);
	return pa;
}

static void put(struct machine *m, rmm_pa pa, uint64_t value)
{
	*(uint64_t *)rmm_host_ptr(m->rmm, pa, 8) = value;
}

static void build(struct machine *m, enum rmi_edition edition)
{
	struct rmm_profile profile = *rmm_profile_find("strict");
	struct rmm_config cfg = { .edition = edition,
				  .profile = &profile,
				  .ctx = m,
				  .run_realm = run_realm,
				  .event = see,
				  .check_locks = true };
	rmm_pa params, rtt;

	profile.rec_granules = 0;
	*m = (struct machine){ .edition = edition, .next = HOST_BASE };
	m->rmm = rmm_new(&cfg, NULL);
	assert_non_null(m->rmm);
	for (unsigned i = 0; i <= CPUS; i++)
		m->cpu[i] = (struct cpu){ .m = m, .id = i, .random = i + 1 };
	assert_hex(host_smc(&m->cpu[0], RMI_RMM_ACTIVATE, 0, 0, 0).x[0], 0);
	params = page(m, false);
	m->rd = page(m, true);
	rtt = page(m, true);
	put(m, params + RMI_PARAMS_S2SZ, 39);
	put(m, params + RMI_PARAMS_NUM_BPS, 1);
	put(m, params + RMI_PARAMS_NUM_WPS, 1);
	put(m, params + RMI_PARAMS_RTT_BASE, rtt);
	put(m, params + RMI_PARAMS_RTT_LEVEL, 1);
	put(m, params + RMI_PARAMS_RTT_NUM, 1);
	assert_hex(host_smc(&m->cpu[0], RMI_REALM_CREATE, m->rd, params, 0).x[0], 0);
	for (unsigned i = 0; i <= CPUS; i++) {
		memset(rmm_host_ptr(m->rmm, params, 0x1000), 0, 0x1000);
		put(m, params, i ? 0 : RMI_REC_RUNNABLE);
		put(m, params + RMI_REC_PARAMS_MPIDR, i);
		m->rec[i] = page(m, true);
		m->cpu[i].run = page(m, false);
		assert_hex(host_smc(&m->cpu[0], RMI_REC_CREATE, m->rd, m->rec[i], params).x[0], 0);
	}
	assert_hex(host_smc(&m->cpu[0], RMI_REALM_ACTIVATE, m->rd, 0, 0).x[0], 0);
}

static void cpus_of_a_realm_turn_each_other_on_and_off(void **state)
{
	static const enum rmi_edition editions[] = { RMI_BET1, RMI_BET3 };

	for (unsigned e = 0; e < 2; e++) {
		struct machine m;

		build(&m, editions[e]);
		for (unsigned i = 0; i <= CPUS; i++)
			assert_int_equal(pthread_create(&m.cpu[i].thread, NULL,
							i < CPUS ? be_a_cpu : take_a_rec_away,
							&m.cpu[i]),
					 0);
		for (unsigned i = 0; i <= CPUS; i++)
			pthread_join(m.cpu[i].thread, NULL);
		assert_int_equal(rmm_locks_held(m.rmm), 0);
		assert_int_equal(atomic_load(&m.bad_orders), 0);
		assert_true(m.cpu[0].results[0] && m.cpu[0].results[2]);
		assert_true(is_enough(&m));
		/* nobody runs, so everything can go */
		for (unsigned i = 0; i < CPUS; i++)
			assert_hex(host_smc(&m.cpu[0], RMI_REC_DESTROY, m.rec[i], 0, 0).x[0], 0);
		assert_hex(host_smc(&m.cpu[0], RMI_REALM_TERMINATE, m.rd, 0, 0).x[0], 0);
		assert_hex(host_smc(&m.cpu[0], RMI_REALM_DESTROY, m.rd, 0, 0).x[0], 0);
		rmm_free(m.rmm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(cpus_of_a_realm_turn_each_other_on_and_off) };

	return cmocka_run_group_tests_name("realm threads", tests, NULL, NULL);
}
