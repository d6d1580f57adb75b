/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file rmi.h
 * The ABI of RMM 2.0 (DEN0137): function identifiers, statuses, fields and layouts. Names are the
 * specification's; numbers are from sections B4.5, B4.6, B5.4 and B5.5.
 */
#ifndef RMISIM_RMI_H
#define RMISIM_RMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** Beta of the 2.0 specification; 0, bet1, is the default. */
enum rmi_edition { RMI_BET1, RMI_BET2, RMI_BET3 };

/** @{ */
/** Function identifiers (B4.5): the full FID is 0xC4000000 plus the low half. */
#define RMI_FID_BASE UINT64_C(0xC4000000)

#define RMI_VERSION                   (RMI_FID_BASE + 0x150)
#define RMI_RTT_DATA_MAP_INIT         (RMI_FID_BASE + 0x153)
#define RMI_REALM_ACTIVATE            (RMI_FID_BASE + 0x157)
#define RMI_REALM_CREATE              (RMI_FID_BASE + 0x158)
#define RMI_REALM_DESTROY             (RMI_FID_BASE + 0x159)
#define RMI_REC_CREATE                (RMI_FID_BASE + 0x15a)
#define RMI_REC_DESTROY               (RMI_FID_BASE + 0x15b)
#define RMI_REC_ENTER                 (RMI_FID_BASE + 0x15c)
#define RMI_RTT_CREATE                (RMI_FID_BASE + 0x15d)
#define RMI_RTT_DESTROY               (RMI_FID_BASE + 0x15e)
#define RMI_RTT_READ_ENTRY            (RMI_FID_BASE + 0x161)
#define RMI_RTT_DEV_VALIDATE          (RMI_FID_BASE + 0x163)
#define RMI_PSCI_COMPLETE             (RMI_FID_BASE + 0x164)
#define RMI_FEATURES                  (RMI_FID_BASE + 0x165)
#define RMI_RTT_FOLD                  (RMI_FID_BASE + 0x166)
#define RMI_RTT_INIT_RIPAS            (RMI_FID_BASE + 0x168)
#define RMI_RTT_SET_RIPAS             (RMI_FID_BASE + 0x169)
#define RMI_RMM_CONFIG_SET            (RMI_FID_BASE + 0x16e)
#define RMI_ATTEST_PLAT_TOKEN_REFRESH (RMI_FID_BASE + 0x170)
#define RMI_RTT_AUX_CREATE            (RMI_FID_BASE + 0x17d)
#define RMI_RTT_AUX_DESTROY           (RMI_FID_BASE + 0x17e)
#define RMI_RTT_AUX_FOLD              (RMI_FID_BASE + 0x17f)
#define RMI_RTT_SET_S2AP              (RMI_FID_BASE + 0x18b)
#define RMI_GRANULE_TRACKING_GET      (RMI_FID_BASE + 0x1e1)
#define RMI_GRANULE_TRACKING_SET      (RMI_FID_BASE + 0x1e3)
#define RMI_RMM_CONFIG_GET            (RMI_FID_BASE + 0x1ec)
#define RMI_RMM_STATE_GET             (RMI_FID_BASE + 0x1ee)
#define RMI_GRANULE_RANGE_DELEGATE    (RMI_FID_BASE + 0x1f1)
#define RMI_GRANULE_RANGE_UNDELEGATE  (RMI_FID_BASE + 0x1f2)
#define RMI_GPT_L1_CREATE             (RMI_FID_BASE + 0x1f3)
#define RMI_GPT_L1_DESTROY            (RMI_FID_BASE + 0x1f4)
#define RMI_RTT_DATA_MAP              (RMI_FID_BASE + 0x1f5)
#define RMI_RTT_DATA_UNMAP            (RMI_FID_BASE + 0x1f6)
#define RMI_RTT_DEV_MAP               (RMI_FID_BASE + 0x1f7)
#define RMI_RTT_DEV_UNMAP             (RMI_FID_BASE + 0x1f8)
#define RMI_RTT_ARCH_DEV_MAP          (RMI_FID_BASE + 0x1f9)
#define RMI_RTT_ARCH_DEV_UNMAP        (RMI_FID_BASE + 0x1fa)
#define RMI_RTT_UNPROT_MAP            (RMI_FID_BASE + 0x1fb)
#define RMI_RTT_UNPROT_UNMAP          (RMI_FID_BASE + 0x1fc)
#define RMI_RTT_AUX_PROT_MAP          (RMI_FID_BASE + 0x1fd)
#define RMI_RTT_AUX_PROT_UNMAP        (RMI_FID_BASE + 0x1fe)
#define RMI_RTT_AUX_UNPROT_MAP        (RMI_FID_BASE + 0x1ff)
#define RMI_RTT_AUX_UNPROT_UNMAP      (RMI_FID_BASE + 0x200)
#define RMI_REALM_TERMINATE           (RMI_FID_BASE + 0x201)
#define RMI_RMM_ACTIVATE              (RMI_FID_BASE + 0x202)
#define RMI_OP_CONTINUE               (RMI_FID_BASE + 0x203)
#define RMI_OP_MEM_DONATE             (RMI_FID_BASE + 0x208)
#define RMI_OP_MEM_RECLAIM            (RMI_FID_BASE + 0x209)
#define RMI_OP_CANCEL                 (RMI_FID_BASE + 0x20a)
#define RMI_RMM_DEACTIVATE            (RMI_FID_BASE + 0x20f)
#define RMI_GPT_INFO                  (RMI_FID_BASE + 0x211)
/** @} */

