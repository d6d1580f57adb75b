/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kvm-api-surface, section 9: the RMI layer, <asm/rmi_cmds.h> in v14 and <linux/arm-rmi-cmds.h> in newer trees.
 */
#include "surface.h"

#include <linux/arm-smccc.h>
#include <linux/array_size.h>
#if SIM_GEN_V14
#include <asm/rmi_cmds.h>
#include <asm/rmi_smc.h>
typedef int rmi_ret; /* what a wrapper returns */
#else
#include <linux/arm-rmi-cmds.h>
#include <linux/arm-smccc-rmi.h>
typedef long rmi_ret;
#endif

void rmi_calls(struct arm_smccc_1_2_regs *regs, struct arm_smccc_res *res,
	       struct rmi_sro_state *sro);

/* SMC function ids */
#define FID(name, number) VALUE(SMC_RMI_##name, 0xc4000000UL + (number))
FID(VERSION, 0x150);
FID(RTT_DATA_MAP_INIT, 0x153);
FID(REALM_ACTIVATE, 0x157);
FID(REALM_CREATE, 0x158);
FID(REALM_DESTROY, 0x159);
FID(REC_CREATE, 0x15a);
FID(REC_DESTROY, 0x15b);
FID(REC_ENTER, 0x15c);
FID(RTT_CREATE, 0x15d);
FID(RTT_DESTROY, 0x15e);
FID(RTT_READ_ENTRY, 0x161);
FID(PSCI_COMPLETE, 0x164);
FID(FEATURES, 0x165);
FID(RTT_FOLD, 0x166);
FID(RTT_INIT_RIPAS, 0x168);
FID(RTT_SET_RIPAS, 0x169);
FID(RMM_CONFIG_SET, 0x16e);
FID(GRANULE_TRACKING_GET, 0x1e1);
FID(GRANULE_RANGE_DELEGATE, 0x1f1);
FID(GRANULE_RANGE_UNDELEGATE, 0x1f2);
FID(GPT_L1_CREATE, 0x1f3);
FID(RTT_DATA_MAP, 0x1f5);
FID(RTT_DATA_UNMAP, 0x1f6);
FID(RTT_UNPROT_MAP, 0x1fb);
FID(RTT_UNPROT_UNMAP, 0x1fc);
FID(REALM_TERMINATE, 0x201);
FID(RMM_ACTIVATE, 0x202);
FID(OP_CONTINUE, 0x203);
FID(OP_MEM_DONATE, 0x208);
FID(OP_MEM_RECLAIM, 0x209);
FID(OP_CANCEL, 0x20a);
#if SIM_GEN_NEWEST
FID(RMM_DEACTIVATE, 0x20f);
FID(GPT_INFO, 0x211);
VALUE(RMI_RESULT_STATUS(0x204), 4);
VALUE(RMI_RESULT_DATA_LEVEL(0x204), 2);
#endif

/* Status words (dispatch sheet 1.1) */
VALUE(RMI_RETURN_STATUS(0x204), RMI_ERROR_RTT);
VALUE(RMI_RETURN_INDEX(0x204), 2);
VALUE(RMI_RETURN_MEMREQ(0x10d), RMI_OP_MEM_REQ_DONATE);
VALUE(RMI_RETURN_CAN_CANCEL(0x40d), 1);
/* States of an entry, and what an exit and RTT_READ_ENTRY say in one byte */
VALUE(RMI_RTT_ENTRY_VOID, 0);
VALUE(RMI_RTT_ENTRY_DATA, 1);
VALUE(RMI_RTT_ENTRY_TABLE, 2);
FIELD(struct rec_exit, ripas_value, u8);
FIELD(struct rec_exit, pmu_ovf_status, u8);
VALUE(RMI_SUCCESS, 0);
VALUE(RMI_ERROR_INPUT, 1);
VALUE(RMI_ERROR_REALM, 2);
VALUE(RMI_ERROR_REC, 3);
VALUE(RMI_ERROR_RTT, 4);
VALUE(RMI_ERROR_NOT_SUPPORTED, 5);
VALUE(RMI_ERROR_DEVICE, 6);
VALUE(RMI_ERROR_RTT_AUX, 7);
VALUE(RMI_ERROR_PSMMU_ST, 8);
VALUE(RMI_ERROR_DPT, 9);
VALUE(RMI_BUSY, 10);
VALUE(RMI_ERROR_GLOBAL, 11);
VALUE(RMI_ERROR_TRACKING, 12);
VALUE(RMI_INCOMPLETE, 13);
VALUE(RMI_BLOCKED, 14);
VALUE(RMI_ERROR_GPT, 15);
VALUE(RMI_ERROR_GRANULE, 16);

