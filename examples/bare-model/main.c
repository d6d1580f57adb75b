/* SPDX-License-Identifier: BSD-2-Clause */
/* A hypervisor's loop around the model: one realm, one vCPU, memory when the realm asks for it. */
#include <stdio.h>
#include <stdlib.h>

#include <rmisim/rmm.h>

#define PAGE   UINT64_C(0x1000)
#define PA(nr) (UINT64_C(0x80000000) + (nr)*PAGE)

/* Our memory, page by page: what the RMM reads and writes, then, from RD on, what it is given. */
enum { CONFIG, PARAMS, RUN, RD, ROOT, REC, TABLE, DATA = TABLE + 3, END };
static uint64_t ram[0x10000 / 8]; /* at PA(0); the RMM gets there through memory() */
static struct rmm *rmm;
static unsigned tables; /* RTTs made so far */
static bool done;       /* the guest has nothing more to do */

#define SMC(...)     smc((struct rmm_regs){ { __VA_ARGS__ } })
#define WORD(pa)     (ram[((pa)-PA(0)) / 8])
#define PARAM(field) WORD(PA(PARAMS) + RMI_PARAMS_##field)

static uint64_t smc(struct rmm_regs r)
{
	printf("%s", rmi_command(RMI_BET1, r.x[0])->name);
	rmm_smc(rmm, 0, &r);
	printf(" = %s\n", rmi_status_name(RMI_RESULT_STATUS(r.x[0])));
	if (r.x[0] && RMI_RESULT_STATUS(r.x[0]) != RMI_ERROR_RTT)
		exit(1);
	return r.x[0];
}

static void *memory(void *ctx, rmm_pa pa, uint64_t size)
{
	return (char *)ram + (pa - PA(0));
}

/* The vCPU: what the guest does until something takes it out of the realm. */
static void run_guest(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct rmm_access store = { .ipa = 0x5000, .size = 8, .write = true, .value = 42 };

	done = rmm_realm_access(rmm, rec, &store) == RMM_REALM_DONE;
	printf(" [store to IPA 0x5000: %s]", done ? "done" : "abort");
}

/* A call on one entry of the realm's tables; RTTs that are missing above it are made. */
static void on_range(uint64_t fid, rmm_ipa base, rmm_ipa top, uint64_t desc)
{
	uint64_t x0;

	while ((x0 = SMC(fid, PA(RD), base, top, RMI_ADDR_SINGLE, desc))) {
		int level = (int)RMI_RESULT_LEVEL(x0); /* where the walk ended */
		rmm_ipa ipa = base & ~(rmi_level_size(12, level) - 1);

		SMC(RMI_RTT_CREATE, PA(RD), PA(TABLE + tables++), ipa, (uint64_t)level + 1);
	}
}

static void make_realm(void)
{
	PARAM(S2SZ) = 48;
	PARAM(NUM_BPS) = PARAM(NUM_WPS) = 1;
	PARAM(RTT_BASE) = PA(ROOT);
	PARAM(RTT_NUM) = 1; /* table, at level 0 */
	SMC(RMI_GRANULE_RANGE_DELEGATE, PA(RD), PA(END));
	SMC(RMI_REALM_CREATE, PA(RD), PA(PARAMS));
	on_range(RMI_RTT_INIT_RIPAS, 0, 0x200000, 0); /* 2 MiB of RAM */
	WORD(PA(PARAMS)) = RMI_REC_RUNNABLE;          /* now RmiRecParams */
	SMC(RMI_REC_CREATE, PA(RD), PA(REC), PA(PARAMS));
	SMC(RMI_REALM_ACTIVATE, PA(RD));
}

int main(void)
{
	struct rmm_profile plain = { .name = "plain" }; /* whole ranges; a REC is one granule */
	struct rmm_config config = { .profile = &plain, .memory = memory, .run_realm = run_guest };

	config.banks[config.nr_banks++] = (struct rmm_bank){ PA(0), sizeof(ram), RMM_DRAM };
	if (!(rmm = rmm_new(&config, NULL)))
		return 1;
	SMC(RMI_RMM_CONFIG_SET, PA(CONFIG)); /* all zero: 4 KiB granules */
	SMC(RMI_RMM_ACTIVATE);
	make_realm();
	while (SMC(RMI_REC_ENTER, PA(REC), PA(RUN)), !done) { /* an abort: map what it wants */
		rmm_ipa ipa = WORD(PA(RUN) + RMI_RUN_EXIT_HPFAR) >> 4 << 12;

		on_range(RMI_RTT_DATA_MAP, ipa, ipa + PAGE, PA(DATA) | 1 << 2); /* one page */
	}
	SMC(RMI_REALM_TERMINATE, PA(RD));
	SMC(RMI_REC_DESTROY, PA(REC));
	SMC(RMI_RTT_DATA_UNMAP, PA(RD), 0, 0x200000);
	for (int level = 3; level > 0; level--)
		SMC(RMI_RTT_DESTROY, PA(RD), 0, (uint64_t)level);
	SMC(RMI_REALM_DESTROY, PA(RD));
	SMC(RMI_GRANULE_RANGE_UNDELEGATE, PA(RD), PA(END));
	printf("the host reads %d where the realm wrote 42\n", (int)WORD(PA(DATA)));
	rmm_free(rmm);
	return 0;
}