/** @{ */
/**
 * Device assignment: known by name and arguments, answered RMI_ERROR_NOT_SUPPORTED. One number with
 * two names: the editions differ (OP-1). CMEM, VDEV_P2P and PDEV_MEC_REFRESH are 2.0-bet0 only.
 */
#define RMI_VSMMU_CREATE              (RMI_FID_BASE + 0x16a)
#define RMI_VSMMU_DESTROY             (RMI_FID_BASE + 0x16b)
#define RMI_PSMMU_IRQ_NOTIFY          (RMI_FID_BASE + 0x16f)
#define RMI_PDEV_ABORT                (RMI_FID_BASE + 0x174)
#define RMI_PDEV_COMMUNICATE          (RMI_FID_BASE + 0x175)
#define RMI_PDEV_CREATE               (RMI_FID_BASE + 0x176)
#define RMI_PDEV_DESTROY              (RMI_FID_BASE + 0x177)
#define RMI_PDEV_GET_STATE            (RMI_FID_BASE + 0x178)
#define RMI_PDEV_STREAM_KEY_REFRESH   (RMI_FID_BASE + 0x17a)
#define RMI_PDEV_SET_PUBKEY           (RMI_FID_BASE + 0x17b)
#define RMI_PDEV_STOP                 (RMI_FID_BASE + 0x17c)
#define RMI_VDEV_ABORT                (RMI_FID_BASE + 0x185)
#define RMI_VDEV_COMMUNICATE          (RMI_FID_BASE + 0x186)
#define RMI_VDEV_CREATE               (RMI_FID_BASE + 0x187)
#define RMI_VDEV_DESTROY              (RMI_FID_BASE + 0x188)
#define RMI_VDEV_GET_STATE            (RMI_FID_BASE + 0x189)
#define RMI_VDEV_UNLOCK               (RMI_FID_BASE + 0x18a)
#define RMI_VDEV_COMPLETE             (RMI_FID_BASE + 0x18e)
#define RMI_VDEV_GET_INTERFACE_REPORT (RMI_FID_BASE + 0x1d0)
#define RMI_VDEV_GET_MEASUREMENTS     (RMI_FID_BASE + 0x1d1)
#define RMI_VDEV_LOCK                 (RMI_FID_BASE + 0x1d2)
#define RMI_VDEV_START                (RMI_FID_BASE + 0x1d3)
#define RMI_VDEV_P2P_BIND             (RMI_FID_BASE + 0x1d4)
#define RMI_VDEV_P2P_UNBIND           (RMI_FID_BASE + 0x1d5)
#define RMI_VSMMU_EVENT_NOTIFY        (RMI_FID_BASE + 0x1d6)
#define RMI_VSMMU_EVENT_HANDLE        (RMI_FID_BASE + 0x1d6)
#define RMI_PSMMU_ACTIVATE            (RMI_FID_BASE + 0x1d7)
#define RMI_PSMMU_DEACTIVATE          (RMI_FID_BASE + 0x1d8)
#define RMI_PSMMU_ST_L2_CREATE        (RMI_FID_BASE + 0x1db)
#define RMI_PSMMU_ST_L2_DESTROY       (RMI_FID_BASE + 0x1dc)
#define RMI_DPT_L0_CREATE             (RMI_FID_BASE + 0x1dd)
#define RMI_DPT_L0_DESTROY            (RMI_FID_BASE + 0x1de)
#define RMI_DPT_L1_CREATE             (RMI_FID_BASE + 0x1df)
#define RMI_DPT_L1_DESTROY            (RMI_FID_BASE + 0x1e0)
#define RMI_CMEM_ADD_PDEV             (RMI_FID_BASE + 0x1e4)
#define RMI_CMEM_CREATE               (RMI_FID_BASE + 0x1e5)
#define RMI_CMEM_DESTROY              (RMI_FID_BASE + 0x1e6)
#define RMI_CMEM_POPULATE             (RMI_FID_BASE + 0x1e7)
#define RMI_CMEM_REMOVE_PDEV          (RMI_FID_BASE + 0x1e8)
#define RMI_CMEM_START                (RMI_FID_BASE + 0x1e9)
#define RMI_CMEM_STOP                 (RMI_FID_BASE + 0x1ea)
#define RMI_CMEM_UNPOPULATE           (RMI_FID_BASE + 0x1eb)
#define RMI_PDEV_MEC_REFRESH          (RMI_FID_BASE + 0x1ed)
#define RMI_VSMMU_EVENT_COMPLETE      (RMI_FID_BASE + 0x1ee)
#define RMI_PSMMU_EVENT_DISCARD       (RMI_FID_BASE + 0x1f0)
#define RMI_PSMMU_EVENT_CONSUME       (RMI_FID_BASE + 0x1f0)
#define RMI_PDEV_STREAM_CONNECT       (RMI_FID_BASE + 0x204)
#define RMI_PDEV_STREAM_DISCONNECT    (RMI_FID_BASE + 0x205)
#define RMI_PDEV_STREAM_COMPLETE      (RMI_FID_BASE + 0x206)
#define RMI_PDEV_STREAM_KEY_PURGE     (RMI_FID_BASE + 0x207)
#define RMI_VSMMU_FEATURES            (RMI_FID_BASE + 0x20b)
#define RMI_VSMMU_CMD_GET             (RMI_FID_BASE + 0x20c)
#define RMI_VSMMU_CMD_COMPLETE        (RMI_FID_BASE + 0x20d)
#define RMI_PSMMU_INFO                (RMI_FID_BASE + 0x20e)
#define RMI_PDEV_STREAM_INFO          (RMI_FID_BASE + 0x210)
/** @} */