/* Wrappers */
#define PA  phys_addr_t
#define UL1 unsigned long
FUNCTION(rmi_rtt_create, rmi_ret(PA, PA, UL1, long));
FUNCTION(rmi_rtt_destroy, rmi_ret(PA, UL1, long, PA *, UL1 *));
FUNCTION(rmi_rtt_fold, rmi_ret(PA, UL1, long, PA *));
FUNCTION(rmi_rtt_data_map, rmi_ret(PA, UL1, UL1, UL1, UL1, UL1 *));
FUNCTION(rmi_rtt_data_unmap, rmi_ret(PA, UL1, UL1, UL1, PA, UL1 *, UL1 *, UL1 *));
FUNCTION(rmi_rtt_unprot_map, rmi_ret(PA, UL1, UL1, UL1, UL1, UL1 *));
FUNCTION(rmi_rtt_unprot_unmap, rmi_ret(PA, UL1, UL1, UL1, PA, UL1 *, UL1 *, UL1 *));
FUNCTION(rmi_rtt_init_ripas, rmi_ret(PA, UL1, UL1, UL1 *));
FUNCTION(rmi_rtt_set_ripas, rmi_ret(PA, PA, UL1, UL1, UL1 *));
FUNCTION(rmi_rtt_data_map_init, rmi_ret(PA, PA, UL1, PA, UL1));
FUNCTION(rmi_granule_range_delegate, rmi_ret(PA, PA, PA *));
FUNCTION(rmi_granule_range_undelegate, rmi_ret(PA, PA, PA *));
FUNCTION(rmi_realm_terminate, rmi_ret(PA));
FUNCTION(rmi_realm_activate, rmi_ret(PA));
FUNCTION(rmi_rec_create, rmi_ret(PA, PA, PA, struct rmi_sro_state *));
FUNCTION(rmi_rec_destroy, rmi_ret(PA, struct rmi_sro_state *));
FUNCTION(rmi_rec_enter, rmi_ret(PA, PA));
FUNCTION(rmi_psci_complete, rmi_ret(PA, PA, UL1));
#if SIM_GEN_V14
FUNCTION(rmi_realm_create, int(PA, PA));
FUNCTION(rmi_sro_execute, int(struct rmi_sro_state *, gfp_t));
FUNCTION(rmi_delegate_range, int(PA, UL1));
FUNCTION(free_delegated_page, int(PA));
HAS(struct rmi_sro_state, donated_blocks);
VALUE(sizeof(rmm_feat_reg0) + sizeof(rmm_feat_reg1), 16);
#else
FUNCTION(rmi_realm_create, long(PA, PA, struct rmi_sro_state *));
FUNCTION(rmi_realm_destroy, long(PA, struct rmi_sro_state *));
FUNCTION(rmi_sro_execute, long(struct arm_smccc_1_2_regs *));
FUNCTION(rmi_sro_memxfer_execute, long(struct rmi_sro_state *, gfp_t));
FUNCTION(rmi_delegate_range, int(PA, UL1, PA *));
FUNCTION(rmi_free_delegated_page, int(PA));
#endif

