/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call of a command: its table row, its arguments, what has been found out about them.
 *
 * A command is a row of data: the ABI, the granules it locks, the failure conditions in the order
 * in which they are checked, and apply(), which runs only when no condition holds and so has
 * nothing left to check. A condition is a row too: the specification's name of it, a predicate,
 * the status.
 */
#ifndef LIB_CALL_H
#define LIB_CALL_H

#include <rmisim/rmm.h>

#include "device.h"
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rec.h"
#include "rtt.h"
#include "tracking.h"

#define CALL_NR_ARGS    6
#define CALL_NR_OUTPUTS 4
#define CALL_MAX_HELD   (MAX_ROOTS + 2) /* start tables, RD, REC */

struct rmm_call;

/* Where the level in the result comes from. */
enum condition_level {
	LEVEL_NONE,
	LEVEL_WALK, /* where the walk ended */
	LEVEL_ARG,  /* the level argument: the table itself is the problem */
	LEVEL_DESC, /* of the first output address descriptor */
	LEVEL_AUX,  /* where the walk of the auxiliary tree ended */
	/* from bet3 on level 0 and a PA (OP-3), before that nothing: */
	LEVEL_ADDR,   /* the argument's */
	LEVEL_ADDR_1, /* the argument's, level 1 */
	LEVEL_OADDR,  /* of the block to be mapped */
	LEVEL_RTTE,   /* of the block that is mapped */
};

struct rmm_condition {
	const char *name; /* as the specification prints it */
	bool (*holds)(struct rmm_call *c, const struct rmm_condition *row);
	uint8_t status; /* enum rmi_status */
	uint8_t arg;    /* number of the argument register it is about */
	uint8_t state;  /* expected state of a granule, or of the realm */
	uint8_t level;  /* enum condition_level */
	bool input;   /* about input that is read once: not asked again when an operation resumes */
	bool late;    /* asked only when an operation resumes */
	bool donated; /* asked of each granule that is donated to the operation */
	bool (*when)(const struct rmm *rmm); /* edition or profile that has the row; NULL: all */
	const char *unreachable;             /* why no call meets it; NULL: one does */
};

struct granule_arg {
	uint8_t arg;   /* argument register, 0 ends the list */
	uint8_t state; /* expected state; external states come first (locking order) */
};

/* Another order of the checks, for a profile: what is NULL is as in the command. */
struct rmm_order {
	const struct rmm_condition *conditions;
	unsigned nr_conditions;
	void (*apply)(struct rmm_call *c);
	void (*failed)(struct rmm_call *c, const struct rmm_condition *row);
};

/* Editions that have a command (OP-1); none set: all of them. */
#define IN_BET1   (1u << RMI_BET1)
#define IN_BET2   (1u << RMI_BET2)
#define IN_BET3   (1u << RMI_BET3)
#define ONLY_BET0 (1u << 7)

/* The first words of a row: ABI(RTT_CREATE) is its FID and its names. */
#define ABI_NAMED(number, text) .function = "RMI_" text, .fid = (number), .name = (text)
#define ABI(command)            ABI_NAMED(RMI_##command, #command)

struct rmm_command {
	struct rmi_command abi;
	const struct rmi_command *abi_bet3; /* other arguments from bet3 on */
	uint8_t editions;                   /* IN_* */
	bool tf_lacks;                      /* TF-RMM of July 2026 does not have it */
	bool device;                        /* device assignment: its row is not counted */
	const struct rmm_command *other;    /* the same FID in other editions */
	struct granule_arg granules[5];
	uint8_t ipa_arg, level_arg; /* walk of that IPA towards level - 1; no level: towards 3 */
	uint8_t top_arg, flags_arg, oaddr_arg;
	uint8_t tree_arg; /* number of the tree that is walked; none: the primary one */
	const struct rmm_condition *conditions;
	unsigned nr_conditions;
	void (*prepare)(struct rmm_call *c); /* read structures, lock more; no change, no failure */
	void (*apply)(struct rmm_call *c);
	/* Outputs that are defined although the command failed. */
	void (*failed)(struct rmm_call *c, const struct rmm_condition *row);
	int (*op_pages)(
		struct rmm_call *c); /* memory of its operation in granules; see SRO_GROUP */
	const struct rmm_order *tf;  /* TF-RMM's */
	bool yields;                 /* may become an operation without memory (12.3); yield.h */
	bool keeps_rd;               /* changes the realm after the walk */
	/*
	 * The ordering that the specification prints: "a b < c d; e < f" for [a, b] < [c, d] and
	 * [e] < [f]. NULL: none.
	 */
	const char *order;
	bool any_state; /* TF-RMM: the RMM state is not asked first */
};