/** No command has a smaller FID. */
#define RMI_FID_FIRST RMI_VERSION
/** No command has a greater FID. */
#define RMI_FID_LAST  (RMI_FID_BASE + 0x211)

/** @{ */
/** Function identifiers of RSI (B5.4). */
#define RSI_VERSION                    (RMI_FID_BASE + 0x190)
#define RSI_FEATURES                   (RMI_FID_BASE + 0x191)
#define RSI_MEASUREMENT_READ           (RMI_FID_BASE + 0x192)
#define RSI_MEASUREMENT_EXTEND         (RMI_FID_BASE + 0x193)
#define RSI_ATTESTATION_TOKEN_INIT     (RMI_FID_BASE + 0x194)
#define RSI_ATTESTATION_TOKEN_CONTINUE (RMI_FID_BASE + 0x195)
#define RSI_REALM_CONFIG               (RMI_FID_BASE + 0x196)
#define RSI_IPA_STATE_SET              (RMI_FID_BASE + 0x197)
#define RSI_IPA_STATE_GET              (RMI_FID_BASE + 0x198)
#define RSI_HOST_CALL                  (RMI_FID_BASE + 0x199)
#define RSI_VDEV_VALIDATE_MAPPING      (RMI_FID_BASE + 0x19f)
#define RSI_MEM_GET_PERM_VALUE         (RMI_FID_BASE + 0x1a0)
#define RSI_MEM_SET_PERM_INDEX         (RMI_FID_BASE + 0x1a1)
#define RSI_MEM_SET_PERM_VALUE         (RMI_FID_BASE + 0x1a2)
#define RSI_PLANE_ENTER                (RMI_FID_BASE + 0x1a3)
#define RSI_PLANE_SYSREG_READ          (RMI_FID_BASE + 0x1ae)
#define RSI_PLANE_SYSREG_WRITE         (RMI_FID_BASE + 0x1af)
/** @} */

