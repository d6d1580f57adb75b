/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RMI ABI as the host uses it: identifiers, statuses, fields and the layouts of the pages it shares
 * with the RMM. Numbers: DEN0137 2.0-bet1, B4.5 and B4.6.
 */
#ifndef __ASM_RMI_SMC_H
#define __ASM_RMI_SMC_H

#include <linux/types.h>
#include <linux/bits.h>
#include <linux/bitfield.h>
#include <asm/page-def.h>

#define SMC_RMI_CALL(n) (0xc4000000UL + (n))

#define SMC_RMI_VERSION                  SMC_RMI_CALL(0x150)
#define SMC_RMI_RTT_DATA_MAP_INIT        SMC_RMI_CALL(0x153)
#define SMC_RMI_REALM_ACTIVATE           SMC_RMI_CALL(0x157)
#define SMC_RMI_REALM_CREATE             SMC_RMI_CALL(0x158)
#define SMC_RMI_REALM_DESTROY            SMC_RMI_CALL(0x159)
#define SMC_RMI_REC_CREATE               SMC_RMI_CALL(0x15a)
#define SMC_RMI_REC_DESTROY              SMC_RMI_CALL(0x15b)
#define SMC_RMI_REC_ENTER                SMC_RMI_CALL(0x15c)
#define SMC_RMI_RTT_CREATE               SMC_RMI_CALL(0x15d)
#define SMC_RMI_RTT_DESTROY              SMC_RMI_CALL(0x15e)
#define SMC_RMI_RTT_READ_ENTRY           SMC_RMI_CALL(0x161)
#define SMC_RMI_PSCI_COMPLETE            SMC_RMI_CALL(0x164)
#define SMC_RMI_FEATURES                 SMC_RMI_CALL(0x165)
#define SMC_RMI_RTT_FOLD                 SMC_RMI_CALL(0x166)
#define SMC_RMI_RTT_INIT_RIPAS           SMC_RMI_CALL(0x168)
#define SMC_RMI_RTT_SET_RIPAS            SMC_RMI_CALL(0x169)
#define SMC_RMI_RMM_CONFIG_SET           SMC_RMI_CALL(0x16e)
#define SMC_RMI_GRANULE_TRACKING_GET     SMC_RMI_CALL(0x1e1)
#define SMC_RMI_GRANULE_RANGE_DELEGATE   SMC_RMI_CALL(0x1f1)
#define SMC_RMI_GRANULE_RANGE_UNDELEGATE SMC_RMI_CALL(0x1f2)
#define SMC_RMI_GPT_L1_CREATE            SMC_RMI_CALL(0x1f3)
#define SMC_RMI_RTT_DATA_MAP             SMC_RMI_CALL(0x1f5)
#define SMC_RMI_RTT_DATA_UNMAP           SMC_RMI_CALL(0x1f6)
#define SMC_RMI_RTT_UNPROT_MAP           SMC_RMI_CALL(0x1fb)
#define SMC_RMI_RTT_UNPROT_UNMAP         SMC_RMI_CALL(0x1fc)
#define SMC_RMI_REALM_TERMINATE          SMC_RMI_CALL(0x201)
#define SMC_RMI_RMM_ACTIVATE             SMC_RMI_CALL(0x202)
#define SMC_RMI_OP_CONTINUE              SMC_RMI_CALL(0x203)
#define SMC_RMI_OP_MEM_DONATE            SMC_RMI_CALL(0x208)
#define SMC_RMI_OP_MEM_RECLAIM           SMC_RMI_CALL(0x209)
#define SMC_RMI_OP_CANCEL                SMC_RMI_CALL(0x20a)

#define RMI_ABI_VERSION 0x20000UL /* major 30:16, minor 15:0 */

/* RmiStatusCode */
#define RMI_SUCCESS             0
#define RMI_ERROR_INPUT         1
#define RMI_ERROR_REALM         2
#define RMI_ERROR_REC           3
#define RMI_ERROR_RTT           4
#define RMI_ERROR_NOT_SUPPORTED 5
#define RMI_ERROR_DEVICE        6
#define RMI_ERROR_RTT_AUX       7
#define RMI_ERROR_PSMMU_ST      8
#define RMI_ERROR_DPT           9
#define RMI_BUSY                10
#define RMI_ERROR_GLOBAL        11
#define RMI_ERROR_TRACKING      12
#define RMI_INCOMPLETE          13
#define RMI_BLOCKED             14
#define RMI_ERROR_GPT           15
#define RMI_ERROR_GRANULE       16

/* RmiResult, X0 of every command */
#define RMI_RETURN_STATUS(r)     ((r)&0xff)
#define RMI_RETURN_INDEX(r)      (((r) >> 8) & 0xff) /* ERROR_RTT: where the walk stopped */
#define RMI_RETURN_MEMREQ(r)     (((r) >> 8) & 0x3)  /* INCOMPLETE */
#define RMI_RETURN_CAN_CANCEL(r) (((r) >> 10) & 0x1) /* INCOMPLETE */

