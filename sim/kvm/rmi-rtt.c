// SPDX-License-Identifier: GPL-2.0-only
/*
 * The realm translation tables: making, folding and destroying them.
 *
 * Part of the kernel's rmi.c (series v14, "RTT level helpers"). Levels: 3 is the last; the root is at
 * get_start_level() and belongs to the realm from its creation.
 */
#include <linux/align.h>
#include <linux/arm-rmi-cmds.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>
#include <asm/stage2_pgtable.h>

#include "rmi.h"

#define RTT_MAX_LEVEL KVM_PGTABLE_LAST_LEVEL

/* So many tables of the last level are folded in one go: a root of 16K or 64K pages alone may have thousands. */
#define RTT_FOLD_BATCH 512

int get_start_level(struct realm *realm)
{
	return 4 - stage2_pgtable_levels(realm->ia_bits);
}

/* Bytes that one entry at this level covers. */
unsigned long rmi_rtt_level_mapsize(int level)
{
	if (WARN_ON(level > RTT_MAX_LEVEL))
		return PAGE_SIZE;
	return kvm_granule_size(level);
}

/* The highest level whose entry at start lies inside [start, end). */
int find_map_level(struct realm *realm, unsigned long start, unsigned long end)
{
	int level = RTT_MAX_LEVEL;

	while (level > get_start_level(realm)) {
		unsigned long map_size = rmi_rtt_level_mapsize(level - 1);

		if (!IS_ALIGNED(start, map_size) || start + map_size > end)
			break;
		level--;
	}
	return level;
}

/*
 * One delegated page for a table, from the cache, or without one at any context's price.
 * PHYS_ADDR_MAX: none could be had.
 */
static phys_addr_t alloc_rtt(struct kvm_mmu_memory_cache *mc)
{
	phys_addr_t phys;
	void *virt;

	if (mc)
		virt = kvm_mmu_memory_cache_alloc(mc);
	else
		virt = (void *)__get_free_page(GFP_ATOMIC | __GFP_ZERO | __GFP_ACCOUNT);
	if (!virt)
		return PHYS_ADDR_MAX;

	phys = virt_to_phys(virt);
	if (rmi_delegate_page(phys)) {
		free_page((unsigned long)virt);
		return PHYS_ADDR_MAX;
	}
	kvm_account_pgtable_pages(virt, 1);
	return phys;
}

/* Take back a page that was a table; one that the RMM keeps stays accounted. */
static void free_rtt(phys_addr_t phys)
{
	if (rmi_free_delegated_page(phys))
		return;
	kvm_account_pgtable_pages(phys_to_virt(phys), -1);
}

static unsigned long realm_rtt_create(struct realm *realm, unsigned long addr, int level,
				      phys_addr_t phys)
{
	addr = ALIGN_DOWN(addr, rmi_rtt_level_mapsize(level - 1));
	return rmi_rtt_create(realm_rd_phys(realm), phys, addr, level);
}

static unsigned long realm_rtt_fold(struct realm *realm, unsigned long addr, int level,
				    phys_addr_t *rtt)
{
	addr = ALIGN_DOWN(addr, rmi_rtt_level_mapsize(level - 1));
	return rmi_rtt_fold(realm_rd_phys(realm), addr, level, rtt);
}

/*
 * Make the tables of levels level+1..max_level on the way to ipa. A table that somebody else made in the
 * meantime is as good. 0, -ENOMEM, or -ENXIO when the RMM refuses.
 */
int realm_create_rtt_levels(struct realm *realm, unsigned long ipa, int level, int max_level,
			    struct kvm_mmu_memory_cache *mc)
{
	while (level++ < max_level) {
		phys_addr_t rtt = alloc_rtt(mc);
		unsigned long ret;

		if (rtt == PHYS_ADDR_MAX)
			return -ENOMEM;

		ret = realm_rtt_create(realm, ipa, level, rtt);
		if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS)
			continue;
		free_rtt(rtt);
		if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT &&
		    (int)RMI_RETURN_INDEX(ret) == level - 1)
			continue; /* the table exists */
		WARN(1, "RMI_RTT_CREATE: 0x%lx\n", ret);
		return -ENXIO;
	}
	return 0;
}