/* Its registers in that edition. */
static inline const struct rmi_command *command_abi(const struct rmm_command *command,
						    enum rmi_edition edition)
{
	return edition == RMI_BET3 && command->abi_bet3 ? command->abi_bet3 : &command->abi;
}

#define CONDITIONS(table) .conditions = (table), .nr_conditions = sizeof(table) / sizeof((table)[0])

/* Output addresses of a map: one descriptor, or a list of them, consumed block by block. */
struct addr_set {
	struct rmi_range_desc desc;
	uint64_t used;       /* blocks of desc */
	rmm_pa list;         /* next entry, 0 = SINGLE */
	unsigned nr_entries; /* still to be read */
	bool begun;          /* the first descriptor has been read */
	bool valid;          /* desc holds at least one more block */
	int first_level;     /* of the first descriptor, even when it is empty */
	unsigned first_state;
	bool first_valid;
};

/* Output addresses of an unmap. */
struct addr_out {
	unsigned type; /* enum rmi_rtt_addr_type */
	struct rmi_range_desc run;
	bool lost; /* the list was taken away */
	rmm_pa list;
	unsigned capacity, count;
};

struct rmm_call {
	struct rmm *rmm;
	unsigned cpu;
	const struct rmm_command *command;
	uint64_t arg[CALL_NR_ARGS + 1]; /* arg[n] = Xn */
	uint64_t out[CALL_NR_OUTPUTS + 1];
	uint64_t x0;
	/* The condition that X0 reports, and whose it is: a resumed command's for OP_CONTINUE. */
	const struct rmm_condition *failed;
	const struct rmm_command *failed_command;

	unsigned nr_held; /* of held[] */
	bool starved;     /* no memory to lock a granule: BUSY */
	uint64_t realm_id;
	bool regions_held;                    /* the regions' lock, until the end */
	struct granule_look look;             /* at the granules of the region that changes */
	uint64_t granule_code, tracking_code; /* of the RmiRmmConfig that has been read */
	bool cfg_read;                        /* they are those of RmiRmmConfig: it could be read */
	struct granule *granule[CALL_NR_ARGS + 1]; /* locked and in the expected state, or NULL */
	bool blocked[CALL_NR_ARGS + 1];            /* an unfinished operation owns it */
	struct realm *realm;                       /* of the RD argument, when it is one */
	struct rmm_rec *rec;
	struct vdev *vdev; /* of the VDEV argument; keeps its realm, as the VSMMU does */
	struct vsmmu *vsmmu;
	bool busy; /* somebody else has a lock that this call would only try */

	struct rtt_walk walk;
	bool walked, aux_walked;
	struct addr_set set;
	struct addr_out addr_out;
	struct holes holes;

	unsigned nr_roots; /* start tables locked by REALM_CREATE */
	uint64_t enter_flags;
	void *fresh; /* object made by the last condition (out of memory), for apply */

	struct sro *sro;     /* the operation that resumes, or that OP_* is about */
	struct sro *new_sro; /* reserved for a command that will become an operation */
	bool donating;       /* only rows about `donated` are asked */
	rmm_pa donated;
	bool without_memory; /* REC_CREATE does not ask for any */
	bool yielded;        /* x0 and outputs are those of an unfinished operation */
	bool stops;          /* OP_CONTINUE with STOP: one more entry */
	bool ends;           /* resumed where it cannot go on: only the outputs */

	/* From here on nothing is zero at the start: an empty call has to be cheap. */
	struct granule *held[CALL_MAX_HELD]; /* locked, in order; some may have been let go */
	struct realm_params realm_params;
	struct rec_params rec_params;
	struct rtt_walk aux; /* when aux_walked */
	int aux_level;       /* of the mapping that call_aux_maps() has found */
	rmm_ipa aux_ipa;
	struct locks locks;
};