#define RMI_OP_MEM_REQ_NONE    0
#define RMI_OP_MEM_REQ_DONATE  1
#define RMI_OP_MEM_REQ_RECLAIM 2

/* RmiAddrRangeDesc; for the state see rmi_desc_state() */
#define RMI_ADDR_RANGE_SIZE_MASK       GENMASK(1, 0)
#define RMI_ADDR_RANGE_COUNT_MASK      GENMASK(PAGE_SHIFT - 1, 2)
#define RMI_ADDR_RANGE_ADDR_MASK       (PAGE_MASK & GENMASK(51, 0))
#define RMI_ADDR_RANGE_STATE_MASK      BIT(63)         /* up to bet2 */
#define RMI_ADDR_RANGE_STATE_MASK_BET3 GENMASK(63, 62) /* museum B21 */

#define RMI_OP_MEM_DELEGATED   0UL
#define RMI_OP_MEM_UNDELEGATED 1UL

/* RmiOpMemDonateReq */
#define RMI_DONATE_SIZE(req)   ((req)&0x3)
#define RMI_DONATE_COUNT(req)  (((req) >> 2) & 0x3fff)
#define RMI_DONATE_CONTIG(req) (((req) >> 16) & 0x1)
#define RMI_DONATE_STATE(req)  (((req) >> 17) & 0x3) /* bit 18 is 0 up to bet2 */

/* RmiRttProtMapFlags, RmiRttUnprotMapFlags, RmiRttUnmapFlags */
#define RMI_ADDR_TYPE_NONE          0UL
#define RMI_ADDR_TYPE_SINGLE        1UL
#define RMI_ADDR_TYPE_LIST          2UL
#define RMI_UNPROT_MAP_MEMATTR_MASK GENMASK(18, 16)
#define RMI_UNPROT_MAP_S2AP_MASK    GENMASK(22, 19)
#define RMI_S2AP_WRITE              BIT(0)
#define RMI_S2AP_READ               BIT(1)

#define RMI_MEASURE_CONTENT BIT(0) /* RmiDataFlags */

/* RmiRttEntryState and RmiRipas */
#define RMI_RTT_ENTRY_VOID  0
#define RMI_RTT_ENTRY_DATA  1
#define RMI_RTT_ENTRY_TABLE 2

#define RMI_EMPTY     0
#define RMI_RAM       1
#define RMI_DESTROYED 2
#define RMI_DEV       3

/* Tracking */
#define RMI_MEM_CATEGORY_CONVENTIONAL 0
#define RMI_TRACKING_FINE             2

/* Feature registers 0 and 1 */
#define RMI_FEATURE_REGISTER_0_S2SZ         GENMASK(7, 0)
#define RMI_FEATURE_REGISTER_0_LPA2         BIT(8)
#define RMI_FEATURE_REGISTER_0_SVE          BIT(9)
#define RMI_FEATURE_REGISTER_0_SVE_VL       GENMASK(13, 10)
#define RMI_FEATURE_REGISTER_0_NUM_BPS      GENMASK(19, 14)
#define RMI_FEATURE_REGISTER_0_NUM_WPS      GENMASK(25, 20)
#define RMI_FEATURE_REGISTER_0_PMU          BIT(26)
#define RMI_FEATURE_REGISTER_0_PMU_NUM_CTRS GENMASK(31, 27)
#define RMI_FEATURE_REGISTER_0_S2OASZ       GENMASK(40, 33) /* from bet3 on, never 0 there */
#define RMI_FEATURE_REGISTER_1_RMI_GRAN_4K  BIT(0)
#define RMI_FEATURE_REGISTER_1_RMI_GRAN_16K BIT(1)
#define RMI_FEATURE_REGISTER_1_RMI_GRAN_64K BIT(2)
#define RMI_FEATURE_REGISTER_1_HASH_SHA_256 BIT(3)
#define RMI_FEATURE_REGISTER_1_L0GPTSZ      GENMASK(13, 10)

/* RmiGranuleSize */
#define RMI_GRANULE_SIZE_4KB  0
#define RMI_GRANULE_SIZE_16KB 1
#define RMI_GRANULE_SIZE_64KB 2

/* RmiRecExitReason */
#define RMI_EXIT_SYNC         0
#define RMI_EXIT_IRQ          1
#define RMI_EXIT_FIQ          2
#define RMI_EXIT_PSCI         3
#define RMI_EXIT_RIPAS_CHANGE 4
#define RMI_EXIT_HOST_CALL    5
#define RMI_EXIT_SERROR       6
#define RMI_EXIT_S2AP_CHANGE  7