/** @{ */
/** PSCI from the realm: SMC32 identifiers, and the SMC64 ones of those that take addresses. */
#define RSI_SMCCC_VERSION        UINT64_C(0x80000000)
#define RSI_PSCI_VERSION         UINT64_C(0x84000000)
#define RSI_PSCI_CPU_OFF         UINT64_C(0x84000002)
#define RSI_PSCI_SYSTEM_OFF      UINT64_C(0x84000008)
#define RSI_PSCI_SYSTEM_RESET    UINT64_C(0x84000009)
#define RSI_PSCI_FEATURES        UINT64_C(0x8400000a)
#define RSI_PSCI_CPU_SUSPEND     UINT64_C(0xc4000001)
#define RSI_PSCI_CPU_ON          UINT64_C(0xc4000003)
#define RSI_PSCI_AFFINITY_INFO   UINT64_C(0xc4000004)
#define RSI_PSCI32_CPU_SUSPEND   UINT64_C(0x84000001)
#define RSI_PSCI32_CPU_ON        UINT64_C(0x84000003)
#define RSI_PSCI32_AFFINITY_INFO UINT64_C(0x84000004)
/** @} */

#define RMI_ABI_VERSION     UINT64_C(0x20000)            /**< 2.0 */
#define RSI_ABI_VERSION     UINT64_C(0x10001)            /**< 1.1 */
#define SMCCC_NOT_SUPPORTED UINT64_C(0xffffffffffffffff) /**< X0: nobody has this FID */

/** RmiStatusCode, bits 7:0 of X0 (B4.6). */
enum rmi_status {
	RMI_SUCCESS,
	RMI_ERROR_INPUT,
	RMI_ERROR_REALM,
	RMI_ERROR_REC,
	RMI_ERROR_RTT,
	RMI_ERROR_NOT_SUPPORTED,
	RMI_ERROR_DEVICE,
	RMI_ERROR_RTT_AUX,
	RMI_ERROR_PSMMU_ST,
	RMI_ERROR_DPT,
	RMI_BUSY,
	RMI_ERROR_GLOBAL,
	RMI_ERROR_TRACKING,
	RMI_INCOMPLETE,
	RMI_BLOCKED,
	RMI_ERROR_GPT,
	RMI_ERROR_GRANULE,
	RMI_NR_STATUS
};

/** RmiResult: status 7:0; level 15:8, or memory request 9:8 and can-cancel 10 (B4.6.73). */
#define RMI_RESULT(status, data) ((uint64_t)(status) | (uint64_t)((data)&0xff) << 8)
/**
 * From bet3 on, ERROR_DPT, ERROR_GPT and ERROR_TRACKING: level 15:8 and, from bit 16 up, the PA in
 * granules. The place of the PA is a choice: the material has none (OP-3).
 */
#define RMI_RESULT_ADDR(status, level, pa, granule_shift) \
	(RMI_RESULT(status, level) | (uint64_t)(pa) >> (granule_shift) << 16)
/** @{ */
/** Fields of an RmiResult. */
#define RMI_RESULT_STATUS(x0)     ((unsigned)((x0)&0xff))
#define RMI_RESULT_LEVEL(x0)      ((unsigned)(((x0) >> 8) & 0xff))
#define RMI_RESULT_MEM(x0)        ((unsigned)(((x0) >> 8) & 3))
#define RMI_RESULT_CAN_CANCEL(x0) ((unsigned)(((x0) >> 10) & 1))
/** @} */