/* Dispatch helpers (smc.c, call.c). */
const struct rmm_command *command_find(enum rmi_edition edition, uint64_t fid);
void call_init(struct rmm_call *c, struct rmm *rmm, unsigned cpu, const struct rmm_command *cmd);
/* That edition, in that profile, answers to it. */
bool command_runs(const struct rmm *rmm, const struct rmm_command *command);
/* In order of FID: the first one for NULL, NULL behind the last. */
const struct rmm_command *command_next(const struct rmm_command *command);
/* Fill rmm->first_row. */
void command_first_rows(struct rmm *rmm);
void call_lock(struct rmm_call *c);
void call_unlock(struct rmm_call *c);
/* Lock one granule: held until the end if it has that state, else let go at once; NULL then. */
struct granule *call_take(struct rmm_call *c, rmm_pa pa, unsigned state, bool *blocked);
/* Let go of one of them before the end. */
void call_drop(struct rmm_call *c, struct granule *g);
/* Try to take the regions' lock; a prepare(). */
void call_take_regions(struct rmm_call *c);
/* The first condition that holds, or NULL. */
const struct rmm_condition *call_check(struct rmm_call *c);
/* The X0 of a failing condition. */
uint64_t call_result(struct rmm_call *c, const struct rmm_condition *row);
/* Poison or zero, as the profile has it. */
void call_undefined_outputs(struct rmm_call *c);
/* TF-RMM asks for the RMM state before anything else, for every command. */
extern const struct rmm_condition rmm_state_row;
/* The number of a row for rmm_condition_at(); -1 for no row (conditions.c). */
int condition_number(const struct rmm_command *command, const struct rmm_condition *row);
/* Check and apply, with outputs; locks and lets go. */
void call_run(struct rmm_call *c);
/*
 * The command's walk, done once. Its table stays locked until the call ends; the RD is let go, unless
 * the command keeps it: of the realm only what never changes may be looked at then.
 */
struct rtt_walk *call_walk(struct rmm_call *c);
/* The same towards a level that is not the command's. */
struct rtt_walk *call_walk_to(struct rmm_call *c, rmm_ipa ipa, int level);
/*
 * Move c->walk on to ipa, towards level, in this table or another one. False when the realm has gone
 * meanwhile: between two tables nothing of it is locked, but for a REC or a device, which keep it.
 */
bool call_next(struct rmm_call *c, rmm_ipa ipa, int level);
/* TF-RMM of July 2026 lacks the commands that map in auxiliary trees. */
bool auxiliary_trees_map(const struct rmm *rmm);
/* Does an auxiliary tree map something in [base, top)? c->aux_ipa and c->aux_level tell what. */
bool call_aux_maps(struct rmm_call *c, rmm_ipa base, rmm_ipa top);
/* The table below the entry of the walk, locked until the call ends. */
struct rtt *call_child(struct rmm_call *c);
uint64_t call_size(const struct rmm_call *c); /* top - base of a range command */
bool call_is_list(const struct rmm_call *c);
unsigned call_addr_type(const struct rmm_call *c);
unsigned call_list_count(const struct rmm_call *c);

/* For rows that editions differ in. */
static inline bool from_bet3(const struct rmm *rmm)
{
	return rmm->cfg.edition >= RMI_BET3;
}

static inline bool before_bet3(const struct rmm *rmm)
{
	return !from_bet3(rmm);
}

/* Predicates that more than one command uses (call.c). */
typedef bool condition_fn(struct rmm_call *c, const struct rmm_condition *row);
condition_fn arg_is_misaligned, arg_is_untracked, arg_is_not_fine, arg_is_not_conventional;
condition_fn arg_is_not_ns;
condition_fn granule_is_blocked, granule_is_not;
condition_fn rmm_is_not_active, rmm_is_not_init;
condition_fn realm_is_not, realm_is_not_new_or_active;
condition_fn rec_is_running, rec_owner_differs;
condition_fn top_is_not_above_base, range_is_not_protected, base_is_protected, top_is_outside;
condition_fn level_is_out_of_range, level_is_no_level, ipa_is_level_misaligned;
condition_fn ipa_is_parent_misaligned, ipa_is_outside;
condition_fn walk_stops_short, pa_does_not_fit;
condition_fn base_is_inside_its_entry, entry_is_larger_than_the_range;

/* An object of an unfinished operation is BLOCKED; to TF-RMM it is just in another state. */
bool operations_block(const struct rmm *rmm);