#define RMI_LAYOUT(type, field, offset) \
	_Static_assert(__builtin_offsetof(type, field) == (offset), #type "." #field)

/* RmiRmmConfig */
struct rmm_config {
	union {
		struct {
			u8 tracking_region_size;
			u8 padding0[7];
			u8 rmi_granule_size;
		};
		u8 padding[0x1000];
	};
};
RMI_LAYOUT(struct rmm_config, rmi_granule_size, 0x8);
_Static_assert(sizeof(struct rmm_config) == 0x1000, "RmiRmmConfig");

/* RmiRealmParams */
struct realm_params {
	u64 flags0;
	u64 s2sz;
	u64 sve_vl;
	u64 num_bps; /* count minus one */
	u64 num_wps;
	u64 pmu_num_ctrs;
	u64 hash_algo;
	u64 num_aux_planes;
	u8 padding0[0x400 - 0x40];
	u8 rpv[64];
	u64 ats_plane;
	u8 padding1[0x808 - 0x448];
	u64 rtt_base;
	s64 rtt_level_start;
	u32 rtt_num_start;
	u32 padding2;
	u64 flags1;
	u8 padding3[0x1000 - 0x828];
};
RMI_LAYOUT(struct realm_params, hash_algo, 0x30);
RMI_LAYOUT(struct realm_params, rpv, 0x400);
RMI_LAYOUT(struct realm_params, rtt_base, 0x808);
RMI_LAYOUT(struct realm_params, rtt_level_start, 0x810);
RMI_LAYOUT(struct realm_params, rtt_num_start, 0x818);
RMI_LAYOUT(struct realm_params, flags1, 0x820);
_Static_assert(sizeof(struct realm_params) == 0x1000, "RmiRealmParams");

#define RMI_REALM_PARAM_FLAG_LPA2 BIT(0)

/* RmiRecParams */
#define REC_PARAMS_FLAG_RUNNABLE BIT(0)
#define REC_CREATE_NR_GPRS       8

struct rec_params {
	u64 flags;
	u8 padding0[0x100 - 0x8];
	u64 mpidr;
	u8 padding1[0x200 - 0x108];
	u64 pc;
	u8 padding2[0x300 - 0x208];
	u64 gprs[REC_CREATE_NR_GPRS];
	u8 padding3[0x1000 - 0x340];
};
RMI_LAYOUT(struct rec_params, mpidr, 0x100);
RMI_LAYOUT(struct rec_params, pc, 0x200);
RMI_LAYOUT(struct rec_params, gprs, 0x300);
_Static_assert(sizeof(struct rec_params) == 0x1000, "RmiRecParams");

/* RmiRecEnter: flags */
#define REC_ENTER_FLAG_EMULATED_MMIO  BIT(0)
#define REC_ENTER_FLAG_INJECT_SEA     BIT(1)
#define REC_ENTER_FLAG_TRAP_WFI       BIT(2)
#define REC_ENTER_FLAG_TRAP_WFE       BIT(3)
#define REC_ENTER_FLAG_RIPAS_RESPONSE BIT(4) /* set: the host rejects */

#define REC_RUN_GPRS 31

struct rec_enter {
	u64 flags;
	u8 padding0[0x200 - 0x8];
	u64 gprs[REC_RUN_GPRS];
	u8 padding1[0x800 - 0x2f8];
};
RMI_LAYOUT(struct rec_enter, gprs, 0x200);
_Static_assert(sizeof(struct rec_enter) == 0x800, "RmiRecEnter");

struct rec_exit {
	u8 exit_reason;
	u8 padding0[0x100 - 0x1];
	u64 esr;
	u64 far;
	u64 hpfar;
	u64 rtt_tree;
	u8 padding1[0x200 - 0x120];
	u64 gprs[REC_RUN_GPRS];
	u8 padding2[0x400 - 0x2f8];
	u64 cntp_ctl;
	u64 cntp_cval;
	u64 cntv_ctl;
	u64 cntv_cval;
	u8 padding3[0x500 - 0x420];
	u64 ripas_base;
	u64 ripas_top;
	u8 ripas_value;
	u8 padding4[0x600 - 0x511];
	u16 imm;
	u8 padding5[6];
	u64 plane;
	u8 padding6[0x700 - 0x610];
	u8 pmu_ovf_status;
	u8 padding7[0x800 - 0x701];
};
RMI_LAYOUT(struct rec_exit, esr, 0x100);
RMI_LAYOUT(struct rec_exit, hpfar, 0x110);
RMI_LAYOUT(struct rec_exit, gprs, 0x200);
RMI_LAYOUT(struct rec_exit, cntp_ctl, 0x400);
RMI_LAYOUT(struct rec_exit, ripas_base, 0x500);
RMI_LAYOUT(struct rec_exit, ripas_value, 0x510);
RMI_LAYOUT(struct rec_exit, imm, 0x600);
RMI_LAYOUT(struct rec_exit, plane, 0x608);
RMI_LAYOUT(struct rec_exit, pmu_ovf_status, 0x700);
_Static_assert(sizeof(struct rec_exit) == 0x800, "RmiRecExit");

struct rec_run {
	struct rec_enter enter;
	struct rec_exit exit;
};
RMI_LAYOUT(struct rec_run, exit, 0x800);

#undef RMI_LAYOUT

#endif
