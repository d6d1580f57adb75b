/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's interface, in the form of the trees after v16: one inline function an RMI command, all of them
 * over arm_smccc_1_2_smc(), and what the driver's own file defines. v14 has <asm/rmi_cmds.h> in its place; a
 * file includes one of the two.
 *
 * A command that moves no memory returns X0, the RmiResult word, and writes an output only on a status
 * for which the specification defines it. A command that may take or give back memory goes through a
 * struct rmi_sro_state and returns 0 or -errno; its last registers stay in sro->regs.
 */
#ifndef __LINUX_ARM_RMI_CMDS_H
#define __LINUX_ARM_RMI_CMDS_H

#ifdef __ASM_RMI_CMDS_H
#error "<asm/rmi_cmds.h> and <linux/arm-rmi-cmds.h> are two generations of one header: include one"
#endif

#include <linux/arm-smccc-rmi.h>
#include <linux/arm-smccc.h>
#include <linux/gfp.h>
#include <linux/types.h>

#define RMI_MAX_ADDR_LIST 256

/* A stateful RMI operation that may transfer memory: one page, because the RMM reads and writes the list. */
struct rmi_sro_state {
	struct arm_smccc_1_2_regs regs; /* in: the command; then the last answer */
	unsigned long addr_count;       /* descriptors in the list, all of them ours to give back */
	u64 addr_list[RMI_MAX_ADDR_LIST];
};

/* The driver; in this tree sim/kvm/firmware/ */
long rmi_sro_execute(struct arm_smccc_1_2_regs *regs);
long rmi_sro_memxfer_execute(struct rmi_sro_state *sro, gfp_t gfp);
struct rmi_sro_state *rmi_sro_alloc(gfp_t gfp);
void rmi_sro_free(struct rmi_sro_state *sro);
int rmi_sro_free_list(struct rmi_sro_state *sro);

/* One command with its arguments, carried through. */
#define rmi_sro_memxfer_cmd(sro, gfp, ...)                                \
	__extension__({                                                   \
		struct rmi_sro_state *__sro = (sro);                      \
		__sro->regs = (struct arm_smccc_1_2_regs){ __VA_ARGS__ }; \
		rmi_sro_memxfer_execute(__sro, gfp);                      \
	})

int rmi_delegate_range(phys_addr_t phys, unsigned long size, phys_addr_t *out_phys);
int rmi_undelegate_range(phys_addr_t phys, unsigned long size);
int rmi_delegate_page(phys_addr_t phys);
int rmi_undelegate_page(phys_addr_t phys);
int rmi_free_delegated_page(phys_addr_t phys);

unsigned long rmi_block_size(unsigned int code);
int rmi_probe(void);
unsigned long rmi_feat_reg(unsigned int index);

static inline bool rmi_has_feature(unsigned int index, unsigned long mask)
{
	return rmi_feat_reg(index) & mask;
}

/*
 * The state field of an RmiAddrRangeDesc. It got its second bit in bet3, whose RMM is known by the output
 * address size that it announces.
 */
static inline unsigned long rmi_desc_state(unsigned long state)
{
	if (rmi_has_feature(0, RMI_FEATURE_REGISTER_0_S2OASZ))
		return FIELD_PREP(RMI_ADDR_RANGE_STATE_MASK_BET3, state);
	return FIELD_PREP(RMI_ADDR_RANGE_STATE_MASK, state);
}

static inline long rmi_version(unsigned long version, unsigned long *lower, unsigned long *higher)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_VERSION, version };

	arm_smccc_1_2_smc(&regs, &regs);
	*lower = regs.a1;
	*higher = regs.a2;
	return regs.a0;
}

static inline long rmi_features(unsigned long index, unsigned long *value)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_FEATURES, index };

	arm_smccc_1_2_smc(&regs, &regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*value = regs.a1;
	return regs.a0;
}

static inline long rmi_rmm_config_set(phys_addr_t config)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RMM_CONFIG_SET, config };

	rmi_sro_execute(&regs);
	return regs.a0;
}

static inline long rmi_rmm_activate(struct rmi_sro_state *sro)
{
	return rmi_sro_memxfer_cmd(sro, GFP_KERNEL, SMC_RMI_RMM_ACTIVATE);
}

static inline long rmi_granule_tracking_get(phys_addr_t base, phys_addr_t top,
					    unsigned long *category, unsigned long *state,
					    phys_addr_t *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_GRANULE_TRACKING_GET, base, top };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS) {
		*category = regs.a1;
		*state = regs.a2;
		*out_top = regs.a3;
	}
	return regs.a0;
}

static inline long rmi_granule_range_delegate(phys_addr_t base, phys_addr_t top,
					      phys_addr_t *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_GRANULE_RANGE_DELEGATE, base, top };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_top = regs.a1;
	return regs.a0;
}

static inline long rmi_granule_range_undelegate(phys_addr_t base, phys_addr_t top,
						phys_addr_t *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_GRANULE_RANGE_UNDELEGATE, base, top };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_top = regs.a1;
	return regs.a0;
}

static inline long rmi_realm_create(phys_addr_t rd, phys_addr_t params, struct rmi_sro_state *sro)
{
	return rmi_sro_memxfer_cmd(sro, GFP_KERNEL, SMC_RMI_REALM_CREATE, rd, params);
}

static inline long rmi_realm_destroy(phys_addr_t rd, struct rmi_sro_state *sro)
{
	return rmi_sro_memxfer_cmd(sro, GFP_KERNEL, SMC_RMI_REALM_DESTROY, rd);
}

