/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside a world: what the files of the harness share.
 *
 * Everything here is only touched by the strand that holds the baton, and so needs no lock.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdarg.h>

#include <rmisim/sim.h>

#include "arena.h"
#include "check.h"
#include "failure.h"
#include "invariant.h"
#include "ghost.h"
#include "judge.h"
#include "kernel/host.h"
#include "shadow.h"
#include "strand.h"

#define SIM_MAX_ACTORS 256
#define SIM_MAX_VCPUS  256
#define SIM_MAX_SLOTS  32

/* A run that passes more scheduling points than this goes round in circles. */
#define SIM_MAX_POINTS (UINT64_C(1) << 23)

enum actor_state {
	ACTOR_READY,
	ACTOR_BLOCKED,  /* until sim_sched_wake(on) */
	ACTOR_SPINNING, /* until all that could run have done something */
	ACTOR_ENDED,
};

/* What an actor maps without a break, in calls of pages: [base, ipa) of realm rd, to what ends at pa. */
struct pages_mapped {
	rmm_pa rd, pa;
	rmm_ipa base, ipa;
	bool may; /* a block has been refused */
};

/* What judge_cost.c has to know of an actor's calls. */
struct call_cost {
	bool walk_ended; /* its last call but for delegations: where a table is missing */
	int walk_level;  /* if so, where that was */
	rmm_ipa block_base, block_top; /* that it asked for, when that is one block */
	struct pages_mapped pages;
};

/* Whoever may hold the baton: 0 is the scenario, then CPUs and host threads in order of spawning. */
struct actor {
	struct strand own;
	struct strand *current; /* own, or the guest that this CPU runs */
	unsigned id;
	char name[24]; /* "" = none; no two actors have the same */
	enum actor_state state;
	bool soft;                         /* SPINNING: may go on when nobody else can */
	uint8_t waits[SIM_MAX_ACTORS / 8]; /* SPINNING: who has not done anything since */
	bool fresh;                        /* has not reached its first scheduling point */
	const void *on;
	const char *label;      /* what it waits for; READY: its last scheduling point */
	struct sim_guest *vcpu; /* in KVM_RUN, else NULL */
	bool populates;         /* in KVM_ARM_RMI_POPULATE, or maps a folio */
	bool maps_folio;        /* no ioctl: sim_vm_map_folio() */
	uint64_t giving;        /* handle of a DATA_MAP_INIT that is not done, or 0 */
	uint64_t given;         /* pages that a realm has got from it there */
	struct call_cost cost;
	bool was_refused, entered;        /* in KVM_RUN: by the RMM; a REC was its last call */
	uint64_t last_in[7], last_out[5]; /* its last RMI call, and the answer */
	unsigned repeats;                 /* that came again, in a row */
	uint64_t refused[7], refused_at;  /* its last call, when it was refused, and its number */
	const char *smc;                  /* RMI call that it makes just now */
	rmm_pa granule;                   /* whose lock it waits for inside of that, 0: none */
	const struct rmm_regs *asked,
		*regs;  /* the same for debuggers: as it was asked, and the answer */
	unsigned calls; /* calls of the interface that it is inside of */
	void (*fn)(struct sim_world *world, void *arg);
	void *arg;
};

/* One decision as it was taken. */
struct decision {
	uint32_t n, chosen;
	uint8_t kind;   /* enum sim_choice */
	bool preempts;  /* SCHED: every option but 0 is a preemption */
	uint16_t actor; /* that decides */
	uint32_t who;   /* SCHED: a hash of those who can go on */
	const char *label;
	const char *place; /* FAIL, RMM: the function or call that asks, or NULL */
};

/* What a replay string knows about the decisions it is for: a character for each `block` of the first `count`. */
struct marks {
	const char *text; /* NULL: nothing */
	size_t count, block;
};

/* How a run decides: what `follow` has, then what `pick` says, else 0. Borrowed by the world. */
struct plan {
	const uint32_t *follow;
	size_t count;
	/* `asked` is the decision as it will be recorded, its number is that of decisions taken so far. */
	uint32_t (*pick)(void *ctx, struct sim_world *world, const struct decision *asked);
	void *ctx;
	bool settles;       /* behind the last actor's end every decision is the usual one */
	bool lenient;       /* an option that does not exist is 0, no violation */
	const char *string; /* the replay string that it is from, or NULL; for debuggers */
	struct marks
		marks; /* the run ends as a violation of "replay" at the first decision that does not fit */
};

