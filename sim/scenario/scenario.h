/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the scenarios share: VMs, steps whose failure ends the run, and actors that do one thing.
 *
 * Scenarios use the public interface only. Sizes come from the host's page, so that each runs on every image.
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include <rmisim/scenario.h>

/* Errors of a kernel, in its own numbering. */
#define K_ENXIO     6
#define K_EAGAIN    11
#define K_EFAULT    14
#define K_EBUSY     16
#define K_EIO       5
#define K_EHWPOISON 133
#define K_EINVAL    22
#define K_ENOTTY    25

/* One page, and one block of level 2. */
uint64_t page_of(struct sim_world *w);
uint64_t block_of(struct sim_world *w);

/* A VM; the run ends when there is none. */
struct sim_vm *make_vm(struct sim_world *w, const struct sim_vm_config *config);
/* A realm VM with nr vCPUs and a VMM that converts, activated. */
struct sim_vm *make_realm(struct sim_world *w, unsigned vcpus);
/* Two blocks of RAM are there at this gpa of any VM made so. */
uint64_t ram_of(struct sim_world *w);
/* Drop it; all must be back afterwards when it was the last. */
void end_vm(struct sim_vm *vm);

/* Loads and stores of a guest that must succeed. */
void guest_writes(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa, uint64_t value);
uint64_t guest_reads(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa);
void vmm_writes(struct sim_vm *vm, uint64_t gpa, uint64_t value);
uint64_t vmm_reads(struct sim_vm *vm, uint64_t gpa);

/* The guest asks for the range to be RAM or EMPTY; destroyed memory, too. Status of RSI. */
uint64_t guest_asks(struct sim_vm *vm, unsigned vcpu, rmm_ipa base, rmm_ipa top,
		    enum rmi_ripas ripas);
/* The same, and it must succeed. */
void guest_converts(struct sim_vm *vm, unsigned vcpu, rmm_ipa base, rmm_ipa top,
		    enum rmi_ripas ripas);

/* What is mapped at an IPA of either alias. */
struct rmm_entry entry_of(struct sim_vm *vm, rmm_ipa ipa);

/* An actor's work, for sim_spawn(). */
struct job {
	struct sim_vm *vm;
	unsigned vcpu;
	rmm_ipa ipa;
	uint64_t size, value;
	enum rmi_ripas ripas;
	struct sim_exit exit; /* of the last KVM_RUN */
	int ret;              /* of the call */
};
void job_write(struct sim_world *w, void *job);      /* a store that must succeed */
void job_read(struct sim_world *w, void *job);       /* a load that must succeed */
void job_touch(struct sim_world *w, void *job);      /* a store; how it ends is in the job */
void job_convert(struct sim_world *w, void *job);    /* guest_asks() */
void job_set_shared(struct sim_world *w, void *job); /* attribute of [ipa, ipa + size) */
void job_set_private(struct sim_world *w, void *job);
void job_punch(struct sim_world *w, void *job);
void job_munmap(struct sim_world *w, void *job);
void job_populate(struct sim_world *w, void *job);
void spawn(struct sim_world *w, void (*fn)(struct sim_world *w, void *job), struct job *job);

/*
 * A host of RMI calls alone, for scenarios that look inside the model: no kernel boots, memory is handed out once,
 * and the answers are the scenario's own business.
 */
#define BARE_MAX_RECS 2
#define BARE_IPA_BITS 36
#define BARE_MAX_AUX  16

struct bare {
	struct sim_world *w;
	struct rmm *rmm;
	uint64_t granule; /* bytes: the host's page */
	unsigned shift;   /* log2 of it */
	rmm_pa next, end; /* memory that is left */
	rmm_pa params;    /* one page of the host: parameters, sources */
	rmm_pa list;      /* and one for lists of ranges */
	rmm_pa rd, root;
	rmm_pa table[2]; /* from the start level to level 2 */
	unsigned nr_tables;
	int start_level;
	struct bare_rec {
		rmm_pa rec, run;
		rmm_pa aux[BARE_MAX_AUX];
		unsigned nr_aux, nr_taken; /* granules for the RMM, and those that it has */
	} recs[BARE_MAX_RECS];
};

/* RMM active with granules of the host's page. */
void bare_begin(struct bare *b, struct sim_world *w);
/* All is undelegated again, or the run ends. */
void bare_end(struct bare *b);

/* One call until the RMM has an answer that is not BUSY, BLOCKED or "go on". */
struct rmm_regs bare_call(struct bare *b, uint64_t fid, uint64_t a, uint64_t b2, uint64_t c,
			  uint64_t d, uint64_t e);
/* The same, and it must succeed. */
struct rmm_regs bare_must(struct bare *b, uint64_t fid, uint64_t a, uint64_t b2, uint64_t c,
			  uint64_t d, uint64_t e);

/* nr granules in a row at a multiple of `align` bytes, for the host or delegated. */
rmm_pa bare_pages(struct bare *b, uint64_t nr, uint64_t align);
void bare_delegate(struct bare *b, rmm_pa base, rmm_pa top);
/* As far as they are DELEGATED; the host's are passed over. */
void bare_undelegate(struct bare *b, rmm_pa base, rmm_pa top);
enum rmm_granule_state bare_state(struct bare *b, rmm_pa pa);
uint64_t bare_desc(struct bare *b, rmm_pa pa, int level, uint64_t count);

/* A realm of BARE_IPA_BITS in state NEW with tables down to level 2 for the first GiB or more. */
void bare_realm_create(struct bare *b);
/* Terminate and destroy it, whatever state it is in; RECs and what was mapped are gone by then. */
void bare_realm_destroy(struct bare *b);
/* REC 0 is asked for and cancelled where the RMM lets one; status of RMI_REC_CREATE. */
unsigned bare_rec_cancel(struct bare *b);
/* RECs 0 .. nr - 1, and the realm becomes ACTIVE. */
void bare_recs_create(struct bare *b, unsigned nr);
/* Status of RMI_REC_DESTROY; what was donated to it is undelegated. */
unsigned bare_rec_destroy(struct bare *b, struct bare_rec *r);

/* The tables of the catalogue, each ends with a NULL name. */
extern const struct sim_catalogue_entry scenarios_corner[], scenarios_entry[],
	scenarios_attribute[], scenarios_fault[], scenarios_convert[], scenarios_life[],
	scenarios_race[], scenarios_race_mm[], scenarios_race_end[], scenarios_mapping[],
	scenarios_folio[], scenarios_slots[], scenarios_rtt[], scenarios_rec[], scenarios_trap[];

#endif
