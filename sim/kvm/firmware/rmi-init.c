// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RMI driver: finding the RMM at boot and setting it up for this host.
 *
 * Follows the boot part of the CCA series at v14; see docs/porting.md.
 */
#include <linux/arm-rmi-cmds.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>

static unsigned long rmi_feat_regs[2];

unsigned long rmi_feat_reg(unsigned int index)
{
	return index < ARRAY_SIZE(rmi_feat_regs) ? rmi_feat_regs[index] : 0;
}

static int rmi_check_version(void)
{
	unsigned long lower, higher;

	if (rmi_version(RMI_ABI_VERSION, &lower, &higher) != RMI_SUCCESS) {
		pr_info("RMI: no RMM of version 2.0\n");
		return -ENODEV;
	}
	return 0;
}

static int rmi_read_features(void)
{
	unsigned long granule = PAGE_SHIFT == 12   ? RMI_FEATURE_REGISTER_1_RMI_GRAN_4K
				: PAGE_SHIFT == 14 ? RMI_FEATURE_REGISTER_1_RMI_GRAN_16K
						   : RMI_FEATURE_REGISTER_1_RMI_GRAN_64K;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rmi_feat_regs); i++) {
		if (rmi_features(i, &rmi_feat_regs[i]) != RMI_SUCCESS)
			return -ENODEV;
	}
	if (!rmi_has_feature(1, granule)) {
		pr_err("RMI: the RMM does not support the host's page size\n");
		return -ENODEV;
	}
	return 0;
}

static int rmi_configure(void)
{
	struct rmm_config *config = (struct rmm_config *)get_zeroed_page(GFP_KERNEL);
	unsigned long ret;

	if (!config)
		return -ENOMEM;
	config->rmi_granule_size = PAGE_SHIFT == 12   ? RMI_GRANULE_SIZE_4KB
				   : PAGE_SHIFT == 14 ? RMI_GRANULE_SIZE_16KB
						      : RMI_GRANULE_SIZE_64KB;
	ret = rmi_rmm_config_set(virt_to_phys(config));
	free_page((unsigned long)config);
	return ret == RMI_SUCCESS ? 0 : -ENODEV;
}

static int rmi_activate(void)
{
	struct rmi_sro_state *sro = rmi_sro_alloc(GFP_KERNEL);
	int ret;

	if (!sro)
		return -ENOMEM;
	ret = rmi_rmm_activate(sro);
	rmi_sro_free(sro);
	return ret;
}

/* All RAM must be conventional memory in fine tracking: the host never changes tracking. */
static int rmi_check_tracking(void)
{
	phys_addr_t start, end;
	u64 i;

	for_each_mem_range(i, &start, &end)
	{
		while (start < end) {
			unsigned long category, state, ret;
			phys_addr_t next;

			ret = rmi_granule_tracking_get(start, end, &category, &state, &next);
			if (RMI_RETURN_STATUS(ret) != RMI_SUCCESS)
				return -ENODEV;
			if (category != RMI_MEM_CATEGORY_CONVENTIONAL || state != RMI_TRACKING_FINE)
				return -ENODEV;
			if (next <= start || next > end)
				return -ENODEV;
			start = next;
		}
	}
	return 0;
}

/* Find the RMM, configure it for this host and activate it. 0, or -errno: realms cannot be had. */
int rmi_probe(void)
{
	int ret = rmi_check_version();

	if (!ret)
		ret = rmi_read_features();
	if (!ret)
		ret = rmi_configure();
	if (!ret)
		ret = rmi_activate();
	if (!ret)
		ret = rmi_check_tracking();
	return ret;
}
