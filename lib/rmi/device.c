/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device assignment: PDEV, VDEV, VSMMU, PSMMU, DPT, CMEM. Known, so that they decode and trace with
 * the arguments that are known of them, and not supported. No condition comes before that one, in no
 * state of the RMM.
 */
#include "../call.h"

static bool device_assignment_is_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	return true;
}

static const struct rmm_condition conditions[] = {
	{ "da", device_assignment_is_not_supported, RMI_ERROR_NOT_SUPPORTED },
};

/*
 * TF-RMM announces device assignment. No granule can be a PDEV, VDEV or PSMMU here, and what is
 * wrong with a granule argument is ERROR_INPUT there.
 */
static const struct rmm_condition tf_conditions[] = {
	{ "object", device_assignment_is_not_supported, RMI_ERROR_INPUT },
};

static const struct rmm_order tf_order = { CONDITIONS(tf_conditions) };

#define ROW(name, number, in, lacks, next, ...)                                               \
	&(const struct rmm_command)                                                           \
	{                                                                                     \
		.abi = { ABI(name), { __VA_ARGS__ }, .nr_args = (number) }, .editions = (in), \
		.device = true, .tf_lacks = (lacks), .other = (next), CONDITIONS(conditions), \
		.tf = &tf_order,                                                              \
	}
#define AT(name)                  [RMI_##name - RMI_FID_FIRST]
/* In every edition; ... the names of its registers. */
#define DEVICE(name, number, ...) AT(name) = ROW(name, number, 0, false, NULL, __VA_ARGS__)
/* The same, but not in TF-RMM. */
#define LACKING(name)             AT(name) = ROW(name, 0, 0, true, NULL, { 0 })
#define BET0(name)                AT(name) = ROW(name, 0, ONLY_BET0, true, NULL, { 0 })
/* TF-RMM has none of what came or got a new name later. */
#define EDITION(name, in, lacks)  AT(name) = ROW(name, 0, in, lacks, NULL, { 0 })
#define RENAMED(old, in, new)         \
	AT(old) =                     \
		ROW(old, 0, in, true, \
		    ROW(new, 0, (IN_BET1 | IN_BET2 | IN_BET3) & ~(in), true, NULL, { 0 }), { 0 })

#define PA(name)                  \
	{                         \
		name, RMI_KIND_PA \
	}
#define X(name)                    \
	{                          \
		name, RMI_KIND_HEX \
	}

const struct rmm_command *const device_commands[RMI_NR_FIDS] = {
	LACKING(VSMMU_CREATE),
	LACKING(VSMMU_DESTROY),
	LACKING(PSMMU_IRQ_NOTIFY),
	DEVICE(PDEV_ABORT, 0, { 0 }),
	DEVICE(PDEV_COMMUNICATE, 0, { 0 }),
	DEVICE(PDEV_CREATE, 0, { 0 }),
	DEVICE(PDEV_DESTROY, 0, { 0 }),
	DEVICE(PDEV_GET_STATE, 0, { 0 }),
	DEVICE(PDEV_STREAM_KEY_REFRESH, 3, PA("pdev_1"), PA("pdev_2"), X("stream")),
	DEVICE(PDEV_SET_PUBKEY, 0, { 0 }),
	DEVICE(PDEV_STOP, 0, { 0 }),
	DEVICE(VDEV_ABORT, 0, { 0 }),
	DEVICE(VDEV_COMMUNICATE, 4, PA("rd"), PA("pdev"), PA("vdev"), PA("data")),
	DEVICE(VDEV_CREATE, 0, { 0 }),
	DEVICE(VDEV_DESTROY, 0, { 0 }),
	DEVICE(VDEV_GET_STATE, 0, { 0 }),
	DEVICE(VDEV_UNLOCK, 3, PA("rd"), PA("pdev"), PA("vdev")),
	EDITION(VDEV_COMPLETE, IN_BET1 | IN_BET2, false),
	DEVICE(VDEV_GET_INTERFACE_REPORT, 3, PA("rd"), PA("pdev"), PA("vdev")),
	DEVICE(VDEV_GET_MEASUREMENTS, 4, PA("rd"), PA("pdev"), PA("vdev"), PA("params")),
	DEVICE(VDEV_LOCK, 3, PA("rd"), PA("pdev"), PA("vdev")),
	DEVICE(VDEV_START, 3, PA("rd"), PA("pdev"), PA("vdev")),
	BET0(VDEV_P2P_BIND),
	BET0(VDEV_P2P_UNBIND),
	RENAMED(VSMMU_EVENT_NOTIFY, IN_BET1 | IN_BET2, VSMMU_EVENT_HANDLE),
	DEVICE(PSMMU_ACTIVATE, 2, PA("psmmu"), PA("params")),
	DEVICE(PSMMU_DEACTIVATE, 1, PA("psmmu")),
	DEVICE(PSMMU_ST_L2_CREATE, 1, PA("psmmu")),
	DEVICE(PSMMU_ST_L2_DESTROY, 1, PA("psmmu")),
	LACKING(DPT_L0_CREATE),
	LACKING(DPT_L0_DESTROY),
	LACKING(DPT_L1_CREATE),
	LACKING(DPT_L1_DESTROY),
	BET0(CMEM_ADD_PDEV),
	BET0(CMEM_CREATE),
	BET0(CMEM_DESTROY),
	BET0(CMEM_POPULATE),
	BET0(CMEM_REMOVE_PDEV),
	BET0(CMEM_START),
	BET0(CMEM_STOP),
	BET0(CMEM_UNPOPULATE),
	BET0(PDEV_MEC_REFRESH),
	EDITION(VSMMU_EVENT_COMPLETE, IN_BET1, true), /* later RMM_STATE_GET */
	RENAMED(PSMMU_EVENT_DISCARD, IN_BET1, PSMMU_EVENT_CONSUME),
	DEVICE(PDEV_STREAM_CONNECT, 1, PA("params")),
	DEVICE(PDEV_STREAM_DISCONNECT, 3, PA("pdev_1"), PA("pdev_2"), X("stream")),
	DEVICE(PDEV_STREAM_COMPLETE, 3, PA("pdev_1"), PA("pdev_2"), X("stream")),
	DEVICE(PDEV_STREAM_KEY_PURGE, 3, PA("pdev_1"), PA("pdev_2"), X("stream")),
	LACKING(VSMMU_FEATURES),
	LACKING(VSMMU_CMD_GET),
	LACKING(VSMMU_CMD_COMPLETE),
	EDITION(PSMMU_INFO, IN_BET2 | IN_BET3, true),
	EDITION(PDEV_STREAM_INFO, IN_BET3, true),
};