struct decisions {
	struct decision *taken;
	size_t count, room;
	uint32_t who; /* for the next one */
	struct plan plan;
	size_t marked; /* so many are in mark_hash */
	uint64_t mark_hash;
	char *text;
	size_t text_size;
};

/* What a guest is about when it leaves its realm. */
struct sim_asks {
	enum { SIM_ASKS_NOTHING, SIM_ASKS_ACCESS, SIM_ASKS_RIPAS, SIM_ASKS_OTHER } kind;
	rmm_ipa base, top;
	bool ram; /* RIPAS */
};

/* A vCPU: what the VMM and what the guest see of it. */
struct sim_guest {
	struct sim_vm *vm;
	unsigned index;
	struct sim_kvm_vcpu *kvm;
	struct sim_run run;
	uint64_t runs; /* KVM_RUNs begun */
	bool busy;     /* somebody is in KVM_RUN: vcpu->mutex */

	/* The guest side. */
	struct strand strand;
	struct rmm_rec *rec; /* valid between REC entry and exit */
	sim_program program;
	void *arg;
	bool running, ended;
	uint64_t value; /* of the last access */
	enum rmm_realm_result result;
	struct sim_asks asks;
	uint64_t warns;               /* of the world when KVM_RUN began */
	bool was_active;              /* the realm, then */
	bool makes_recs;              /* since then: it activates the realm */
	bool misentered;              /* refused last time for the host's entry flags */
	uint64_t legal;               /* failures in the world, then */
	rmm_ipa told, told_top;       /* RIPAS to change that the VMM knows of, not made yet */
	rmm_ipa emptied, emptied_top; /* made EMPTY since the REC was entered */
	struct rmm_access one;        /* sim_guest_read/_write */
	struct sim_access_list one_list;
};

/* A memslot as the VMM knows it. */
struct sim_slot {
	bool used;
	uint64_t gpa, size, hva;
	unsigned flags; /* SIM_MEM_* */
	int gmem;       /* handle of its guest_memfd, -1 = none */
	uint64_t gmem_offset;
};

struct sim_vm {
	struct sim_world *world;
	struct sim_vm *next;
	struct sim_vm_config config;
	struct sim_kvm *kvm;
	struct sim_guest *guests;               /* those of the configuration */
	struct sim_guest *added[SIM_MAX_VCPUS]; /* those that came later */
	unsigned nr_vcpus;
	uint64_t ram_size;
	int gmem;
	struct sim_slot slots[SIM_MAX_SLOTS];
	struct sim_vmm_ops ops;
	void *ops_ctx;
	bool has_run, activated; /* KVM_RUN was tried; RMI_REALM_ACTIVATE succeeded */
	bool run_failed;         /* KVM_RUN has failed before that */
	bool no_activation;      /* the one that made RECs; there is no second one */
	struct sim_shadow private_shadow, user_shadow; /* by IPA, by hva */
	bool foreign; /* somebody has the kernel's own objects, and may have done anything with them */
};

struct sim_world {
	struct sim_arena *arena; /* what the harness itself keeps */
	struct sim_arena *
		machine; /* the model's and the kernel's memory, and what is known of the guests' */
	struct sim_image *image;
	bool own_image; /* close it with the world */
	const struct sim_kernel_image *kernel;
	struct sim_host_ops host;
	struct rmm *rmm;
	struct rmm_bank banks[RMM_MAX_BANKS];
	unsigned nr_banks;
	unsigned spare_pages; /* at the start of the first bank, which the kernel does not get */
	uint64_t ipa_offset;
	bool s2ap_bit0_is_read; /* of the profile, to tell what a mapping permits */
	struct sim_vm *vms;
	bool booted, booting;
	uint64_t base_pages, base_objects, base_delegated; /* after boot */

