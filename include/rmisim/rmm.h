/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file rmm.h
 * The model: a Realm Management Monitor (RMM, DEN0137 2.0) in user space, bit-exact at the SMC registers.
 *
 * The host side reaches it through rmm_smc() and physical memory, the realm side through
 * rmm_realm_access() and rmm_realm_smc(). Nothing here knows of Linux; everything the model needs from
 * above is an optional callback in struct rmm_config.
 */
#ifndef RMISIM_RMM_H
#define RMISIM_RMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rmisim/rmi.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef uint64_t rmm_pa;  /**< physical address, bytes */
typedef uint64_t rmm_ipa; /**< intermediate physical address of a realm, bytes */

struct rmm;     /**< one model */
struct rmm_rec; /**< one REC, as the realm side names it; valid while its granule is in state REC */

/** What an output register holds when the specification leaves it undefined (profile strict). */
#define RMM_POISON 0xdeadc0dedeadc0deULL

/** Registers of one SMC: x[0] is the FID on entry and the result on return. */
struct rmm_regs {
	uint64_t x[18];
};

/** What a bank is. Device memory counts as populated, as if its PDEV were ready. */
enum rmm_memory {
	RMM_DRAM,
	RMM_DEVICE_NCOH, /**< non-coherent device memory */
	RMM_DEVICE_COH,  /**< coherent device memory: can be tracked as conventional memory */
};

/** One stretch of memory anywhere in the 52-bit PA space; multiples of the largest supported granule. */
struct rmm_bank {
	rmm_pa base;
	uint64_t size; /**< bytes */
	enum rmm_memory kind;
};

/** Banks that one machine can have. */
#define RMM_MAX_BANKS 16

/** How far one range call goes before it stops with SUCCESS. */
enum rmm_extent {
	RMM_EXTENT_RANGE, /**< to the end of the range */
	RMM_EXTENT_TABLE, /**< to the end of the leaf table */
};

/**
 * What the specification leaves to the implementation, or what an implementation does differently.
 * A plain structure: copy one from rmm_profile_find() and change it.
 */
struct rmm_profile {
	const char *name;
	enum rmm_extent extent;         /**< RTT range commands */
	bool one_granule;               /**< (UN)DELEGATE does one granule a call (TF-RMM) */
	bool poison;                    /**< undefined outputs are RMM_POISON, else 0 */
	bool unprot_unmap_needs_mapped; /**< UNPROT_UNMAP refuses an entry that is not MAPPED_NS (OP-1f) */
	bool unmap_needs_alignment; /**< DATA_UNMAP refuses a VOID entry larger than base's alignment */
	bool sro_cannot_cancel;     /**< memory-donating SROs answer CANNOT_CANCEL (OP-10) */
	bool donate_finishes;       /**< OP_MEM_DONATE ends the operation, without an OP_CONTINUE */
	bool hide_wnr;              /**< WnR reads 0 on a permission fault with ISV = 0 (OP-73) */
	bool s2ap_bit0_is_read;     /**< S0's order of the direct s2ap bits (OP-58) */
	bool rem_unpadded;          /**< MEASUREMENT_EXTEND hashes without the padding (OP-9) */
	bool rim_of_params;    /**< the RIM begins with the realm's parameters, not zero (OP-53) */
	bool granule_tables;   /**< a concatenated start table ends with each granule (OP-71) */
	unsigned rec_granules; /**< granules REC_CREATE asks for; 0 = none, synchronous */
	bool config_get_any_state; /**< RMM_CONFIG_GET answers before activation too (OP-15) */
	/** Granules of metadata that a FINE region takes; 0: a byte for each of its granules. */
	unsigned tracking_granules;
	bool rec_contig; /**< in one piece, of a size that is a power of two (OP-52) */
	/**
	 * TF-RMM's order of checks and its habits (rmm-commands Part 10, rmm-open-points D): the RMM
	 * state decides first, REC_CREATE checks after the donation, handles are small integers.
	 */
	bool tf_rmm;
	uint64_t features[5]; /**< feature registers; all zero: the model's own */
	/** Granules that one OP_MEM_DONATE takes at most, in single granules; 0: as many as are needed. */
	unsigned donate_granules;
};