/** RsiCommandReturnCode (B5.5.3). */
enum rsi_status {
	RSI_SUCCESS,
	RSI_ERROR_INPUT,
	RSI_ERROR_STATE,
	RSI_INCOMPLETE,
	RSI_ERROR_UNKNOWN,
	RSI_ERROR_DEVICE
};

/** PSCI return codes; X0 holds them sign-extended to 64 bits. */
enum rsi_psci_status {
	RSI_PSCI_SUCCESS = 0,
	RSI_PSCI_NOT_SUPPORTED = -1,
	RSI_PSCI_INVALID_PARAMETERS = -2,
	RSI_PSCI_DENIED = -3,
	RSI_PSCI_ALREADY_ON = -4,
	RSI_PSCI_INVALID_ADDRESS = -9,
};
/** @{ */
/** What AFFINITY_INFO answers. */
#define RSI_PSCI_AFFINITY_ON  UINT64_C(0)
#define RSI_PSCI_AFFINITY_OFF UINT64_C(1)
/** @} */

/** RmiOpMemReq: what an operation that is not complete asks for. */
enum rmi_op_mem_req { RMI_OP_MEM_REQ_NONE, RMI_OP_MEM_REQ_DONATE, RMI_OP_MEM_REQ_RECLAIM };
/** RmiOpMemState; CONDITIONAL from bet3 on. */
enum rmi_op_mem_state { RMI_OP_MEM_DELEGATED, RMI_OP_MEM_UNDELEGATED, RMI_OP_MEM_CONDITIONAL };
/** Type of the address argument of a range command: none, one descriptor, or the PA of a list of them. */
enum rmi_rtt_addr_type { RMI_ADDR_NONE, RMI_ADDR_SINGLE, RMI_ADDR_LIST };
/** RmiRttEntryState, as RTT_READ_ENTRY returns it (UNMAPPED_NS reads VOID, MAPPED_NS reads DATA). */
enum rmi_rtt_entry_state {
	RMI_RTTE_VOID,
	RMI_RTTE_DATA,
	RMI_RTTE_TABLE,
	RMI_RTTE_NARCH_DEV,
	RMI_RTTE_AUX_DESTROYED,
	RMI_RTTE_ARCH_DEV
};
/** RmiRipas */
enum rmi_ripas { RMI_EMPTY, RMI_RAM, RMI_DESTROYED, RMI_DEV };
/** RmiTrackingRegionState: how finely the RMM tracks granules of a region. */
enum rmi_tracking_state {
	RMI_TRACKING_RESERVED,
	RMI_TRACKING_NONE,
	RMI_TRACKING_FINE,
	RMI_TRACKING_COARSE,
	RMI_TRACKING_INTERMEDIATE
};
/** RmiGptParState, from bet3 on. */
enum rmi_gpt_par { RMI_GPT_RESERVED, RMI_GPT_PLAT, RMI_GPT_HOST_NOT_CREATED, RMI_GPT_HOST_CREATED };
/** RmiMemCategory */
enum rmi_mem_category { RMI_MEM_CONVENTIONAL, RMI_MEM_DEV_NCOH, RMI_MEM_DEV_COH, RMI_MEM_NONE };
/** RmiHashAlgorithm */
enum rmi_hash_algorithm { RMI_HASH_SHA_256, RMI_HASH_SHA_512, RMI_HASH_SHA_384 };
/** RmiRttPlaneFeature: has each plane a tree of its own, may it, or do all share one? */
enum rmi_rtt_plane_feature { RMI_RTT_PLANE_AUX, RMI_RTT_PLANE_AUX_SINGLE, RMI_RTT_PLANE_SINGLE };
/** RmiRttS2APBase: permission of an unprotected mapping in the indirect encoding. */
enum rmi_s2ap_base {
	RMI_S2AP_BASE_NO_ACCESS,
	RMI_S2AP_BASE_RO,
	RMI_S2AP_BASE_WO,
	RMI_S2AP_BASE_RW,
	RMI_S2AP_BASE_RW_PUX
};
/** RmiGranuleSize */
enum rmi_granule_size { RMI_GRANULE_4KB, RMI_GRANULE_16KB, RMI_GRANULE_64KB };
/** RmiRecExitReason; 8 and up differ between editions (OP-6). */
enum rmi_exit_reason {
	RMI_EXIT_SYNC,
	RMI_EXIT_IRQ,
	RMI_EXIT_FIQ,
	RMI_EXIT_PSCI,
	RMI_EXIT_RIPAS_CHANGE,
	RMI_EXIT_HOST_CALL,
	RMI_EXIT_SERROR,
	RMI_EXIT_S2AP_CHANGE,
	RMI_EXIT_BET3_VALIDATE_MAPPING = 8, /**< VDEV_VALIDATE_MAPPING from bet3 on */
	RMI_EXIT_VALIDATE_MAPPING = 9,      /**< and before it */
};