	struct actor *actors[SIM_MAX_ACTORS];
	unsigned nr_actors, alive;
	struct actor *running;
	uint64_t points;
	unsigned model_waits; /* for granule locks, in a row */
	enum sim_engine engine;
	struct sim_pool *pool, own_pool; /* own, or that of the search */
	struct strand *switched_from;

	/* Called before the first actor is spawned. */
	void (*before_spawn)(void *ctx);
	void *before_spawn_ctx;

	/* Called when all actors have ended; true: the run ends here, because the rest is known. */
	bool (*after_join)(void *ctx);
	void *after_join_ctx;
	bool over;    /* it has */
	bool settled; /* all actors have ended, and no more have been spawned */

	bool framed; /* the scenario's strand has somewhere to leave to */
	bool dead;   /* a violation has ended the run */
	void (*on_fail)(void *ctx, const char *violation);
	void *on_fail_ctx;

	struct report *report; /* wanted when the run is violated, or NULL; outside of the world */
	struct sim_check check;
	struct sim_shadow secrets; /* by PA: what realms have stored; in `machine` */
	bool lied;                 /* somebody else than the RMM has answered a call */
	uint64_t looked;           /* 1 + seq when all invariants were looked at last */
	struct ghost *ghost;       /* what should be, by the calls alone */
	struct sim_counts counts;
	uint64_t warns;       /* told by the kernel */
	char first_warn[128]; /* who, and what */
	bool (*answer)(void *ctx, const struct rmm_regs *in, struct rmm_regs *out);
	void *answer_ctx;

	struct decisions choices;
	struct failures failures;
	sim_event_fn event;
	void *event_ctx;
	struct observation *observation; /* of what is no event (observe.h), or NULL */
	struct kept_events *kept; /* the last events, for debuggers; NULL: nobody may want them */
	uint64_t seq;
	char violation[512];
	char error[512];
	char quiescent[256];
};

/* world.c */
/*
 * Call fn where a violation may end it: true with *result set, false when the world was or became dead.
 * On an actor's thread, or inside another guard, a violation goes further out.
 */
bool sim_guard(struct sim_world *world, long (*fn)(void *ctx, const void *args), void *ctx,
	       const void *args, long *result);
