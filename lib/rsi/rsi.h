/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSI and PSCI: commands of the realm, in the same form as those of the host. The RD is locked
 * while one runs.
 */
#ifndef LIB_RSI_H
#define LIB_RSI_H

#include "../model.h"
#include "../realm.h"
#include "../rec.h"

#define RSI_GRANULE     0x1000
#define RSI_NR_ARGS     10 /* X1..X10 */
#define RSI_NR_OUTPUTS  (REC_NR_RESULTS - 1)
#define PSCI_NR_OUTPUTS 6 /* X1..X6, when the host has had a part in it */

struct rsi_call {
	struct rmm *rmm;
	struct rmm_rec *rec;
	struct realm *realm;
	const struct rmm_regs *in;
	uint64_t fid, arg[RSI_NR_ARGS + 1];
	uint64_t out[RSI_NR_OUTPUTS + 1]; /* X0..X8 */
	unsigned nr_out;                  /* of them, beyond X0, the realm sees */
	enum rmm_realm_result result;
	const struct rsi_condition *failed; /* the condition that X0 reports */
	struct locks locks;                 /* last: not zeroed */
};

struct rsi_condition {
	const char *name;
	bool (*holds)(struct rsi_call *c, const struct rsi_condition *row);
	int8_t status; /* enum rsi_status, enum rsi_psci_status */
	uint8_t arg;
	const char *unreachable; /* why no call meets it; NULL: one does */
};

struct rsi_command {
	uint64_t fid;
	const char *name;
	const struct rsi_condition *conditions;
	unsigned nr_conditions;
	void (*apply)(struct rsi_call *c);
	void (*failed)(struct rsi_call *c); /* outputs that are defined although it failed */
	unsigned nr_out;                    /* outputs beyond X0 */
	bool needs_da;                      /* only a realm with device assignment has it */
	bool tf_only;                       /* a function that only TF-RMM takes */
};

const struct rsi_command *rsi_command_at(unsigned i); /* NULL behind the last */
/* The number of a row for rmm_condition_at(); -1 for no row (conditions.c). */
int rsi_condition_number(const struct rsi_condition *row);

#define RSI_CONDITIONS(table) \
	.conditions = (table), .nr_conditions = sizeof(table) / sizeof((table)[0])

/* Predicates that more than one command uses (rsi.c). */
typedef bool rsi_condition_fn(struct rsi_call *c, const struct rsi_condition *row);
rsi_condition_fn rsi_arg_is_misaligned, rsi_addr_is_not_protected, rsi_addr_is_empty;
rsi_condition_fn rsi_top_is_not_above_base, rsi_range_is_not_protected; /* X1, X2 */

/* An operand of one RSI granule in realm memory. */
#define RSI_ADDR_GROUP(n)                                                          \
	{ "addr_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, (n) },             \
		{ "addr_bound", rsi_addr_is_not_protected, RSI_ERROR_INPUT, (n) }, \
	{                                                                          \
		"addr_empty", rsi_addr_is_empty, RSI_ERROR_INPUT, (n)              \
	}

/* Words in realm memory. */
uint64_t rsi_get64(const uint8_t *p);
void rsi_put64(uint8_t *p, uint64_t value);

/* The command behind a FID in this profile, or NULL. */
const struct rsi_command *rsi_find(const struct rmm *rmm, uint64_t fid);

extern const struct rsi_command cmd_rsi_version, cmd_rsi_features, cmd_smccc_version;
extern const struct rsi_command cmd_rsi_realm_config, cmd_rsi_host_call;
extern const struct rsi_command cmd_rsi_ipa_state_get, cmd_rsi_ipa_state_set;
extern const struct rsi_command cmd_rsi_measurement_read, cmd_rsi_measurement_extend;
extern const struct rsi_command cmd_rsi_attestation_token_init, cmd_rsi_attestation_token_continue;
extern const struct rsi_command cmd_rsi_mem_get_perm_value, cmd_rsi_mem_set_perm_value;
extern const struct rsi_command cmd_rsi_mem_set_perm_index;
extern const struct rsi_command cmd_rsi_vdev_validate_mapping;
extern const struct rsi_command cmd_rsi_plane_enter, cmd_rsi_plane_sysreg_read;
extern const struct rsi_command cmd_rsi_plane_sysreg_write;
extern const struct rsi_command cmd_psci_version, cmd_psci_features;
extern const struct rsi_command cmd_psci_cpu_suspend, cmd_psci_cpu_off, cmd_psci_cpu_on;
extern const struct rsi_command cmd_psci_affinity_info, cmd_psci_system_off, cmd_psci_system_reset;
extern const struct rsi_command cmd_psci32_cpu_suspend, cmd_psci32_cpu_on;
extern const struct rsi_command cmd_psci32_affinity_info;

#endif