/* Other symbols */
HAS(struct arm_smccc_1_2_regs, a17);
VALUE(sizeof(struct arm_smccc_1_2_regs), 18 * sizeof(long));
FUNCTION(arm_smccc_1_2_smc, void(const struct arm_smccc_1_2_regs *, struct arm_smccc_1_2_regs *));

void rmi_calls(struct arm_smccc_1_2_regs *regs, struct arm_smccc_res *res,
	       struct rmi_sro_state *sro)
{
	YIELDS(arm_smccc_1_2_invoke(regs, regs), void);
#if SIM_GEN_NEWEST
	YIELDS(rmi_sro_memxfer_cmd(sro, GFP_KERNEL, SMC_RMI_REC_DESTROY, 0x1000), long);
#endif
	arm_smccc_1_1_invoke(SMC_RMI_VERSION, res);
	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, 1, res);
	arm_smccc_1_1_invoke(SMC_RMI_RTT_SET_RIPAS, 1, 2, 3, 4, 5, 6, 7, res);
}
VALUE(RMI_MAX_ADDR_LIST, 256);
HAS(struct rmi_sro_state, regs);
HAS(struct rmi_sro_state, addr_count);
VALUE(ARRAY_SIZE(((struct rmi_sro_state *)0)->addr_list), 256);
FUNCTION(rmi_sro_free, void(struct rmi_sro_state *));
FUNCTION(rmi_undelegate_range, int(PA, UL1));
FUNCTION(rmi_delegate_page, int(PA));
FUNCTION(rmi_undelegate_page, int(PA));
FUNCTION(rmi_feat_reg, UL1(unsigned int));
FUNCTION(rmi_has_feature, bool(unsigned int, UL1));
VALUE(RMI_FEATURE_REGISTER_0_S2SZ, GENMASK(7, 0));
VALUE(RMI_FEATURE_REGISTER_0_LPA2, BIT(8));
VALUE(RMI_FEATURE_REGISTER_0_SVE, BIT(9));
VALUE(RMI_FEATURE_REGISTER_0_SVE_VL, GENMASK(13, 10));
VALUE(RMI_FEATURE_REGISTER_0_NUM_BPS, GENMASK(19, 14));
VALUE(RMI_FEATURE_REGISTER_0_NUM_WPS, GENMASK(25, 20));
VALUE(RMI_FEATURE_REGISTER_0_PMU, BIT(26));
VALUE(RMI_FEATURE_REGISTER_0_PMU_NUM_CTRS, GENMASK(31, 27));
VALUE(RMI_FEATURE_REGISTER_1_RMI_GRAN_4K, BIT(0));
VALUE(RMI_FEATURE_REGISTER_1_RMI_GRAN_16K, BIT(1));
VALUE(RMI_FEATURE_REGISTER_1_RMI_GRAN_64K, BIT(2));
VALUE(RMI_FEATURE_REGISTER_1_HASH_SHA_256, BIT(3));
VALUE(RMI_FEATURE_REGISTER_1_L0GPTSZ, GENMASK(13, 10));
VALUE(sizeof(struct realm_params), 0x1000);
HAS(struct realm_params, flags0);
HAS(struct realm_params, s2sz);
HAS(struct realm_params, sve_vl);
HAS(struct realm_params, num_bps);
HAS(struct realm_params, num_wps);
HAS(struct realm_params, pmu_num_ctrs);
HAS(struct realm_params, hash_algo);
HAS(struct realm_params, rpv);
HAS(struct realm_params, rtt_base);
HAS(struct realm_params, rtt_level_start);
HAS(struct realm_params, rtt_num_start);
VALUE(sizeof(struct rec_params), 0x1000);
HAS(struct rec_params, flags);
HAS(struct rec_params, mpidr);
HAS(struct rec_params, pc);
VALUE(ARRAY_SIZE(((struct rec_params *)0)->gprs), 8);
VALUE(REC_PARAMS_FLAG_RUNNABLE, BIT(0));