/** A profile by name (docs/model.md has them), or NULL. */
const struct rmm_profile *rmm_profile_find(const char *name);
/** The i-th profile, NULL behind the last. */
const struct rmm_profile *rmm_profile_at(unsigned i);

/** What the model tells rmm_config.event, and the fields of struct rmm_event that it fills. */
enum rmm_event_kind {
	RMM_EVENT_RMI_CALL,   /**< a command of the host begins; regs_in */
	RMM_EVENT_RMI_RETURN, /**< it returns; regs_in and regs_out */
	RMM_EVENT_REC_EXIT,   /**< the REC leaves; run page is filled; rec, exit */
	RMM_EVENT_ACCESS,     /**< a realm access ended; rec, access, result */
	RMM_EVENT_RSI,        /**< a realm SMC ended; rec, regs_in, regs_out, result */
	RMM_EVENT_LOCK_ORDER, /**< a lock was taken against the order; taken, held (check_locks) */
};

/** A lock of the model, for RMM_EVENT_LOCK_ORDER. */
struct rmm_lock {
	const char *kind; /**< "external", "RD", "REC", "device", "RTT", "DATA" */
	rmm_pa pa;        /**< granule */
	unsigned tree;    /**< RTT: number of the tree */
	int level;        /**< RTT: level, else -2 */
	const char *who;  /**< the command */
};

/** REC exit as the host will read it; offsets in rmm-abi 10.4. */
struct rmm_exit {
	unsigned reason; /**< RMI_EXIT_* */
	uint64_t esr, far, hpfar;
	uint64_t gprs[31];
	uint64_t ripas_base, ripas_top;
	unsigned ripas_value;
	uint64_t rtt_tree; /**< of the abort, 0 for the primary tree */
	uint64_t s2ap_base, s2ap_top;
	uint64_t plane; /**< that made a host call */
	unsigned imm;
	uint64_t vdev_id_1, dev_mem_base, dev_mem_top, dev_mem_pa;
	/** Timers and PMU, as the exit record has them. */
	struct rmm_counters {
		uint64_t cntp_ctl, cntp_cval, cntv_ctl, cntv_cval;
		unsigned pmu_ovf_status; /**< 1: a counter has overflowed */
	} counters;
};

/** One access of a realm. */
struct rmm_access {
	rmm_ipa ipa;
	unsigned size; /**< 1, 2, 4 or 8 bytes, naturally aligned */
	bool write, fetch;
	bool isv;     /**< the instruction gives a valid syndrome (single register, no writeback) */
	bool sse, sf; /**< sign extension, 64-bit register */
	unsigned srt; /**< transfer register, 31 = XZR */
	uint64_t va;  /**< faulting virtual address, FAR */
	uint64_t value; /**< in: what is written; out: what was read */
};

/** How an operation of a realm ended, and what its program has to do next. */
enum rmm_realm_result {
	RMM_REALM_DONE, /**< carried out (or emulated by the host) */
	RMM_REALM_EXIT, /**< leave run_realm; after the next entry repeat the same operation */
	RMM_REALM_SEA,  /**< the realm takes a synchronous external abort */
	RMM_REALM_SIZE_FAULT, /**< the realm takes an address size fault */
	RMM_REALM_UNDEF,      /**< the realm takes an Unknown exception */
	/**
	 * Another plane runs now: the one that PLANE_ENTER named, or plane 0 again, whose
	 * PLANE_ENTER is finished with RSI_SUCCESS. rmm_rec_plane() says which. The operation is
	 * not repeated by the plane that goes on.
	 */
	RMM_REALM_PLANE,
};

