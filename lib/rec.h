/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * REC (A2.4, A4): the object behind a granule in state REC. Guarded by that granule's lock while
 * READY; while it runs (granule reference count 1) it belongs to the CPU that entered it, without
 * a lock.
 */
#ifndef LIB_REC_H
#define LIB_REC_H

#include <rmisim/rmm.h>

struct locks;
struct realm;
struct rtt_walk;

enum rec_pending { PENDING_NONE, PENDING_HOST_CALL, PENDING_PSCI };

/* RmiRecParams, as read from the host once. */
struct rec_params {
	uint64_t flags, mpidr, pc, gprs[8];
};

/* What the operation that the realm repeats after an entry finds. */
enum rec_resume {
	RESUME_NONE,   /* it is evaluated anew */
	RESUME_MMIO,   /* the host has emulated the access: resume_value */
	RESUME_SEA,    /* the host has asked for an external abort */
	RESUME_RESULT, /* the realm's SMC is finished: resume_x */
	RESUME_SYSREG, /* so is the system register access: resume_value */
	RESUME_WFX,    /* so is the wait */
};

/* The last exit, as far as the next entry depends on its reason. */
enum rec_last {
	LAST_OTHER,
	LAST_RIPAS_CHANGE,
	LAST_S2AP_CHANGE,
	LAST_VALIDATE_MAPPING,
	LAST_PSCI,
	LAST_SYSREG,
	LAST_WFX
};

#define REC_NR_RESULTS  9   /* X0..X8 */
#define REC_ATTEST_SIZE 512 /* the part of a token that is not derived from it */
#define PLANE_STAYS     (-1)

struct rmm_rec {
	struct rmm *rmm;
	rmm_pa pa, owner;
	uint64_t mpidr, pc;
	uint64_t gprs[RMI_NR_GPRS];
	bool runnable;
	rmm_pa *aux; /* donated granules */
	unsigned nr_aux;

	enum rec_pending pending;
	rmm_ipa host_call;
	rmm_ipa ripas_addr, ripas_top;
	unsigned ripas_value;
	bool ripas_keep_destroyed; /* RSI_NO_CHANGE_DESTROYED */
	bool ripas_reject;         /* the host's answer at the last entry */

	/* The open request of MEM_SET_PERM_INDEX; both addresses 0 when there is none. */
	rmm_ipa s2ap_addr, s2ap_top;
	unsigned s2ap_index;
	unsigned s2ap_tree; /* where SET_S2AP goes on at s2ap_addr */
	bool s2ap_response; /* the host's answer at the last entry: REJECT */

	/* The open request of VDEV_VALIDATE_MAPPING; both addresses 0 when there is none. */
	rmm_ipa dev_mem_addr, dev_mem_top;
	rmm_pa dev_mem_pa; /* of dev_mem_addr */
	bool dev_mem_coherent;

	/* Planes (A10.2): plane 0 waits in PLANE_ENTER while another one runs. */
	unsigned plane, gic_owner;
	rmm_ipa plane_run; /* RsiPlaneRun */
	uint64_t plane_flags, plane_pc;
	int plane_leave; /* enum rsi_plane_exit due before the plane goes on, or PLANE_STAYS */

	bool attesting; /* attest_state */
	unsigned attest_done;
	uint8_t attest[REC_ATTEST_SIZE];

	/* The last exit, as far as the next entry depends on it. */
	enum rec_last last;
	bool emulatable;   /* emulatable_abort */
	bool unprot_abort; /* Data Abort at an unprotected IPA */
	struct rmm_access aborted;
	struct rmm_sysreg sysreg; /* that left */

	unsigned cpu; /* that runs it */
	bool exited;  /* during this entry */
	bool off;     /* CPU_OFF: not runnable once it has left */
	bool trap_wfi, trap_wfe;
	struct rmm_counters counters;
	struct rmm_exit exit;
	enum rec_resume resume;
	uint64_t resume_value;
	uint64_t resume_fid, resume_x[REC_NR_RESULTS];
};

uint64_t rec_index(uint64_t mpidr);
/*
 * Index of the MPIDR that a realm gives to PSCI, UINT64_MAX when that has other bits; TF-RMM takes
 * the register's form.
 */
uint64_t rec_index_of_psci(const struct rmm *rmm, uint64_t mpidr);
void rec_params_read(const uint8_t *page, struct rec_params *p);
/* RmiRecMpidr and RmiRecCreateFlags have no other bits than those of the fields. */
bool rec_params_are_encoded(const struct rec_params *p);

struct rmm_rec *rec_new(struct rmm *rmm, rmm_pa pa, rmm_pa owner, const struct rec_params *p);
void rec_free(struct rmm *rmm, struct rmm_rec *rec);

/* The realm that owns the REC; valid while the REC exists. */
struct realm *rec_realm(const struct rmm_rec *rec);

/* Make the exit of this entry (A4.3); always RMM_REALM_EXIT. */
enum rmm_realm_result rec_exit(struct rmm_rec *rec, unsigned reason);
/* The reason VDEV_VALIDATE_MAPPING, which editions number differently (OP-6). */
unsigned rec_exit_validate_mapping(const struct rmm_rec *rec);
/* Fault status code of a translation fault; levels from -1 (architecture: 0b101011) to 3. */
static inline unsigned fsc_translation(int level)
{
	return level < 0 ? 0x2b : 4 + (unsigned)level;
}

/* Non-emulatable Data Abort, translation fault at `level` of an RSI command's operand. */
enum rmm_realm_result rec_exit_abort(struct rmm_rec *rec, rmm_ipa ipa, int level);
/* As after REC_CREATE, at that PC: PSCI_CPU_ON. Other registers are the caller's. */
void rec_start(struct rmm_rec *rec, uint64_t pc);
/* hpfar of an exit: aligned to the granule, IPA bit 12 at bit 4. */
uint64_t rec_hpfar(const struct rmm_rec *rec, rmm_ipa ipa);

/*
 * Where RSI commands find realm memory at a protected IPA (A5.2.4): a pointer when it is mapped
 * RAM or device memory, valid while the table is locked, until rtt_leave(l); else NULL and *result:
 * DONE = there is no memory, the command's error; EXIT = a Data Abort exit was made.
 */
bool rec_memory_is_none(const struct rmm_rec *rec, const struct rtt_walk *w);
uint8_t *rec_memory(struct locks *l, struct rmm_rec *rec, rmm_ipa ipa, bool write,
		    enum rmm_realm_result *result);

/* What plane 0 learns when another plane ends. */
struct plane_exit {
	enum rsi_plane_exit reason;
	uint64_t esr, far, hpfar;
	const struct rmm_regs *regs; /* of the plane's SMC, or NULL */
};

/*
 * Back to plane 0 (RMM_REALM_PLANE); RMM_REALM_EXIT when RsiPlaneRun is not mapped: to be tried
 * again after the next entry.
 */
enum rmm_realm_result rec_plane_exit(struct locks *l, struct rmm_rec *rec,
				     const struct plane_exit *e);
/* An exit to plane 0 was due at the entry: true with *result. */
bool rec_plane_leaves(struct locks *l, struct rmm_rec *rec, enum rmm_realm_result *result);

#endif