/* Of a struct of settings: NULL, or what is wrong with its size member. */
const char *sim_size_wrong(size_t given, size_t own);
/* Leave a sentence for sim_error(); returns err. */
int sim_world_error(struct sim_world *world, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "-ENOMEM" and the like; buf is for numbers without a name. */
const char *sim_errno_name(int err, char buf[16]);
/* The banks of a world whose configuration has none. */
void sim_usual_banks(struct rmm_bank *banks, unsigned *nr);
/*
 * As sim_world_new, but with a plan (NULL: config->choices); it and the pool (NULL: own) are borrowed. A world
 * with a borrowed pool can be saved.
 */
struct sim_world *sim_world_plan(const struct sim_config *config, const struct plan *plan,
				 struct sim_pool *pool, char *why, size_t size);
/* The ghost against the model, all of it: the violation of the run, if there is one by now. */
const char *sim_ghost_at_rest(struct sim_world *world);
/* End all strands but the scenario's. */
void sim_world_end_strands(struct sim_world *world);
/* Boot the kernel unless that is done; 0 or -errno. Within a guard. */
int sim_world_boot(struct sim_world *world);

/* world_model.c: make the RMM and the ghost; 0 or -errno with an error left */
int sim_world_make_model(struct sim_world *world, const struct sim_config *config);

/* violation.c */
/* End the run: on any strand, does not return. */
void sim_violate(struct sim_world *world, const char *check, const char *fmt, va_list ap)
	__attribute__((noreturn));
void sim_violatef(struct sim_world *world, const char *check, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
/*
 * Note a violation that does not end the run: the machine would go on. The first one is kept, unless it is
 * known and only to be told.
 */
void sim_breach(struct sim_world *world, const char *check, const char *text, bool known);
/* The same for a contract, unless it has broken before. */
void sim_vbreach(struct sim_world *world, enum sim_contract contract, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
void sim_contract_breach(struct sim_world *world, enum sim_contract contract, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* host.c */
void sim_host_fill(struct sim_host_ops *ops);

/* event.c */
/* "vcpu0", "actor 1", "scenario". */
const char *sim_actor_name(const struct actor *actor, char buf[24]);
void sim_emit(struct sim_world *world, enum sim_event_kind kind, const char *name,
	      const char *caller, int64_t value, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
void sim_vemit(struct sim_world *world, enum sim_event_kind kind, const char *name,
	       const char *caller, int64_t value, const char *fmt, va_list ap);
void sim_emit_rmm(struct sim_world *world, const struct rmm_event *event);

/* keep.c */
/* The world keeps its last events when a debugger may look at it. Its image and its plan are known. */
void sim_keep(struct sim_world *world, const struct sim_config *config);
void sim_keep_event(struct kept_events *kept, const struct sim_event *event);

/* choose.c */
const char *sim_choice_name(enum sim_choice kind);
unsigned sim_decide(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label,
		    bool preempts);
/* sim_choose(), with the kernel function or the RMI call that asks. */
unsigned sim_choose_at(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label,
		       const char *place);
/*
 * Read a choice string, or the decisions of a replay string, into numbers: *out has room for `room`, counts what
 * the string has. Returns NULL, or a sentence about what is wrong.
 */
const char *sim_choices_parse(const char *text, uint32_t *out, size_t room, size_t *count);
/* The marks of a replay string that has been read; they point into it. None for anything else. */
struct marks sim_choices_marks(const char *text);
/* A hash over kind, number and label of decisions, from the first on; start with 0. */
uint64_t sim_mark_hash(uint64_t hash, const struct decision *decision);
char sim_mark(uint64_t hash);
/* "sched RMI_RTT_DATA_MAP" */
const char *sim_decision_name(const struct decision *decision, char *buf, size_t size);

/* sched.c */
void sim_sched_init(struct sim_world *world, struct actor *scenario);
void sim_sched_point(struct sim_world *world, const char *label);
void sim_sched_block(struct sim_world *world, const void *on, const char *label);
void sim_sched_wake(struct sim_world *world, const void *on);
/*
 * The running actor repeats itself: whoever can run does something first. When nobody can, that is a deadlock, or,
 * softly, one more try.
 */
void sim_sched_spin(struct sim_world *world, const char *label, bool soft);
/* Nobody can go on: say who waits for what. */
void sim_sched_deadlock(struct sim_world *world) __attribute__((noreturn));
/* The running actor ends where it stands; the scenario waits for the others, and ends. */
void sim_sched_quit(struct sim_world *world) __attribute__((noreturn));
/* End all actors but the scenario. */
void sim_sched_end(struct sim_world *world);

/* guest.c */
void sim_guest_run_realm(struct sim_world *world, struct rmm_rec *rec);
/* The program that runs ends as if its function had returned. */
void sim_guest_quit(struct strand *strand) __attribute__((noreturn));
/* End the vCPU's program where it stands. */
void sim_guest_end(struct sim_guest *vcpu);

/* vm.c */
/* The vCPU, or NULL (with a sentence) when the VM has no such one. */
struct sim_guest *sim_vm_vcpu(struct sim_vm *vm, unsigned index);
/* Where the VMM sees [gpa, gpa + size) of one slot; false when there is none. */
bool sim_vm_user_address(const struct sim_vm *vm, uint64_t gpa, uint64_t size, uint64_t *hva);

/* slots.c */
/* The slot that shows all of [gpa, gpa + size), or NULL. */
const struct sim_slot *sim_slot_at(const struct sim_vm *vm, uint64_t gpa, uint64_t size);

/* image.c */
const struct sim_kernel_image *sim_image_table(const struct sim_image *image);
/* The file that it was loaded from. */
const char *sim_image_path(const struct sim_image *image);
/*
 * Take the image for a world, with its writable sections as they were after loading. When it serves another
 * live world *own becomes a private copy, to be closed with the world. NULL on failure.
 */
struct sim_image *sim_image_claim(struct sim_image *image, bool *own, char *why, size_t size);
void sim_image_release(struct sim_image *image);
/* The i-th writable section of the image; false behind the last. */
bool sim_image_section(const struct sim_image *image, unsigned i, void **at, size_t *size);

#endif