/** WFI, WFE, WFIT, WFET, in the order of ISS.TI. */
enum rmm_wfx { RMM_WFI, RMM_WFE, RMM_WFIT, RMM_WFET };

/** A system register access that the RMM does not emulate. */
struct rmm_sysreg {
	uint32_t iss; /**< op0, op1, op2, CRn, CRm where ISS of EC 0x18 has them: bits 21:10, 4:1 */
	bool write;   /**< MSR */
	unsigned rt;  /**< transfer register, 31 = XZR */
	uint64_t value; /**< in: what MSR writes; out: what MRS has read */
};

/** What the CPU's virtual interrupt interface looks like (struct rmm_config, gic). */
enum rmm_gic {
	RMM_GIC_LR_HW = 1,   /**< some ICH_LR<n>_EL2.HW is set: REC_ENTER refuses that */
	RMM_GIC_PENDING = 2, /**< a virtual interrupt pends */
};

/** One event; what it points at is valid in the callback only. */
struct rmm_event {
	enum rmm_event_kind kind;
	unsigned cpu;
	const struct rmi_command *command; /**< RMI events; NULL for an unknown FID */
	const struct rmm_regs *regs_in, *regs_out;
	const struct rmm_rec *rec;
	const struct rmm_exit *exit;
	const struct rmm_access *access;
	enum rmm_realm_result result;
	const struct rmm_lock *taken, *held; /**< the two sides of a violation */
	/**
	 * RMI_RETURN and RSI: the failure condition that X0 reports, for rmm_condition_at(); -1 when
	 * none does. The last OP_CONTINUE of an operation names the resumed command's condition.
	 */
	int condition;
};

/**
 * What the machine and the RMM have: the feature registers (B4.6), and what limits realms without
 * being in one. A profile that brings its own registers overrides all but `vmids`.
 */
struct rmm_features {
	bool lpa2; /**< 52-bit addresses in tables, start level -1 */
	bool sve;
	unsigned sve_vl;  /**< largest, in units of 128 bits less one; needs sve */
	unsigned num_bps; /**< breakpoints less one, 1 to 63; 0 = 5 */
	unsigned num_wps; /**< watchpoints less one, 1 to 63; 0 = 3 */
	bool pmu;
	unsigned pmu_num_ctrs;   /**< up to 31; needs pmu */
	unsigned hashes;         /**< bit n = enum rmi_hash_algorithm n; 0 = all three */
	unsigned max_recs_order; /**< RECs of a realm = 2^n - 1, n up to 15; 0 = 10 */
	unsigned l0gptsz;        /**< an L0 GPT entry covers 2^(30 + n) bytes: 0, 4, 6 or 9 */
	bool da, da_coh, vsmmu, ats;
	unsigned max_vdevs_order; /**< up to 15 */
	unsigned max_aux_planes;  /**< up to 3 */
	enum rmi_rtt_plane_feature rtt_plane;
	bool s2ap_indirect;
	uint64_t mec_count; /**< private MECIDs */
	unsigned vmids;     /**< a realm takes one and one for each auxiliary plane; 0 = 65536 */
};

/**
 * What an implementation decides for itself, and the labels that rmm_config.choose sees. A decision
 * of 0 is always the plain one: no refusal, the whole range, the command in one go.
 */
enum rmm_choice {
	RMM_CHOOSE_BUDGET =
		0x01, /**< "budget": a range command stops after so many entries, 0 = all */
	RMM_CHOOSE_YIELD =
		0x02, /**< "yield", "incomplete", "activate": it answers INCOMPLETE (12.3) */
	RMM_CHOOSE_BUSY = 0x04, /**< "busy": it answers BUSY, as if a lock were taken */
	RMM_CHOOSE_BLOCKED =
		0x08, /**< "blocked": every context is SEALED, an operation is BLOCKED */
	RMM_CHOOSE_MEMORY = 0x10,   /**< "memory": REC_CREATE does without memory */
	RMM_CHOOSE_DONATION = 0x20, /**< "donate-partial": OP_MEM_DONATE takes half */
	RMM_CHOOSE_ATTEST = 0x40,   /**< "attest-pause": half a buffer of an attestation token */
};