static inline long rmi_realm_activate(phys_addr_t rd)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REALM_ACTIVATE, rd };

	rmi_sro_execute(&regs);
	return regs.a0;
}

static inline long rmi_realm_terminate(phys_addr_t rd)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REALM_TERMINATE, rd };

	return rmi_sro_execute(&regs);
}

static inline long rmi_rec_create(phys_addr_t rd, phys_addr_t rec, phys_addr_t params,
				  struct rmi_sro_state *sro)
{
	return rmi_sro_memxfer_cmd(sro, GFP_KERNEL, SMC_RMI_REC_CREATE, rd, rec, params);
}

static inline long rmi_rec_destroy(phys_addr_t rec, struct rmi_sro_state *sro)
{
	return rmi_sro_memxfer_cmd(sro, GFP_KERNEL, SMC_RMI_REC_DESTROY, rec);
}

static inline long rmi_rec_enter(phys_addr_t rec, phys_addr_t run)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_REC_ENTER, rec, run };

	arm_smccc_1_2_smc(&regs, &regs);
	return regs.a0;
}

/* bet3 finds the target by the MPIDR that the realm gave. */
static inline long rmi_psci_complete(phys_addr_t calling_rec, phys_addr_t target_rec,
				     unsigned long status)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_PSCI_COMPLETE, calling_rec, target_rec, status };

	if (rmi_has_feature(0, RMI_FEATURE_REGISTER_0_S2OASZ)) {
		regs.a2 = status;
		regs.a3 = 0;
	}
	rmi_sro_execute(&regs);
	return regs.a0;
}

static inline long rmi_rtt_create(phys_addr_t rd, phys_addr_t rtt, unsigned long ipa, long level)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_CREATE, rd, rtt, ipa, level };

	return rmi_sro_execute(&regs);
}

/* *next_addr is valid on SUCCESS and on ERROR_RTT, *out_rtt on SUCCESS. */
static inline long rmi_rtt_destroy(phys_addr_t rd, unsigned long ipa, long level,
				   phys_addr_t *out_rtt, unsigned long *next_addr)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DESTROY, rd, ipa, level };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_rtt = regs.a1;
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS ||
	    RMI_RETURN_STATUS(regs.a0) == RMI_ERROR_RTT)
		*next_addr = regs.a2;
	return regs.a0;
}

static inline long rmi_rtt_fold(phys_addr_t rd, unsigned long ipa, long level, phys_addr_t *out_rtt)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_FOLD, rd, ipa, level };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_rtt = regs.a1;
	return regs.a0;
}

struct rmi_rtt_entry {
	long level;
	unsigned long state, desc, ripas;
};

static inline long rmi_rtt_read_entry(phys_addr_t rd, unsigned long ipa, long level,
				      struct rmi_rtt_entry *entry)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_READ_ENTRY, rd, ipa, level };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS) {
		entry->level = regs.a1;
		entry->state = regs.a2 & 0xff;
		entry->desc = regs.a3;
		entry->ripas = regs.a4 & 0xff;
	}
	return regs.a0;
}

static inline long rmi_rtt_data_map_init(phys_addr_t rd, phys_addr_t data, unsigned long ipa,
					 phys_addr_t src, unsigned long flags)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DATA_MAP_INIT, rd, data, ipa, src, flags };

	return rmi_sro_execute(&regs);
}

static inline long rmi_rtt_data_map(phys_addr_t rd, unsigned long base, unsigned long top,
				    unsigned long flags, unsigned long desc, unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DATA_MAP, rd, base, top, flags, desc };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_top = regs.a1;
	return regs.a0;
}

/* *out_range: with RMI_ADDR_TYPE_SINGLE, what was mapped; 0 when nothing was. */
static inline long rmi_rtt_data_unmap(phys_addr_t rd, unsigned long base, unsigned long top,
				      unsigned long flags, phys_addr_t list,
				      unsigned long *next_addr, unsigned long *out_range,
				      unsigned long *out_count)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_DATA_UNMAP, rd, base, top, flags, list };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS) {
		*next_addr = regs.a1;
		*out_range = regs.a2;
		*out_count = regs.a3;
	}
	return regs.a0;
}

static inline long rmi_rtt_unprot_map(phys_addr_t rd, unsigned long base, unsigned long top,
				      unsigned long flags, unsigned long desc,
				      unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_UNPROT_MAP, rd, base, top, flags, desc };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_top = regs.a1;
	return regs.a0;
}

static inline long rmi_rtt_unprot_unmap(phys_addr_t rd, unsigned long base, unsigned long top,
					unsigned long flags, phys_addr_t list,
					unsigned long *next_addr, unsigned long *out_range,
					unsigned long *out_count)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_UNPROT_UNMAP, rd, base, top, flags, list };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS) {
		*next_addr = regs.a1;
		*out_range = regs.a2;
		*out_count = regs.a3;
	}
	return regs.a0;
}

static inline long rmi_rtt_init_ripas(phys_addr_t rd, unsigned long base, unsigned long top,
				      unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_INIT_RIPAS, rd, base, top };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_top = regs.a1;
	return regs.a0;
}

static inline long rmi_rtt_set_ripas(phys_addr_t rd, phys_addr_t rec, unsigned long base,
				     unsigned long top, unsigned long *out_top)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_SET_RIPAS, rd, rec, base, top };

	rmi_sro_execute(&regs);
	if (RMI_RETURN_STATUS(regs.a0) == RMI_SUCCESS)
		*out_top = regs.a1;
	return regs.a0;
}

#endif