/** @{ */
/** Flags of commands, realms, RECs and their entries; bits, or values of a field. */
#define RMI_DATA_MEASURE_CONTENT UINT64_C(1)
#define RMI_DONATE_MAX_COUNT     0x3fffu     /**< blocks in one RmiOpMemDonateReq */
#define RMI_CONTINUE_STOP        UINT64_C(1) /**< OP_CONTINUE: finish the object, then stop */
#define RMI_REC_RUNNABLE         UINT64_C(1)
#define RMI_ENTER_EMULATED_MMIO  UINT64_C(0x01)
#define RMI_ENTER_INJECT_SEA     UINT64_C(0x02)
#define RMI_ENTER_TRAP_WFI       UINT64_C(0x04)
#define RMI_ENTER_TRAP_WFE       UINT64_C(0x08)
#define RMI_ENTER_RIPAS_REJECT   UINT64_C(0x10)
#define RMI_ENTER_S2AP_REJECT    UINT64_C(0x20)
#define RMI_ENTER_DEV_MEM_REJECT UINT64_C(0x40)
#define RMI_ENTER_FORCE_P0       UINT64_C(0x80)
#define RMI_REALM_LPA2           UINT64_C(0x01) /* flags0 */
#define RMI_REALM_SVE            UINT64_C(0x02)
#define RMI_REALM_PMU            UINT64_C(0x04)
#define RMI_REALM_DA             UINT64_C(0x08)
#define RMI_REALM_TREE_PER_PLANE UINT64_C(0x01) /* flags1 */
#define RMI_REALM_S2AP_INDIRECT  UINT64_C(0x02)
#define RMI_REALM_ATS            UINT64_C(0x04)
#define RMI_AUX_MAP_CREATE       UINT64_C(0x04) /* RmiRttAuxMapFlags.block */
#define RMI_AUX_MAP_CONTINUE     UINT64_C(0x08) /* .invalid_pri */
#define RSI_CHANGE_DESTROYED     UINT64_C(1)
#define RSI_DEV_MEM_COHERENT     UINT64_C(1) /**< VDEV_VALIDATE_MAPPING; a choice, docs/model.md */
#define RSI_ACCEPT               UINT64_C(0)
#define RSI_REJECT               UINT64_C(1)
/** @} */