/** Tracking state of the regions that hold DRAM. */
enum rmm_tracking {
	RMM_TRACKED_FINE, /**< as Linux expects it */
	RMM_TRACKED_NONE,
	RMM_TRACKED_COARSE, /**< FINE where a region has a hole or memory of two kinds */
};

/** Level 1 tables of the granule protection table, where there is memory. */
enum rmm_gpt {
	RMM_GPT_PLATFORM, /**< are there; GPT_INFO says PLAT, as Linux wants it */
	RMM_GPT_HOST,     /**< are made by GPT_L1_CREATE; delegation does without them */
};

/** Everything optional: zero means default. */
struct rmm_config {
	size_t size;                       /**< sizeof(struct rmm_config), 0 is taken as that too */
	enum rmi_edition edition;          /**< default bet1 */
	const struct rmm_profile *profile; /**< default strict; copied */
	struct rmm_bank banks[RMM_MAX_BANKS]; /**< physical memory */
	unsigned nr_banks;                    /**< 0: one bank of 1 GiB at 0x80000000 */
	unsigned granule_shifts; /**< supported RMI granules: bit n = shift n; 0 = 4K, 16K, 64K */
	unsigned pa_bits;        /**< 32 to 52; 0 = 48 */
	/** Largest IPA width, feature register 0: up to 48, 52 with features.lpa2; 0 = 48. */
	unsigned ipa_bits;
	/**
	 * Test geometry: log2 of the entries of one table, 1 to the architecture's number; 0 = that
	 * one. Level sizes, concatenation and the blocks of range descriptors follow; ipa_bits may
	 * then be as small as 16, and 0 is the widest realm without LPA2 at the smallest granule.
	 */
	unsigned fanout_bits;
	struct rmm_features features; /**< what the machine has; 0: as little as it may */

	enum rmm_tracking tracking; /**< of DRAM at activation */
	bool tracked_from_boot;     /**< and before it: then RMM_CONFIG_SET is refused */
	enum rmm_gpt gpt;           /**< who makes its level 1 tables */
	bool pat_needs_refresh; /**< the platform token is valid after ATTEST_PLAT_TOKEN_REFRESH only */

	void *ctx; /**< first argument of every callback below */
	/** Memory for the model's own state, zeroed; default calloc. */
	void *(*alloc)(void *ctx, size_t size);
	/** Takes back what `alloc` gave, with its size in bytes; default free. */
	void (*free)(void *ctx, void *p, size_t size);
	/**
	 * Run the realm of `rec` on `cpu` until an operation returns RMM_REALM_EXIT. Returning without
	 * one leaves with an IRQ exit; without the callback REC_ENTER leaves with an FIQ exit.
	 */
	void (*run_realm)(void *ctx, struct rmm_rec *rec, unsigned cpu);
	/** A granule lock is taken by somebody else: wait until it may be free. Default: yield the CPU. */
	void (*wait)(void *ctx, rmm_pa granule);
	/** A granule lock is about to be taken: a place where another CPU may go on. Default: none. */
	void (*point)(void *ctx, rmm_pa granule);
	/** Something that the implementation is free to decide, 0 <= result < n. Default 0. */
	unsigned (*choose)(void *ctx, const char *label, unsigned n);
	/** What `choose` is asked about: bits of enum rmm_choice; 0 = everything. */
	unsigned choices;
	/** Told of each event, by whoever makes the call. Default: nobody. */
	void (*event)(void *ctx, const struct rmm_event *event);
	/**
	 * Physical memory that belongs to the caller: a pointer to [pa, pa+size), which lies in one bank
	 * and in one granule of the largest supported size, or NULL. Default: banks of the model's own.
	 */
	void *(*memory)(void *ctx, rmm_pa pa, uint64_t size);
	/** With `memory`: make [pa, pa+size) read as zero. Default: memset, granule by granule. */
	void (*clean)(void *ctx, rmm_pa pa, uint64_t size);
	/**
	 * Compare each lock with those held by the same call; slow. RMM_EVENT_LOCK_ORDER reports. A
	 * lock that the call holds already is reported and then not waited for.
	 */
	bool check_locks;
	/** State of the GIC of `cpu` at a REC entry: a mask of enum rmm_gic. Default 0. */
	unsigned (*gic)(void *ctx, unsigned cpu);
	uint64_t gicv3_vtr; /**< RsiRealmConfig.gicv3_vtr */
};

