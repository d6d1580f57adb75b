/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RMI commands in the form of v14: one SMC each, no retry; the answer is X0 as an int. Which output is
 * written when is v14's, too (kernel's bugs included): where the sheet says "always" it is written whatever
 * X0 says. Later trees have <linux/arm-rmi-cmds.h>, which the port of this tree is written to.
 *
 * The functions without a body are those of the series' own rmi.c.
 */
#ifndef __ASM_RMI_CMDS_H
#define __ASM_RMI_CMDS_H

#ifdef __LINUX_ARM_RMI_CMDS_H
#error "<asm/rmi_cmds.h> and <linux/arm-rmi-cmds.h> are two generations of one header: include one"
#endif
#include <sim/gen.h>
#if SIM_GEN_NEWEST
#error "the newest trees have <linux/arm-rmi-cmds.h>: see docs/porting.md, Your own kernel files"
#endif

#include <linux/arm-smccc.h>
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/types.h>
#include <asm/rmi_smc.h>

#define RMI_MAX_ADDR_LIST 256

/* A stateful RMI operation: its registers, and the list that the RMM reads and writes. */
struct rmi_sro_state {
	struct arm_smccc_1_2_regs regs;
	unsigned long addr_count;
	unsigned long donated_blocks; /* of the donation that is being answered */
	u64 addr_list[RMI_MAX_ADDR_LIST];
};

int rmi_sro_execute(struct rmi_sro_state *sro, gfp_t gfp);
void rmi_sro_free(struct rmi_sro_state *sro);
int rmi_delegate_range(phys_addr_t phys, unsigned long size);
int rmi_undelegate_range(phys_addr_t phys, unsigned long size);
int free_delegated_page(phys_addr_t phys);

static inline int rmi_delegate_page(phys_addr_t phys)
{
	return rmi_delegate_range(phys, PAGE_SIZE);
}

static inline int rmi_undelegate_page(phys_addr_t phys)
{
	return rmi_undelegate_range(phys, PAGE_SIZE);
}

/* Read at boot. */
extern unsigned long rmm_feat_reg0, rmm_feat_reg1;

static inline unsigned long rmi_feat_reg(unsigned int index)
{
	return index == 0 ? rmm_feat_reg0 : index == 1 ? rmm_feat_reg1 : 0;
}

static inline bool rmi_has_feature(unsigned int index, unsigned long mask)
{
	return rmi_feat_reg(index) & mask;
}

/* Commands that v14 does not expect to be interrupted: INCOMPLETE warns, and the warning's 1 is the answer. */
static inline int __rmi_one_shot(const struct arm_smccc_1_2_regs *regs, phys_addr_t *out_top)
{
	if (RMI_RETURN_STATUS(regs->a0) == RMI_INCOMPLETE)
		return WARN_ON(regs->a0);
	if (out_top)
		*out_top = regs->a1;
	return (int)regs->a0;
}

static inline int rmi_version(unsigned long version, unsigned long *lower, unsigned long *higher)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_VERSION, version };

	arm_smccc_1_2_smc(&regs, &regs);
	*lower = regs.a1;
	*higher = regs.a2;
	return (int)regs.a0;
}

static inline int rmi_features(unsigned long index, unsigned long *value)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_FEATURES, index };

	arm_smccc_1_2_smc(&regs, &regs);
	*value = regs.a1;
	return (int)regs.a0;
}

static inline int rmi_rmm_config_set(phys_addr_t config)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RMM_CONFIG_SET, config };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_rmm_activate(void)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RMM_ACTIVATE };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_gpt_l1_create(phys_addr_t base)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_GPT_L1_CREATE, base };

	arm_smccc_1_2_smc(&regs, &regs);
	return __rmi_one_shot(&regs, NULL);
}

static inline int rmi_granule_range_delegate(phys_addr_t base, phys_addr_t top,
					     phys_addr_t *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_GRANULE_RANGE_DELEGATE, base, top };

	arm_smccc_1_2_smc(&regs, &regs);
	return __rmi_one_shot(&regs, out_top);
}

static inline int rmi_granule_range_undelegate(phys_addr_t base, phys_addr_t top,
					       phys_addr_t *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_GRANULE_RANGE_UNDELEGATE, base, top };

	arm_smccc_1_2_smc(&regs, &regs);
	return __rmi_one_shot(&regs, out_top);
}

