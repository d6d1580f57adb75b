/* SPDX-License-Identifier: BSD-2-Clause */
/* A hypervisor's loop around the model: one realm, one vCPU, memory when the realm asks for it. */
#include <stdio.h>
#include <stdlib.h>

#include <rmisim/rmm.h>

#define PAGE   UINT64_C(0x1000)
#define PA(nr) (UINT64_C(0x80000000) + (nr)*PAGE)

/* Our memory, page by page: what the RMM reads and writes, then, from RD on, what it is given. */
enum { CONFIG, PARAMS, RUN, RD, ROOT, REC, TABLE, DATA = TABLE + 3, END };

struct hv {
	struct rmm *rmm;
	unsigned tables; /* made so far */
	bool done;       /* the guest has nothing more to do */
};

static uint64_t smc(struct hv *hv, struct rmm_regs r)
{
	const struct rmi_command *command = rmi_command(r.x[0]);

	rmm_smc(hv->rmm, 0, &r);
	printf("%s = %s\n", command->name, rmi_status_name(RMI_RESULT_STATUS(r.x[0])));
	if (r.x[0] && RMI_RESULT_STATUS(r.x[0]) != RMI_ERROR_RTT)
		exit(1);
	return r.x[0];
}
#define SMC(hv, ...)     smc(hv, (struct rmm_regs){ { __VA_ARGS__ } })
#define WORD(hv, pa)     (*(uint64_t *)rmm_host_ptr((hv)->rmm, (pa), 8))
#define PARAM(hv, field) WORD(hv, PA(PARAMS) + RMI_PARAMS_##field)

/* The vCPU: what the guest does until something takes it out of the realm. */
static void run_guest(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct rmm_access store = { .ipa = 0x5000, .size = 8, .write = true, .value = 42 };
	struct hv *hv = ctx;

	hv->done = rmm_realm_access(hv->rmm, rec, &store) == RMM_REALM_DONE;
	printf("  guest: store to IPA 0x5000 %s\n", hv->done ? "done" : "leaves the realm");
}

/* A call on one entry of the realm's tables; RTTs that are missing above it are made. */
static void on_range(struct hv *hv, uint64_t fid, rmm_ipa base, rmm_ipa top, uint64_t desc)
{
	uint64_t x0;

	while ((x0 = SMC(hv, fid, PA(RD), base, top, RMI_ADDR_SINGLE, desc))) {
		int level = (int)RMI_RESULT_LEVEL(x0) + 1; /* below where the walk ended */
		rmm_ipa ipa = base & ~(rmi_level_size(12, level - 1) - 1);

		SMC(hv, RMI_RTT_CREATE, PA(RD), PA(TABLE + hv->tables++), ipa, (uint64_t)level);
	}
}

static void make_realm(struct hv *hv)
{
	PARAM(hv, S2SZ) = 48;
	PARAM(hv, NUM_BPS) = PARAM(hv, NUM_WPS) = 1;
	PARAM(hv, RTT_BASE) = PA(ROOT);
	PARAM(hv, RTT_NUM) = 1; /* table, at level 0 */
	SMC(hv, RMI_GRANULE_RANGE_DELEGATE, PA(RD), PA(END));
	SMC(hv, RMI_REALM_CREATE, PA(RD), PA(PARAMS));
	on_range(hv, RMI_RTT_INIT_RIPAS, 0, 0x200000, 0); /* 2 MiB of RAM */
	WORD(hv, PA(PARAMS)) = RMI_REC_RUNNABLE;          /* now RmiRecParams */
	SMC(hv, RMI_REC_CREATE, PA(RD), PA(REC), PA(PARAMS));
	SMC(hv, RMI_REALM_ACTIVATE, PA(RD));
}

int main(void)
{
	struct rmm_profile profile = *rmm_profile_find("strict");
	struct hv hv = { 0 };
	struct rmm_config config = { .ctx = &hv, .run_realm = run_guest, .profile = &profile };

	profile.rec_granules = 0; /* a REC takes its own granule and no more */
	if (!(hv.rmm = rmm_new(&config, NULL)))
		return 1;
	SMC(&hv, RMI_RMM_CONFIG_SET, PA(CONFIG)); /* all zero: 4 KiB granules */
	SMC(&hv, RMI_RMM_ACTIVATE);
	make_realm(&hv);
	while (SMC(&hv, RMI_REC_ENTER, PA(REC), PA(RUN)), !hv.done) {
		/* an abort: the RMM shows us the page, and we map one (count 1, level 3) */
		rmm_ipa ipa = WORD(&hv, PA(RUN) + RMI_RUN_EXIT_HPFAR) >> 4 << 12;

		on_range(&hv, RMI_RTT_DATA_MAP, ipa, ipa + PAGE, PA(DATA) | 1 << 2);
	}
	SMC(&hv, RMI_REALM_TERMINATE, PA(RD));
	SMC(&hv, RMI_REC_DESTROY, PA(REC));
	SMC(&hv, RMI_RTT_DATA_UNMAP, PA(RD), 0, 0x200000);
	for (int level = 3; level > 0; level--)
		SMC(&hv, RMI_RTT_DESTROY, PA(RD), 0, (uint64_t)level);
	SMC(&hv, RMI_REALM_DESTROY, PA(RD));
	SMC(&hv, RMI_GRANULE_RANGE_UNDELEGATE, PA(RD), PA(END));
	printf("the host reads %d where the realm wrote 42\n", (int)WORD(&hv, PA(DATA)));
	rmm_free(hv.rmm);
	return 0;
}