/**
 * A model in RMM state INIT with all its memory UNDELEGATED and zero.
 * @param why receives one static sentence on failure, may be NULL
 * @return NULL on bad configuration or when memory is short
 */
struct rmm *rmm_new(const struct rmm_config *config, const char **why);
void rmm_free(struct rmm *rmm); /**< NULL is fine */

/** SMC #0 of the host on `cpu`: RMI. An unknown FID answers SMCCC NOT_SUPPORTED (-1). */
void rmm_smc(struct rmm *rmm, unsigned cpu, struct rmm_regs *regs);

/** One access of the realm that runs on `rec`; only inside run_realm. Rule IYMNSR (A5.3.1). */
enum rmm_realm_result rmm_realm_access(struct rmm *rmm, struct rmm_rec *rec,
				       struct rmm_access *access);
/**
 * SMC of the realm: RSI, PSCI. Results in regs when RMM_REALM_DONE. PSCI_CPU_OFF, SYSTEM_OFF and SYSTEM_RESET
 * do not come back: a REC that is turned on again starts at rmm_rec_pc().
 */
enum rmm_realm_result rmm_realm_smc(struct rmm *rmm, struct rmm_rec *rec, struct rmm_regs *regs);
/** An interrupt for the host arrives while the realm runs; always RMM_REALM_EXIT. */
enum rmm_realm_result rmm_realm_irq(struct rmm *rmm, struct rmm_rec *rec);
/** The same with an FIQ. */
enum rmm_realm_result rmm_realm_fiq(struct rmm *rmm, struct rmm_rec *rec);
/** An SError for the host: exit SERROR; `iss` as the hardware reports it. Always RMM_REALM_EXIT. */
enum rmm_realm_result rmm_realm_serror(struct rmm *rmm, struct rmm_rec *rec, uint32_t iss);
/**
 * WFI, WFE and those with a timeout. Carried out (RMM_REALM_DONE, without waiting) unless the last
 * REC_ENTER, or plane 0 for another plane, traps it; after the exit the next entry has finished it.
 * @param timeout counter value of WFIT, WFET
 */
enum rmm_realm_result rmm_realm_wfx(struct rmm *rmm, struct rmm_rec *rec, enum rmm_wfx wfx,
				    uint64_t timeout);
/**
 * A trapped system register: exit SYNC, and after the next entry RMM_REALM_DONE, for a read with
 * enter.gprs[0] (A4.3.4.4, OP-59).
 */
enum rmm_realm_result rmm_realm_sysreg(struct rmm *rmm, struct rmm_rec *rec,
				       struct rmm_sysreg *sysreg);
/** HVC: RMM_REALM_UNDEF in plane 0, an exit to plane 0 in another plane. */
enum rmm_realm_result rmm_realm_hvc(struct rmm *rmm, struct rmm_rec *rec, uint16_t imm);
/** What every exit of this REC shows of timers and PMU from now on (A4.3.1); zero until set. */
void rmm_realm_set_counters(struct rmm *rmm, struct rmm_rec *rec,
			    const struct rmm_counters *counters);