/* Groups of rmm-commands: RD, REC and Range. */
#define RD_GROUP(n)                                                                      \
	{ "rd_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = (n) },                  \
		{ "rd_bound", arg_is_untracked, RMI_ERROR_INPUT, .arg = (n) },           \
		{ "rd_blocked", granule_is_blocked, RMI_BLOCKED, .arg = (n),             \
		  .when = operations_block },                                            \
	{                                                                                \
		"rd_state", granule_is_not, RMI_ERROR_INPUT, .arg = (n), .state = RMM_RD \
	}

#define REC_GROUP(n)                                                                            \
	{ "rec_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = (n) },                        \
		{ "rec_bound", arg_is_untracked, RMI_ERROR_INPUT, .arg = (n) },                 \
		{ "rec_blocked", granule_is_blocked, RMI_BLOCKED, .arg = (n),                   \
		  .when = operations_block },                                                   \
	{                                                                                       \
		"rec_gran_state", granule_is_not, RMI_ERROR_INPUT, .arg = (n), .state = RMM_REC \
	}

/* TF-RMM: whatever is wrong with a granule argument is ERROR_INPUT. */
#define TF_GRANULE(name, n, expected)                                                    \
	{                                                                                \
		(name), granule_is_not, RMI_ERROR_INPUT, .arg = (n), .state = (expected) \
	}

#define RANGE_GROUP(base, top)                                                     \
	{ "base_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = (base) },       \
		{ "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = (top) }, \
	{                                                                          \
		"size_valid", top_is_not_above_base, RMI_ERROR_INPUT               \
	}

/* rmi_range_desc_decode() for the model's edition and geometry, and its inverse (oaddr.c). */
bool range_desc_decode(const struct rmm *rmm, uint64_t word, struct rmi_range_desc *desc);
uint64_t range_desc_encode(const struct rmm *rmm, const struct rmi_range_desc *desc);

/* Address sets (oaddr.c). */
condition_fn oaddr_list_is_misaligned, oaddr_list_is_not_ns, oaddr_type_is_no_type;
condition_fn oaddr_type_is_no_map_type, oaddr_list_is_empty, oaddr_is_no_descriptor;
condition_fn oaddr_is_misaligned, oaddr_level_differs;
/* Read the first descriptor of a map's address set; done once. */
struct addr_set *call_set(struct rmm_call *c);
rmm_pa addr_set_pa(const struct addr_set *s); /* of the next block */
void addr_set_advance(struct rmm_call *c, struct addr_set *s);

/* The entry of the walk belongs to an unfinished operation. */
condition_fn rtte_is_owned;
#define RTTE_BLOCKED                                                                 \
	{                                                                            \
		"rtte_blocked", rtte_is_owned, RMI_BLOCKED, .when = operations_block \
	}

#define LIST_GROUP(n)                                                                  \
	{ "oaddr_list_align", oaddr_list_is_misaligned, RMI_ERROR_INPUT, .arg = (n) }, \
	{                                                                              \
		"oaddr_list_pas", oaddr_list_is_not_ns, RMI_ERROR_INPUT, .arg = (n)    \
	}

/* Delegated memory that is mapped into the protected half: flags, and where it is. */
#define DELEGATED_OADDR_GROUP(flags, oaddr)                                                        \
	{ "oaddr_type", oaddr_type_is_no_map_type, RMI_ERROR_INPUT, .arg = (flags) },              \
		LIST_GROUP(oaddr),                                                                 \
		{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = (flags) },      \
		{ "oaddr_valid", oaddr_is_no_descriptor, RMI_ERROR_INPUT, .arg = (oaddr) },        \
		{ "oaddr_state", oaddr_is_not_delegated_memory, RMI_ERROR_INPUT, .arg = (oaddr) }, \
		{ "oaddr_single_align", oaddr_is_misaligned, RMI_ERROR_INPUT, .arg = (oaddr) },    \
	{                                                                                          \
		"oaddr_bound", oaddr_does_not_fit, RMI_ERROR_INPUT, .arg = (oaddr)                 \
	}
/* Its tracking regions and operations that hold it. */
#define OADDR_TRACKING_GROUP(oaddr)                                                             \
	{ "trk_untracked", oaddr_is_untracked, RMI_ERROR_TRACKING, .arg = (oaddr),              \
	  .level = LEVEL_OADDR },                                                               \
		{ "gran_blocked", block_belongs_to_an_operation, RMI_BLOCKED, .arg = (oaddr) }, \
		{ "trk_align", oaddr_is_inside_a_coarse_region, RMI_ERROR_RTT,                  \
		  .level = LEVEL_WALK },                                                        \
	{                                                                                       \
		"trk_gran", region_is_larger_than_the_block, RMI_ERROR_TRACKING,                \
			.arg = (oaddr), .level = LEVEL_OADDR                                    \
	}

/* Tables of every tree (rmi/rtt.c). */
condition_fn rtte_is_a_table, rtte_is_no_table, table_cannot_be_made, table_is_live;
condition_fn table_is_not_homogeneous, block_would_be_too_large;
void table_create(struct rmm_call *c);
void table_destroy(struct rmm_call *c);
void table_destroy_failed(struct rmm_call *c, const struct rmm_condition *row);
void table_fold(struct rmm_call *c);

/* The block that a map takes next (map.c). */
condition_fn oaddr_is_not_delegated_memory, oaddr_does_not_fit, oaddr_is_untracked;
condition_fn oaddr_is_inside_a_coarse_region, region_is_larger_than_the_block;
condition_fn block_belongs_to_an_operation;
/*
 * Map block after block from base on; what stops it is the next call's error. Nothing at all: another
 * CPU has taken the granules since they were looked at, or holds one.
 */
void map_range(struct rmm_call *c, bool (*map_block)(struct rmm_call *c, rmm_pa pa));
/* What a mapping command does with one block (map.c, dev.c); false at an obstacle. */
bool map_data_block(struct rmm_call *c, rmm_pa pa);
bool map_ns_block(struct rmm_call *c, rmm_pa pa);
bool map_dev_block(struct rmm_call *c, rmm_pa pa);
extern const struct rmm_order tf_data_map, tf_unprot_map, tf_dev_map; /* map_tf.c */

/* Devices (dev.c): the VDEV is another realm's; the block is not all in one of its ranges. */
condition_fn vdev_is_of_another_realm, block_is_outside_the_vdev, devices_are_not_supported;
#define FEAT_DA                                                               \
	{                                                                     \
		"feat_da", devices_are_not_supported, RMI_ERROR_NOT_SUPPORTED \
	}
#define VDEV_GROUP(n)                                                               \
	{ "vdev_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = (n) },           \
		{ "vdev_bound", arg_is_untracked, RMI_ERROR_INPUT, .arg = (n) },    \
		{ "vdev_blocked", granule_is_blocked, RMI_BLOCKED, .arg = (n),      \
		  .when = operations_block },                                       \
		{ "vdev_gran_state", granule_is_not, RMI_ERROR_INPUT, .arg = (n),   \
		  .state = RMM_VDEV },                                              \
	{                                                                           \
		"vdev_realm", vdev_is_of_another_realm, RMI_ERROR_INPUT, .arg = (n) \
	}

void addr_out_init(struct rmm_call *c, struct addr_out *o);
/* Add one block; false: it does not fit, the unmap stops before it. */
bool addr_out_add(struct rmm_call *c, struct addr_out *o, rmm_pa pa, int level, unsigned state);
void addr_out_finish(struct rmm_call *c, struct addr_out *o, unsigned state);

/* The command rows, one family a file (rmi/). */
extern const struct rmm_command cmd_version, cmd_features;
extern const struct rmm_command cmd_rmm_activate, cmd_rmm_config_get, cmd_rmm_config_set;
extern const struct rmm_command cmd_rmm_deactivate, cmd_rmm_state_get;
extern const struct rmm_command cmd_attest_plat_token_refresh;
extern const struct rmm_command cmd_gpt_l1_create, cmd_gpt_l1_destroy, cmd_gpt_info;
extern const struct rmm_command cmd_granule_tracking_get, cmd_granule_tracking_set;
extern const struct rmm_command cmd_granule_range_delegate, cmd_granule_range_undelegate;
extern const struct rmm_command cmd_realm_create, cmd_realm_activate;
extern const struct rmm_command cmd_realm_terminate, cmd_realm_destroy;
extern const struct rmm_command cmd_rec_create, cmd_rec_destroy, cmd_rec_enter;
extern const struct rmm_command cmd_psci_complete;
extern const struct rmm_command cmd_rtt_create, cmd_rtt_destroy, cmd_rtt_fold, cmd_rtt_read_entry;
extern const struct rmm_command cmd_rtt_init_ripas, cmd_rtt_set_ripas;
extern const struct rmm_command cmd_rtt_data_map_init, cmd_rtt_data_map, cmd_rtt_data_unmap;
extern const struct rmm_command cmd_rtt_unprot_map, cmd_rtt_unprot_unmap;
extern const struct rmm_command cmd_rtt_set_s2ap;
extern const struct rmm_command cmd_rtt_dev_map, cmd_rtt_dev_unmap, cmd_rtt_dev_validate;
extern const struct rmm_command cmd_rtt_arch_dev_map, cmd_rtt_arch_dev_unmap;
extern const struct rmm_command cmd_rtt_aux_create, cmd_rtt_aux_destroy, cmd_rtt_aux_fold;
extern const struct rmm_command cmd_rtt_aux_prot_map, cmd_rtt_aux_prot_unmap;
extern const struct rmm_command cmd_rtt_aux_unprot_map, cmd_rtt_aux_unprot_unmap;
extern const struct rmm_command cmd_op_continue, cmd_op_cancel;
extern const struct rmm_command cmd_op_mem_donate, cmd_op_mem_reclaim;

/* Device assignment (rmi/device.c), by FID from RMI_FID_FIRST on. */
#define RMI_NR_FIDS (RMI_FID_LAST - RMI_FID_FIRST + 1)
extern const struct rmm_command *const device_commands[RMI_NR_FIDS];

#endif
