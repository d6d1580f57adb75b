/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file check.h
 * Contracts that hold for every host, checked without any knowledge of what is being tested. Those of the RMI
 * are judged on the event stream: a world feeds them its events; so can whoever replays a recording. Those
 * of KVM_RUN and of memory are judged by worlds, always.
 */
#ifndef RMISIM_CHECK_H
#define RMISIM_CHECK_H

#include <rmisim/event.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** Contracts, in the order of their names below. */
enum sim_contract {
	SIM_CONTRACT_NONE,
	/** Every descriptor handed over is a valid encoding ("desc-encoding"). */
	SIM_CONTRACT_DESC_ENCODING,
	/** Its address is aligned to its block ("desc-aligned"). */
	SIM_CONTRACT_DESC_ALIGNED,
	/** It describes no more than the range that is mapped ("desc-fits"). DEN0137 IQRTQC. */
	SIM_CONTRACT_DESC_FITS,
	/** Its state is the state of the memory it names ("desc-state"). B4.6, RmiOpMemState. */
	SIM_CONTRACT_DESC_STATE,
	/** No ioctl returns a positive value that it does not document ("return"). KVM API. */
	SIM_CONTRACT_RETURN,
	/**
	 * A prepared KVM_EXIT_MEMORY_FAULT names whole pages inside the VM, where the guest's access is, and the
	 * alias that it used ("fault-payload"). KVM API, KVM_EXIT_MEMORY_FAULT.
	 */
	SIM_CONTRACT_FAULT_PAYLOAD,
	/** -EFAULT without a prepared exit comes from the user mapping only ("fault-origin"). Same place. */
	SIM_CONTRACT_FAULT_ORIGIN,
	/** kvm_handle_guest_abort() returns 1, 0 or -errno ("fault-return"). */
	SIM_CONTRACT_FAULT_RETURN,
	/**
	 * A load gives what the last store to the byte has put there, through whichever alias ("memory"). Judged as
	 * long as nobody has taken the page away.
	 */
	SIM_CONTRACT_MEMORY,
	SIM_NR_CONTRACTS
};

/** "desc-fits" and so on; NULL for SIM_CONTRACT_NONE and behind the last. */
const char *sim_contract_name(enum sim_contract contract);

struct sim_check {
	const struct rmm *rmm; /**< read only, for the state of the memory */
	enum rmi_edition edition;
	unsigned known;           /**< bit n: that contract n breaks is no news */
	unsigned seen;            /**< bit n: contract n has broken */
	enum sim_contract broken; /**< the contract that broke last */
	char text[192];           /**< one sentence about it */
};

/** Nothing broken yet. */
void sim_check_init(struct sim_check *check, const struct rmm *rmm, enum rmi_edition edition);
/** It is known that these contracts break: names with commas; NULL is none. False for a name that is none. */
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