/** @{ */
/** RmiRealmParams, RmiRecParams, RmiRecRun: byte offsets (B4.6; rec exit offsets count from the run page). */
#define RMI_PARAMS_FLAGS0        0x000
#define RMI_PARAMS_S2SZ          0x008
#define RMI_PARAMS_SVE_VL        0x010
#define RMI_PARAMS_NUM_BPS       0x018
#define RMI_PARAMS_NUM_WPS       0x020
#define RMI_PARAMS_PMU_CTRS      0x028
#define RMI_PARAMS_HASH          0x030
#define RMI_PARAMS_AUX_PLANES    0x038
#define RMI_PARAMS_RPV           0x400
#define RMI_PARAMS_ATS_PLANE     0x440
#define RMI_PARAMS_RTT_BASE      0x808
#define RMI_PARAMS_RTT_LEVEL     0x810
#define RMI_PARAMS_RTT_NUM       0x818
#define RMI_PARAMS_FLAGS1        0x820
#define RMI_PARAMS_AUX_RTT_BASE  0xf80
#define RMI_REC_PARAMS_FLAGS     0x000
#define RMI_REC_PARAMS_MPIDR     0x100
#define RMI_REC_PARAMS_PC        0x200
#define RMI_REC_PARAMS_GPRS      0x300
#define RMI_RUN_ENTER_FLAGS      0x000
#define RMI_RUN_ENTER_GPRS       0x200
#define RMI_RUN_EXIT_REASON      0x800
#define RMI_RUN_EXIT_ESR         0x900
#define RMI_RUN_EXIT_FAR         0x908
#define RMI_RUN_EXIT_HPFAR       0x910
#define RMI_RUN_EXIT_RTT_TREE    0x918
#define RMI_RUN_EXIT_GPRS        0xa00
#define RMI_RUN_EXIT_CNTP_CTL    0xc00
#define RMI_RUN_EXIT_CNTP_CVAL   0xc08
#define RMI_RUN_EXIT_CNTV_CTL    0xc10
#define RMI_RUN_EXIT_CNTV_CVAL   0xc18
#define RMI_RUN_EXIT_RIPAS_BASE  0xd00
#define RMI_RUN_EXIT_RIPAS_TOP   0xd08
#define RMI_RUN_EXIT_RIPAS_VALUE 0xd10
#define RMI_RUN_EXIT_S2AP_BASE   0xd20
#define RMI_RUN_EXIT_S2AP_TOP    0xd28
#define RMI_RUN_EXIT_VDEV_ID_1   0xd30
#define RMI_RUN_EXIT_DEV_BASE    0xd40
#define RMI_RUN_EXIT_DEV_TOP     0xd48
#define RMI_RUN_EXIT_DEV_PA      0xd50
#define RMI_RUN_EXIT_IMM         0xe00
#define RMI_RUN_EXIT_PLANE       0xe08
#define RMI_RUN_EXIT_PMU_OVF     0xf00
/** @} */

/** @{ */
/** RsiHostCall, RsiRealmConfig, RsiPlaneRun: byte offsets in realm memory (B5.5). */
#define RSI_HOST_CALL_IMM       0x000
#define RSI_HOST_CALL_GPRS      0x008
#define RSI_CONFIG_IPA_WIDTH    0x000
#define RSI_CONFIG_HASH         0x008
#define RSI_CONFIG_AUX_PLANES   0x010
#define RSI_CONFIG_GICV3_VTR    0x018
#define RSI_CONFIG_ATS_PLANE    0x020
#define RSI_CONFIG_RPV          0x200
#define RSI_PLANE_ENTER_FLAGS   0x000
#define RSI_PLANE_ENTER_PC      0x008
#define RSI_PLANE_ENTER_GPRS    0x100
#define RSI_PLANE_EXIT_REASON   0x800
#define RSI_PLANE_EXIT_PC       0x808
#define RSI_PLANE_EXIT_GPRS     0x900
#define RSI_PLANE_EXIT_ESR      0xa00
#define RSI_PLANE_EXIT_FAR      0xa08
#define RSI_PLANE_EXIT_HPFAR    0xa10
#define RSI_PLANE_EXIT_CNTP_CTL 0xc00 /* cntp_cval, cntv_ctl, cntv_cval follow */
#define RSI_PLANE_EXIT_PMU_OVF  0xe00
/** @} */

/** @{ */
/** RsiPlaneRun enter flags. */
#define RSI_PLANE_TRAP_WFI UINT64_C(0x1)
#define RSI_PLANE_TRAP_WFE UINT64_C(0x2)
#define RSI_PLANE_TRAP_HC  UINT64_C(0x4)
#define RSI_PLANE_OWN_GIC  UINT64_C(0x8)
/** @} */

/** Why a plane went back to plane 0 (RsiPlaneExitReason). */
enum rsi_plane_exit { RSI_PLANE_EXIT_SYNC, RSI_PLANE_EXIT_IRQ, RSI_PLANE_EXIT_HOST };

#define RMI_NR_GPRS 31 /**< X0 to X30 in an entry and an exit */

