/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file check.h
 * What holds for every host, checked without any knowledge of what is being tested: contracts of the interfaces and
 * invariants of the state, all of them in one table. Contracts of the RMI are judged on the event
 * stream: a world feeds them its events; so can whoever replays a recording. All others are judged
 * by worlds, always.
 */
#ifndef RMISIM_CHECK_H
#define RMISIM_CHECK_H

#include <rmisim/event.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/**
 * What the harness judges itself; the table (sim_check_at()) begins with these, in this order, and has what each
 * of them says. Their breach is a violation of the run and does not end it.
 */
enum sim_contract {
	SIM_CONTRACT_NONE,
	SIM_CONTRACT_DESC_ENCODING,  /**< "desc-encoding" */
	SIM_CONTRACT_DESC_ALIGNED,   /**< "desc-aligned" */
	SIM_CONTRACT_DESC_FITS,      /**< "desc-fits" */
	SIM_CONTRACT_DESC_STATE,     /**< "desc-state" */
	SIM_CONTRACT_RETURN,         /**< "return" */
	SIM_CONTRACT_FAULT_PAYLOAD,  /**< "fault-payload" */
	SIM_CONTRACT_FAULT_ORIGIN,   /**< "fault-origin" */
	SIM_CONTRACT_FAULT_RETURN,   /**< "fault-return" */
	SIM_CONTRACT_MEMORY,         /**< "memory" */
	SIM_CONTRACT_POISON,         /**< "poison" */
	SIM_CONTRACT_STALE_PFN,      /**< "stale-pfn" */
	SIM_CONTRACT_ZERO_PAGE,      /**< "zero-page" */
	SIM_CONTRACT_UNMAPPED,       /**< "unmapped" */
	SIM_CONTRACT_HOLD_TIME,      /**< "hold-time" */
	SIM_CONTRACT_SECRET,         /**< "secret" */
	SIM_CONTRACT_OWNER,          /**< "owner" */
	SIM_CONTRACT_TABLE_COUNT,    /**< "table-count" */
	SIM_CONTRACT_DATA_ONCE,      /**< "data-once" */
	SIM_CONTRACT_PAS,            /**< "pas" */
	SIM_CONTRACT_DELEGATED_USE,  /**< "delegated-use" */
	SIM_CONTRACT_KVM_VIEW,       /**< "kvm-view" */
	SIM_CONTRACT_PAGE_COUNT,     /**< "page-count" */
	SIM_CONTRACT_RUN_ERRNO,      /**< "run-errno" */
	SIM_CONTRACT_UNDELEGATE,     /**< "undelegate" */
	SIM_CONTRACT_FUTILE_CALL,    /**< "futile-call" */
	SIM_CONTRACT_RIPAS_ASKED,    /**< "ripas-asked" */
	SIM_CONTRACT_EMPTY_MAPPED,   /**< "empty-mapped" */
	SIM_CONTRACT_POPULATED,      /**< "populated" */
	SIM_CONTRACT_RUN_ENXIO,      /**< "run-enxio" */
	SIM_CONTRACT_ALIAS_KEPT,     /**< "alias-kept" */
	SIM_CONTRACT_BUGGED_VM,      /**< "bugged-vm" */
	SIM_CONTRACT_NEEDLESS_TABLE, /**< "needless-table" */
	SIM_CONTRACT_NEEDLESS_CALL,  /**< "needless-call" */
	SIM_CONTRACT_RUN_REASON,     /**< "run-reason" */
	SIM_CONTRACT_LIST_ROOM,      /**< "list-room" */
	SIM_CONTRACT_NO_MEMORY,      /**< "no-memory" */
	SIM_NR_CONTRACTS
};

/** "desc-fits" and so on; NULL for SIM_CONTRACT_NONE and behind the last. */
const char *sim_contract_name(enum sim_contract contract);

/** When a check looks, and so what it costs. */
enum sim_check_cost {
	SIM_COST_STEP, /**< at each step, at what the step touched */
	SIM_COST_QUIESCENT, /**< at everything: behind sim_join(), in sim_quiescent(), at the end of a run */
	SIM_COST_END, /**< the same, where no VM is left */
};

/** One thing that is checked. */
struct sim_check_info {
	const char *name;     /**< as violations begin with it, and known_breaches takes it */
	const char *sentence; /**< what always holds */
	const char *source;   /**< who says so */
	enum sim_check_cost cost;
	bool ends; /**< the run cannot go on behind it; known_breaches does not take it */
};

/** The i-th check of this harness and its kernel images; false behind the last. */
bool sim_check_at(unsigned i, struct sim_check_info *info);
/** "step", "quiescent", "end". */
const char *sim_check_cost_name(enum sim_check_cost cost);

/** What judges the contracts of one run. */
struct sim_check {
	const struct rmm *rmm; /**< read only, for the state of the memory */
	enum rmi_edition edition;
	uint64_t known;           /**< bit n: that contract n breaks is no news */
	uint64_t seen;            /**< bit n: contract n has broken */
	enum sim_contract broken; /**< the contract that broke last */
	char text[256];           /**< one sentence about it */
};

/** Nothing broken yet. */
void sim_check_init(struct sim_check *check, const struct rmm *rmm, enum rmi_edition edition);
/**
 * It is known that these contracts break: names with commas; NULL is none. False for a name that is none of enum
 * sim_contract.
 */
bool sim_check_known(struct sim_check *check, const char *names);

/**
 * Judge one event, before the model acts on it.
 * @return true when this event breaks a contract for the first time: `broken` and `text` say which
 */
bool sim_check_event(struct sim_check *check, const struct sim_event *event);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