/**
 * Test hook: leave with the stage 2 abort of `access` and fault status code `fsc`, as the hardware
 * would report it. The access is not made and the entry's state is not asked. RMM_REALM_EXIT; in a
 * profile of TF-RMM, RMM_REALM_SEA at or above 2^W.
 */
enum rmm_realm_result rmm_realm_abort(struct rmm *rmm, struct rmm_rec *rec,
				      const struct rmm_access *access, unsigned fsc);

/** PA of the REC. */
rmm_pa rmm_rec_pa(const struct rmm_rec *rec);
/** MPIDR of the REC, as RmiRecParams gave it. */
uint64_t rmm_rec_mpidr(const struct rmm_rec *rec);
/** Where the realm starts: PC of RmiRecParams, or of the PSCI_CPU_ON that has started the REC. */
uint64_t rmm_rec_pc(const struct rmm_rec *rec);
/**
 * Xn as the realm finds it when it starts at that PC, n <= 30: RmiRecParams, or X0 = the context of
 * PSCI_CPU_ON; 0 for n > 30. Later the registers are the program's own.
 */
uint64_t rmm_rec_gpr(const struct rmm_rec *rec, unsigned n);
/** The plane that runs, 0 for plane 0. */
unsigned rmm_rec_plane(const struct rmm_rec *rec);

/* Physical memory, as the host sees it. */

/** The host's pointer to [pa, pa+size), or NULL when that is not inside one bank. Not checked for PAS. */
void *rmm_host_ptr(const struct rmm *rmm, rmm_pa pa, uint64_t size);
/** The PA behind a pointer into the host's view; false when it is not one. */
bool rmm_host_pa(const struct rmm *rmm, const void *ptr, rmm_pa *pa);
/**
 * Where the i-th bank's bytes are: a file of `size` bytes without a name, sparse, and the model's own mapping of
 * it, for whoever saves and restores a whole machine. False behind the last bank, or when memory is the caller's.
 */
bool rmm_bank_bytes(const struct rmm *rmm, unsigned i, int *fd, void **bytes, uint64_t *size);
/** May the host touch [pa, pa+size)? False where any granule is outside the Non-secure PAS (a GPF). */
bool rmm_host_may_access(const struct rmm *rmm, rmm_pa pa, uint64_t size);

/* Looking in, for tests and tools: no lock is taken, nothing changes. */

/** What a granule is to the RMM (GranuleState). */
enum rmm_granule_state {
	RMM_UNDELEGATED,
	RMM_DELEGATED,
	RMM_RD,
	RMM_REC,
	RMM_RTT,
	RMM_DATA,
	RMM_INTERNAL,
	RMM_GPT_L1, /**< level 1 table of the granule protection table */
	RMM_DEV,    /**< device memory of a realm */
	RMM_PDEV,
	RMM_VDEV,
	RMM_VSMMU,
};

/** State of the granule at pa; false for memory the model does not know. */
bool rmm_granule_state(const struct rmm *rmm, rmm_pa pa, enum rmm_granule_state *state);
/** "DELEGATED"; static. */
const char *rmm_granule_state_name(enum rmm_granule_state state);
/** Number of tracking regions that are FINE or COARSE. */
uint64_t rmm_tracked_regions(const struct rmm *rmm);
/** Number of granules that are not UNDELEGATED. */
uint64_t rmm_delegated(const struct rmm *rmm);
/** Number of granule locks held. */
uint64_t rmm_locks_held(const struct rmm *rmm);
/** Number of locks taken against the order since the model was made; counted with check_locks. */
uint64_t rmm_lock_violations(const struct rmm *rmm);
/** Number of stateful operations that are not finished. */
unsigned rmm_open_operations(const struct rmm *rmm);
/** The edition of its configuration. */
enum rmi_edition rmm_edition(const struct rmm *rmm);
/** RMI granule size in bytes. */
uint64_t rmm_granule_size(const struct rmm *rmm);