/** What an argument or result register holds: how to print it. */
enum rmi_kind {
	RMI_KIND_NONE,
	RMI_KIND_HEX,
	RMI_KIND_DEC,
	RMI_KIND_PA,
	RMI_KIND_IPA,
	RMI_KIND_LEVEL,
	RMI_KIND_VERSION,
	RMI_KIND_RESULT, /**< X0 */
	RMI_KIND_DESC,   /**< RmiAddrRangeDesc */
	RMI_KIND_PROT_FLAGS,
	RMI_KIND_UNPROT_FLAGS,
	RMI_KIND_UNMAP_FLAGS,
	RMI_KIND_DATA_FLAGS,
	RMI_KIND_DONATE_REQ,
	RMI_KIND_RIPAS,
	RMI_KIND_RTTE_STATE,
	RMI_KIND_CATEGORY,
	RMI_KIND_TRACKING_STATE,
	RMI_KIND_HANDLE,
	RMI_KIND_GPT_PAR,
	RMI_KIND_CONTINUE_FLAGS,
	/* no register of a command the model has; for decoding only */
	RMI_KIND_ESR,
	RMI_KIND_FID,
	RMI_KIND_ENTER_FLAGS,
	RMI_KIND_REC_FLAGS,
	RMI_KIND_AUX_MAP_FLAGS,
	RMI_KIND_AUX_UNMAP_FLAGS,
};

/** An argument or a result of a command. */
struct rmi_arg {
	const char *name;
	enum rmi_kind kind;
};

/** A command as a caller sees it. args[i] is X(i+1), results[i] is X(i+1) on return. */
struct rmi_command {
	uint64_t fid;
	const char *name; /**< without the RMI_ prefix */
	struct rmi_arg args[6];
	struct rmi_arg results[4];
	unsigned nr_args, nr_results;
	const char *function; /**< the name with the prefix */
};

/**
 * The command with this FID in that edition, or NULL when it has none (OP-1). The commands that only
 * 2.0-bet0 has are known in every edition, by name: calling them answers SMCCC NOT_SUPPORTED.
 */
const struct rmi_command *rmi_command(enum rmi_edition edition, uint64_t fid);
/** The command called `name` (without RMI_) in that edition, or NULL. */
const struct rmi_command *rmi_command_named(enum rmi_edition edition, const char *name);
/** The i-th command of an edition in order of FID, NULL behind the last. */
const struct rmi_command *rmi_command_at(enum rmi_edition edition, unsigned i);
const char *rmi_status_name(unsigned status);      /**< "RMI_ERROR_RTT"; NULL when reserved */
const char *rsi_status_name(unsigned status);      /**< "RSI_ERROR_STATE"; NULL when reserved */
const char *rsi_psci_status_name(int status);      /**< "PSCI_DENIED"; NULL when not known */
const char *rmi_exit_reason_name(unsigned reason); /**< "RIPAS_CHANGE"; NULL when not known */
/** The same with the reasons from 8 on, which differ between editions (OP-6). */
const char *rmi_exit_reason_name_in(enum rmi_edition edition, unsigned reason);
const char *rmi_ripas_name(unsigned ripas); /**< "RAM"; NULL when reserved */

/** RmiAddrRangeDesc, decoded (B4.6, B3.115). */
struct rmi_range_desc {
	uint64_t base;  /**< PA */
	int level;      /**< of one block: 3 - size code */
	uint64_t unit;  /**< bytes of one block */
	uint64_t count; /**< blocks */
	uint64_t size;  /**< bytes of all */
	unsigned state; /**< enum rmi_op_mem_state */
};

/**
 * Decode one descriptor.
 * @param granule_shift 12, 14 or 16
 * @return false for an invalid encoding: reserved bits, BLOCK_L0 with 64 KiB granules (OP-22), a state
 * that the edition does not have. A base that is not aligned to the block is not an encoding error.
 */
bool rmi_range_desc_decode(enum rmi_edition edition, unsigned granule_shift, uint64_t word,
			   struct rmi_range_desc *desc);
/** The inverse; the caller guarantees that the fields fit. */
uint64_t rmi_range_desc_encode(enum rmi_edition edition, unsigned granule_shift,
			       const struct rmi_range_desc *desc);

/** Bytes covered by one entry at `level` for a granule of 1 << granule_shift. */
static inline uint64_t rmi_level_size(unsigned granule_shift, int level)
{
	return UINT64_C(1) << (granule_shift + (unsigned)(3 - level) * (granule_shift - 3));
}

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
