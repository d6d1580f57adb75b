/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file event.h
 * The one event stream of a world: everything that is printed, drawn or counted comes from it.
 */
#ifndef RMISIM_EVENT_H
#define RMISIM_EVENT_H

#include <rmisim/rmm.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sim_world;

/** Kinds of events, with the fields of struct sim_event that each fills. */
enum sim_event_kind {
	SIM_EVENT_RMI_CALL,   /**< rmm */
	SIM_EVENT_RMI_RETURN, /**< rmm */
	SIM_EVENT_REC_EXIT,   /**< rmm */
	SIM_EVENT_ACCESS,     /**< rmm: an access of the guest ended */
	SIM_EVENT_RSI,        /**< rmm: a realm SMC ended */
	SIM_EVENT_ASK,     /**< name, caller, text: a kernel predicate or lookup and its answer */
	SIM_EVENT_LOCK,    /**< name, caller, text */
	SIM_EVENT_PAGE,    /**< name, caller, text */
	SIM_EVENT_LOG,     /**< caller, text: a line the kernel logged */
	SIM_EVENT_WARN,    /**< caller, text */
	SIM_EVENT_MM,      /**< name, text: process memory, notifier, guest_memfd */
	SIM_EVENT_ABORT,   /**< name, text: the dispatcher begins or ends */
	SIM_EVENT_KVM_RUN, /**< text: KVM_RUN returned; value = its return value */
	SIM_EVENT_VMM, /**< text: what the VMM or the scenario did; name "close": a VM is about to be closed */
	SIM_EVENT_SCHED,     /**< actor `value` goes on */
	SIM_EVENT_VIOLATION, /**< name: the check; text */
	/** name: the lock or event that the actor waits for; value: the actor that has it, -1: not one; text: who, how */
	SIM_EVENT_WAIT,
	SIM_NR_EVENTS
};

/** Something that happened in a world. */
struct sim_event {
	uint64_t seq;   /**< 0, 1, 2 ... within the run */
	unsigned actor; /**< who runs: 0 is the scenario */
	enum sim_event_kind kind;
	const char *name;   /**< may be NULL; lives as long as the image */
	const char *caller; /**< function that asked, may be NULL */
	const char *text;   /**< formatted, may be NULL; valid during the callback only */
	int64_t value;
	const struct rmm_event *rmm; /**< the model's own event, or NULL */
	const char *actor_name;      /**< as sim_spawn_named() was told; NULL: it has no name */
	uint64_t shared_bit; /**< of an IPA of the VM that the actor runs; 0: there is none */
	/** That it is of, to look at only (dump.h, sim_world_rmm()); NULL where it is made up. */
	struct sim_world *world;
};

/** Called for each event, in order, by whoever holds the baton. */
typedef void (*sim_event_fn)(void *ctx, const struct sim_event *event);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