/*
 * Test hooks in the place of the device commands, which are not modelled: they put a DELEGATED granule
 * into the state that PDEV_CREATE, VDEV_CREATE, VSMMU_CREATE would have. No other call may be under
 * way. False when the granule is not DELEGATED, conventional and tracked FINE, or memory is short.
 */

/** Ranges of device memory that one VDEV can have. */
#define RMM_MAX_VDEV_RANGES 8

/** Addresses from base up to top. */
struct rmm_range {
	rmm_pa base, top;
};

/** A VDEV, as RmiVdevParams and the device have it. */
struct rmm_vdev {
	rmm_pa rd, pdev;
	uint64_t id; /**< vdev_id */
	unsigned nr_ranges;
	struct rmm_range ranges[RMM_MAX_VDEV_RANGES]; /**< device memory that it may map */
};

/** The granule at pa becomes a PDEV. */
bool rmm_place_pdev(struct rmm *rmm, rmm_pa pa);
/** False, too, when rd is no RD or pdev no PDEV. A realm that has a VDEV or VSMMU is live. */
bool rmm_place_vdev(struct rmm *rmm, rmm_pa pa, const struct rmm_vdev *vdev);
/** The granule at pa becomes a VSMMU of the realm at rd; false, too, when rd is no RD. */
bool rmm_place_vsmmu(struct rmm *rmm, rmm_pa pa, rmm_pa rd);
/**
 * What RSI_ARCH_DEV_ACTIVATE does: the RIPAS of the VSMMU's ARCH_DEV entries becomes DEV. False when
 * it has none.
 */
bool rmm_activate_vsmmu(struct rmm *rmm, rmm_pa pa);
/**
 * The granule is DELEGATED again. False when it is no PDEV, VDEV or VSMMU, or is in use: a PDEV by a
 * VDEV, a VSMMU by a mapping. What a VDEV has mapped stays mapped.
 */
bool rmm_remove_device(struct rmm *rmm, rmm_pa pa);

/** One RTT entry, found by the walk towards level 3. */
struct rmm_entry {
	int level;
	unsigned hipas;   /**< enum rmm_hipas */
	unsigned ripas;   /**< RMI_EMPTY.. for protected IPAs */
	rmm_pa pa;        /**< output address, 0 if none */
	unsigned memattr; /**< MAPPED_NS; NARCH_DEV: 1 = coherent */
	unsigned s2ap; /**< MAPPED_NS: as in RmiRttUnprotMapFlags; protected IPA: overlay index */
};

/** State of a table entry on the host's side (HIPAS), and TABLE. */
enum rmm_hipas {
	RMM_VOID,
	RMM_HIPAS_DATA,
	RMM_TABLE,
	RMM_UNMAPPED_NS,
	RMM_MAPPED_NS,
	RMM_NARCH_DEV,
	RMM_ARCH_DEV,
	RMM_AUX_DESTROYED, /**< in auxiliary trees only */
};
/** "UNMAPPED_NS"; static. */
const char *rmm_hipas_name(unsigned hipas);

/** Walk the primary tree of the realm at `rd`; false when rd is no RD or ipa is outside. */
bool rmm_walk(const struct rmm *rmm, rmm_pa rd, rmm_ipa ipa, struct rmm_entry *entry);
/** The same in tree 1 to 3 of a realm whose planes have one each; 0 is the primary tree. */
bool rmm_walk_tree(const struct rmm *rmm, rmm_pa rd, unsigned tree, rmm_ipa ipa,
		   struct rmm_entry *entry);
/**
 * Visit every entry of every table of one tree of the realm at rd (0: the primary one), a table's
 * entry before its child's; ipa is the entry's first address. A TABLE entry whose child is no RTT
 * granule is visited and not entered. False when rd is no RD or has no such tree.
 */