/*
 * Fold the tables of this level in [start, end), those below first where that is needed.
 * Returns how many could not be folded here, or -ENXIO.
 *
 * An address that is not aligned is rounded up, as in v14, but not behind the end of the IPA space (museum B123). v14
 * folds a whole realm without a break; here mmu_lock may be dropped behind each table above the last level, and behind
 * RTT_FOLD_BATCH of the last, if may_block. A root of the last level has no table below it.
 */
int realm_fold_rtt_level(struct kvm *kvm, int level, unsigned long start, unsigned long end,
			 bool may_block)
{
	unsigned long map_size = rmi_rtt_level_mapsize(level - 1);
	unsigned long batch = level < RTT_MAX_LEVEL ? map_size : RTT_FOLD_BATCH * map_size;
	unsigned long addr, next;
	bool again = false;
	int not_folded = 0;

	if (level > RTT_MAX_LEVEL)
		return 0;

	for (addr = start; addr < end; addr = again ? addr : next) {
		unsigned long align_addr = ALIGN(addr, map_size);
		phys_addr_t rtt_granule;
		unsigned long ret;
		int below;

		next = ALIGN(addr + 1, map_size);
		if (align_addr >= BIT(kvm->arch.realm.ia_bits))
			break;

		if (may_block && addr != start && IS_ALIGNED(addr, batch))
			cond_resched_rwlock_write(&kvm->mmu_lock);
		ret = realm_rtt_fold(&kvm->arch.realm, align_addr, level, &rtt_granule);
		if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS) {
			free_rtt(rtt_granule);
			again = false;
			continue;
		}
		if (WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT))
			return -ENXIO;

		/* No such table; one that is not homogeneous; one that failed after its children folded. */
		if (level == RTT_MAX_LEVEL || (int)RMI_RETURN_INDEX(ret) < level || again) {
			not_folded++;
			again = false;
			continue;
		}
		below = realm_fold_rtt_level(kvm, level + 1, addr, next, may_block);
		if (below < 0)
			return below;
		again = below == 0;
	}
	return not_folded;
}

/* Destroy the tables of this level and below in [start, end); nothing may be mapped. */
int realm_tear_down_rtt_range(struct realm *realm, int level, unsigned long start,
			      unsigned long end)
{
	unsigned long map_size, addr, next;

	if (WARN_ON(level > RTT_MAX_LEVEL))
		return -EINVAL;

	map_size = rmi_rtt_level_mapsize(level - 1);
	for (addr = start; addr < end; addr = next) {
		bool again = false;
		unsigned long ret;
		phys_addr_t rtt;
		int err;

		next = ALIGN(addr + 1, map_size);
		if (next > end || !IS_ALIGNED(addr, map_size)) {
			/* Part of an entry: what is below it, as far as it lies in the range. */
			err = realm_tear_down_rtt_range(realm, level + 1, addr, min(next, end));
			if (err)
				return err;
			continue;
		}

		do {
			unsigned long top = addr;

			ret = rmi_rtt_destroy(realm_rd_phys(realm), addr, level, &rtt, &top);
			if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS) {
				free_rtt(rtt);
				if (WARN_ON(top <= addr))
					return -ENXIO;
				next = top;
				break;
			}
			if (WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT))
				return -ENXIO;
			if (top > addr) {
				next = top; /* no table here */
				break;
			}
			if (WARN_ON(again || (int)RMI_RETURN_INDEX(ret) != level ||
				    level == RTT_MAX_LEVEL))
				return -EBUSY;
			err = realm_tear_down_rtt_range(realm, level + 1, addr, next);
			if (err)
				return err;
			again = true;
		} while (again);
	}
	return 0;
}

/* Destroy every table below the root. */
void kvm_realm_destroy_rtts(struct kvm *kvm)
{
	struct realm *realm = &kvm->arch.realm;

	if (get_start_level(realm) == RTT_MAX_LEVEL)
		return;
	WARN_ON(realm_tear_down_rtt_range(realm, get_start_level(realm) + 1, 0,
					  BIT(realm->ia_bits)));
}