/* Without an operation: INCOMPLETE is an error like any other. */
static inline int rmi_realm_create(phys_addr_t rd, phys_addr_t params)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REALM_CREATE, rd, params };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_realm_destroy(phys_addr_t rd)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REALM_DESTROY, rd };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_realm_activate(phys_addr_t rd)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REALM_ACTIVATE, rd };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_realm_terminate(phys_addr_t rd)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REALM_TERMINATE, rd };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_rec_create(phys_addr_t rd, phys_addr_t rec, phys_addr_t params,
				 struct rmi_sro_state *sro)
{
	sro->regs = (struct arm_smccc_1_2_regs){ SMC_RMI_REC_CREATE, rd, rec, params };
	return rmi_sro_execute(sro, GFP_KERNEL);
}

static inline int rmi_rec_destroy(phys_addr_t rec, struct rmi_sro_state *sro)
{
	sro->regs = (struct arm_smccc_1_2_regs){ SMC_RMI_REC_DESTROY, rec };
	return rmi_sro_execute(sro, GFP_KERNEL);
}

static inline int rmi_rec_enter(phys_addr_t rec, phys_addr_t run)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REC_ENTER, rec, run };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_psci_complete(phys_addr_t calling, phys_addr_t target, unsigned long status)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_PSCI_COMPLETE, calling, target, status };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_rtt_create(phys_addr_t rd, phys_addr_t rtt, unsigned long ipa, long level)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_CREATE, rd, rtt, ipa, level };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_rtt_destroy(phys_addr_t rd, unsigned long ipa, long level,
				  phys_addr_t *out_rtt, unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DESTROY, rd, ipa, level };

	arm_smccc_1_2_smc(&regs, &regs);
	*out_rtt = regs.a1;
	*out_top = regs.a2;
	return (int)regs.a0;
}

static inline int rmi_rtt_fold(phys_addr_t rd, unsigned long ipa, long level, phys_addr_t *out_rtt)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_FOLD, rd, ipa, level };

	arm_smccc_1_2_smc(&regs, &regs);
	*out_rtt = regs.a1;
	return (int)regs.a0;
}

static inline int rmi_rtt_data_map_init(phys_addr_t rd, phys_addr_t data, unsigned long ipa,
					phys_addr_t src, unsigned long flags)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DATA_MAP_INIT, rd, data, ipa, src, flags };

	arm_smccc_1_2_smc(&regs, &regs);
	return (int)regs.a0;
}

static inline int rmi_rtt_data_map(phys_addr_t rd, unsigned long base, unsigned long top,
				   unsigned long flags, unsigned long desc, unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DATA_MAP, rd, base, top, flags, desc };
	phys_addr_t end;
	int ret;

	arm_smccc_1_2_smc(&regs, &regs);
	ret = __rmi_one_shot(&regs, &end);
	if (RMI_RETURN_STATUS(regs.a0) != RMI_INCOMPLETE)
		*out_top = end;
	return ret;
}

static inline int rmi_rtt_data_unmap(phys_addr_t rd, unsigned long base, unsigned long top,
				     unsigned long flags, phys_addr_t list,
				     unsigned long *next_addr, unsigned long *out_range,
				     unsigned long *out_count)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DATA_UNMAP, rd, base, top, flags, list };

	arm_smccc_1_2_smc(&regs, &regs);
	*next_addr = regs.a1;
	*out_range = regs.a2;
	*out_count = regs.a3;
	return (int)regs.a0;
}

static inline int rmi_rtt_unprot_map(phys_addr_t rd, unsigned long base, unsigned long top,
				     unsigned long flags, unsigned long desc,
				     unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_UNPROT_MAP, rd, base, top, flags, desc };

	arm_smccc_1_2_smc(&regs, &regs);
	*out_top = regs.a1;
	return (int)regs.a0;
}

static inline int rmi_rtt_unprot_unmap(phys_addr_t rd, unsigned long base, unsigned long top,
				       unsigned long flags, phys_addr_t list,
				       unsigned long *next_addr, unsigned long *out_range,
				       unsigned long *out_count)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_UNPROT_UNMAP, rd, base, top, flags, list };

	arm_smccc_1_2_smc(&regs, &regs);
	*next_addr = regs.a1;
	*out_range = regs.a2;
	*out_count = regs.a3;
	return (int)regs.a0;
}

static inline int rmi_rtt_init_ripas(phys_addr_t rd, unsigned long base, unsigned long top,
				     unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_INIT_RIPAS, rd, base, top };

	arm_smccc_1_2_smc(&regs, &regs);
	*out_top = regs.a1;
	return (int)regs.a0;
}

static inline int rmi_rtt_set_ripas(phys_addr_t rd, phys_addr_t rec, unsigned long base,
				    unsigned long top, unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_SET_RIPAS, rd, rec, base, top };

	arm_smccc_1_2_smc(&regs, &regs);
	*out_top = regs.a1;
	return (int)regs.a0;
}

#endif