bool rmm_entries(const struct rmm *rmm, rmm_pa rd, unsigned tree,
		 void (*visit)(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry), void *ctx);

/**
 * The same for the entries of [base, top) that lead somewhere, or that an unfinished operation has: what is not VOID,
 * UNMAPPED_NS or AUX_DESTROYED. Costs what is there, not what could be.
 */
bool rmm_mappings(const struct rmm *rmm, rmm_pa rd, unsigned tree, rmm_ipa base, rmm_ipa top,
		  void (*visit)(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry), void *ctx);

/** Does the host permit stores through this MAPPED_NS entry of the realm at rd? */
bool rmm_ns_writable(const struct rmm *rmm, rmm_pa rd, const struct rmm_entry *entry);
/** Bytes that one entry of that level covers: -1 to 3. */
uint64_t rmm_level_size(const struct rmm *rmm, int level);

/** Granules next to each other of which the same is known. */
struct rmm_stretch {
	rmm_pa pa;
	uint64_t size; /**< bytes */
	enum rmm_granule_state state;
	/** Reference count: RTT: live entries, MAPPED_NS not counted; RD: RECs; REC: 1 while it runs. */
	uint32_t refs;
};

/** Visit all granules that are not UNDELEGATED, by address; one that has an object is alone. */
void rmm_granules(const struct rmm *rmm,
		  void (*visit)(void *ctx, const struct rmm_stretch *stretch), void *ctx);

/** The shape of a realm, as REALM_CREATE made it. */
struct rmm_shape {
	unsigned ipa_bits;
	int start_level;
	unsigned trees; /**< 1, and one for each auxiliary tree */
	rmm_pa root[4]; /**< first start table of each tree */
	unsigned roots; /**< start tables of one tree */
	unsigned recs;  /**< RECs that exist now */
};

/** False when rd is no RD. */
bool rmm_realm_shape(const struct rmm *rmm, rmm_pa rd, struct rmm_shape *shape);
/** Realm initial measurement, 64 bytes; false when rd is no RD. */
bool rmm_rim(const struct rmm *rmm, rmm_pa rd, uint8_t rim[64]);
/** Number of tables below the root of the realm at rd. */
unsigned rmm_tables(const struct rmm *rmm, rmm_pa rd);
/** A hash over all state that the host or a realm can observe: equal states, equal hashes. */
uint64_t rmm_state_hash(const struct rmm *rmm);

/** One failure condition of one command: a row of the model's tables. */
struct rmm_condition_info {
	const char
		*command; /**< "RTT_CREATE", "RSI_HOST_CALL"; "ANY": asked for every RMI command */
	const char *name; /**< as the specification or rmm-commands prints it */
	unsigned
		status; /**< enum rmi_status; of a realm's function enum rsi_status, rsi_psci_status */
	const char *status_name; /**< "RMI_ERROR_RTT", "RSI_ERROR_INPUT" */
	/**
	 * NULL: a row of the specification's order, which TF-RMM's may have too (then it is one row);
	 * "tf-rmm-2026-07": only TF-RMM's order has it.
	 */
	const char *profile;
	const char *unreachable; /**< why no call meets it, NULL when one does */
};

/**
 * The i-th failure condition of all commands. (command, name, status, profile) is unique; the rows of
 * one command and profile come in the order in which they are asked.
 * @return false behind the last
 */
bool rmm_condition_at(unsigned i, struct rmm_condition_info *info);
/** Does this model ask for it, with its edition and profile? */
bool rmm_condition_is_used(const struct rmm *rmm, unsigned i);

/** Two conditions of one command that the specification orders: when both hold, `first` is reported. */
struct rmm_order_info {
	const char *command, *first, *second;
};

/** The i-th ordered pair of all RMI commands, from the orderings that the specification prints. */
bool rmm_order_at(unsigned i, struct rmm_order_info *info);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
