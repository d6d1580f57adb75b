/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSI: commands of the realm, in the same form as those of the host. The RD is locked while one
 * runs.
 */
#ifndef LIB_RSI_H
#define LIB_RSI_H

#include "../model.h"
#include "../realm.h"
#include "../rec.h"

#define RSI_GRANULE 0x1000

struct rsi_call {
	struct rmm *rmm;
	struct rmm_rec *rec;
	struct realm *realm;
	uint64_t arg[5];
	uint64_t out[3]; /* X0..X2 */
	enum rmm_realm_result result;
	const struct rsi_condition *failed; /* the condition that X0 reports */
	struct locks locks;                 /* last: not zeroed */
};

struct rsi_condition {
	const char *name;
	bool (*holds)(struct rsi_call *c, const struct rsi_condition *row);
	uint8_t status; /* enum rsi_status */
	uint8_t arg;
	const char *unreachable; /* why no call meets it; NULL: one does */
};

struct rsi_command {
	uint64_t fid;
	const char *name;
	const struct rsi_condition *conditions;
	unsigned nr_conditions;
	void (*apply)(struct rsi_call *c);
	void (*failed)(struct rsi_call *c);
};

const struct rsi_command *rsi_command_at(unsigned i); /* NULL behind the last */
/* The number of a row for rmm_condition_at(); -1 for no row (conditions.c). */
int rsi_condition_number(const struct rsi_condition *row);

extern const struct rsi_command cmd_rsi_version, cmd_rsi_features;
extern const struct rsi_command cmd_rsi_ipa_state_get, cmd_rsi_ipa_state_set, cmd_rsi_host_call;

#endif
