// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping memory into a realm, and unmapping it.
 *
 * Part of the kernel's rmi.c (series v14 with the fixes of docs/porting.md). Everything here is called
 * with kvm->mmu_lock held for write, unless the realm has no users left.
 */
#include <linux/align.h>
#include <linux/arm-rmi-cmds.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>
#include <asm/memory.h>

#include "rmi.h"

/* RmiAddrBlockSize for memory at phys: a block only when size is exactly one aligned block. */
static unsigned int addr_range_code(phys_addr_t phys, unsigned long size)
{
	unsigned int code;

	for (code = 3; code > 0; code--) {
		if (size == rmi_block_size(code) && IS_ALIGNED(phys, size))
			break;
	}
	return code;
}

/* How much of [phys, phys + size) one descriptor describes. */
static unsigned long addr_range_size(phys_addr_t phys, unsigned long size)
{
	if (addr_range_code(phys, size))
		return size;
	return min(size, (PTRS_PER_PTE - 1UL) << PAGE_SHIFT);
}

/*
 * The RmiAddrRangeDesc of memory at phys: one block, or as many pages as size has and one descriptor
 * carries.
 */
unsigned long addr_range_desc(phys_addr_t phys, unsigned long size, unsigned long state)
{
	unsigned int code = addr_range_code(phys, size);
	unsigned long count = code ? 1 : addr_range_size(phys, size) >> PAGE_SHIFT;

	WARN_ON(!PAGE_ALIGNED(phys));

	return phys | FIELD_PREP(RMI_ADDR_RANGE_SIZE_MASK, code) |
	       FIELD_PREP(RMI_ADDR_RANGE_COUNT_MASK, count) | rmi_desc_state(state);
}

/* The next piece of a range that is being mapped. */
struct realm_map {
	unsigned long ipa, top; /* still to do */
	phys_addr_t phys;       /* behind ipa */
	int walk_level;         /* where the last walk for ipa stopped; -1: none did */
	bool cleared;           /* what was mapped at ipa has been unmapped */
	bool pages;             /* use page descriptors only */
};

/*
 * One block where one begins that the range has, or pages up to there. v14 and the newest trees describe
 * what is larger than a block in pages (museum B22).
 */
static unsigned long realm_map_piece(const struct realm_map *map)
{
	unsigned long top = map->top, edge, block;
	unsigned int code;

	for (code = map->pages ? 0 : 3; code > 0; code--) {
		block = rmi_block_size(code);
		edge = ALIGN(map->ipa, block);
		if (!IS_ALIGNED(map->ipa ^ map->phys, block) || edge >= top || top - edge < block)
			continue;
		if (edge == map->ipa)
			return block;
		top = edge;
	}
	if (map->pages)
		top = min(top, map->ipa + ((PTRS_PER_PTE - 1UL) << PAGE_SHIFT));
	return addr_range_size(map->phys, top - map->ipa);
}

/* The RMM mapped up to out_top. */
static int realm_map_advance(struct realm_map *map, unsigned long out_top)
{
	if (WARN_ON(out_top <= map->ipa || out_top > map->top))
		return -ENXIO;
	map->phys += out_top - map->ipa;
	map->ipa = out_top;
	map->walk_level = -1;
	map->cleared = false;
	return 0;
}

/* What the RMM keeps must never be used again. */
static void realm_lose_pages(phys_addr_t phys, unsigned long size)
{
	unsigned long i;

	for (i = 0; i < size; i += PAGE_SIZE)
		get_page(phys_to_page(phys + i));
}

/* Hand the pages of a failed mapping back. */
static void realm_undelegate_data(phys_addr_t phys, unsigned long size)
{
	if (WARN_ON(rmi_undelegate_range(phys, size)))
		realm_lose_pages(phys, size);
}

/*
 * Map [ipa, ipa + map_size) of the private half to the pages at pfn, which are delegated here. Returns 0
 * also when the pages were mapped already: another vCPU won the race, and the guest will retry.
 * -EINVAL, -ENOMEM or -ENXIO otherwise, with nothing mapped and nothing delegated but what another vCPU has.
 */
int realm_map_protected(struct kvm *kvm, unsigned long ipa, kvm_pfn_t pfn, unsigned long map_size,
			struct kvm_mmu_memory_cache *memcache)
{
	struct realm *realm = &kvm->arch.realm;
	phys_addr_t phys = __pfn_to_phys(pfn), delegated;
	struct realm_map map = { .ipa = ipa, .phys = phys, .walk_level = -1 };
	int err;

	if (WARN_ON(!IS_ALIGNED(map_size, PAGE_SIZE) || !IS_ALIGNED(ipa, map_size)))
		return -EINVAL;

	if (rmi_delegate_range(phys, map_size, &delegated)) {
		/* Who lost a race refaults, but not for ever: that is mapped by now. */
		if (delegated == phys)
			return realm_data_is_mapped(realm, ipa, phys) ? 0 : -ENXIO;
		map_size = delegated - phys;
	}
	map.top = ipa + map_size;

	while (map.ipa < map.top) {
		unsigned long size = realm_map_piece(&map), out_top, ret;
		unsigned long desc = addr_range_desc(map.phys, size, RMI_OP_MEM_DELEGATED);
		int level;

		ret = rmi_rtt_data_map(realm_rd_phys(realm), map.ipa, map.ipa + size,
				       RMI_ADDR_TYPE_SINGLE, desc, &out_top);
		if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS) {
			err = realm_map_advance(&map, out_top);
			if (err)
				goto err_undo;
			continue;
		}

		level = RMI_RETURN_INDEX(ret);
		if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT && level == 3 &&
		    realm_data_is_mapped(realm, map.ipa, map.phys)) {
			/*
			 * Another vCPU won the race, and this RMM passes over granules that are in use. What
			 * is mapped so far is not undone: it is not all ours.
			 */
			err = realm_map_advance(&map, map.ipa + PAGE_SIZE);
			if (err)
				goto err_undo;
			ipa = map.ipa;
			continue;
		}

		err = -ENXIO;
		if (WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT || level >= 3 ||
			    level <= map.walk_level))
			goto err_undo;
		map.walk_level = level;
		err = realm_create_rtt_levels(realm, map.ipa, level, level + 1, memcache);
		if (err)
			goto err_undo;
	}
	return 0;

err_undo:
	/* mmu_lock must not be dropped: the caller has checked the invalidation sequence under it. */
	if (map.ipa > ipa)
		realm_unmap_private_range(kvm, ipa, map.ipa, false);
	realm_undelegate_data(map.phys, map.top - map.ipa);
	return err;
}

/*
 * Unmap [start, end) of the shared half; addresses in the private half mean their shared alias, and an
 * end at the border is the end of the IPA space.
 */
static void realm_unmap_shared_range(struct kvm *kvm, unsigned long start, unsigned long end,
				     bool may_block)
{
	struct realm *realm = &kvm->arch.realm;
	unsigned long shared_bit = kvm_realm_shared_bit(realm);
	unsigned long addr, next_addr, made_for = PHYS_ADDR_MAX, out_range, count;
	int made_at = -1;

	if (start >= end)
		return;
	if (start < shared_bit) {
		start += shared_bit;
		end += shared_bit;
	}

	for (addr = start; addr < end; addr = next_addr) {
		unsigned long ret =
			rmi_rtt_unprot_unmap(realm_rd_phys(realm), addr, end, RMI_ADDR_TYPE_NONE, 0,
					     &next_addr, &out_range, &count);
		int level = find_map_level(realm, addr, end);
		int err_level = RMI_RETURN_INDEX(ret);

		switch (RMI_RETURN_STATUS(ret)) {
		case RMI_SUCCESS:
			if (WARN_ON(next_addr <= addr))
				return;
			break;
		case RMI_ERROR_RTT:
			if (err_level >= level) {
				/* nothing is mapped in this entry */
				next_addr = ALIGN(addr + 1, rmi_rtt_level_mapsize(err_level));
				break;
			}
			/* a block that sticks out of the range must be split */
			if (WARN_ON(made_for == addr && err_level <= made_at))
				return;
			if (WARN_ON(realm_create_rtt_levels(realm, addr, err_level, level, NULL)))
				return;
			made_for = addr;
			made_at = err_level;
			next_addr = addr;
			break;
		default:
			WARN(1, "RMI_RTT_UNPROT_UNMAP: 0x%lx\n", ret);
			return;
		}

		if (may_block)
			cond_resched_rwlock_write(&kvm->mmu_lock);
	}

	realm_fold_rtt_level(kvm, get_start_level(realm) + 1, start, end, may_block);
}

/* S2AP and MemAttr of a shared mapping; -EINVAL for attributes that contradict each other. */
static int realm_unprot_flags(enum kvm_pgtable_prot prot, unsigned long *flags)
{
	unsigned long memattr = MT_S2_FWB_NORMAL, s2ap = 0;

	if ((prot & KVM_PGTABLE_PROT_DEVICE) && (prot & KVM_PGTABLE_PROT_NORMAL_NC))
		return -EINVAL;
	if (prot & KVM_PGTABLE_PROT_DEVICE)
		memattr = MT_S2_FWB_DEVICE_nGnRE;
	else if (prot & KVM_PGTABLE_PROT_NORMAL_NC)
		memattr = MT_S2_FWB_NORMAL_NC;

	if (prot & KVM_PGTABLE_PROT_R)
		s2ap |= RMI_S2AP_READ;
	if (prot & KVM_PGTABLE_PROT_W)
		s2ap |= RMI_S2AP_WRITE;

	*flags = RMI_ADDR_TYPE_SINGLE | FIELD_PREP(RMI_UNPROT_MAP_MEMATTR_MASK, memattr) |
		 FIELD_PREP(RMI_UNPROT_MAP_S2AP_MASK, s2ap);
	return 0;
}

/*
 * The walk for map->ipa found no place for the next piece. Below the wanted level tables are missing. At
 * or above it something is in the way, an old mapping or a table: unmap, and if that does not help, go on
 * with pages.
 */
static int realm_make_room_shared(struct kvm *kvm, struct realm_map *map, unsigned long size,
				  int level, struct kvm_mmu_memory_cache *memcache)
{
	struct realm *realm = &kvm->arch.realm;
	int want = find_map_level(realm, map->ipa, map->ipa + size);

	if (level < want) {
		if (WARN_ON(level <= map->walk_level))
			return -ENXIO;
		map->walk_level = level;
		return realm_create_rtt_levels(realm, map->ipa, level, want, memcache);
	}
	map->walk_level = -1; /* the unmap may fold tables */
	if (!map->cleared) {
		map->cleared = true;
		realm_unmap_shared_range(kvm, map->ipa, map->ipa + size, false);
		return 0;
	}
	if (WARN_ON(map->pages || size == PAGE_SIZE))
		return -ENXIO;
	map->pages = true;
	return 0;
}

/*
 * Map [ipa, ipa + map_size) of the shared half to the pages at pfn, replacing what is mapped there.
 * 0, -EINVAL, -ENOMEM or -ENXIO.
 */
int realm_map_non_secure(struct realm *realm, unsigned long ipa, kvm_pfn_t pfn,
			 unsigned long map_size, enum kvm_pgtable_prot prot,
			 struct kvm_mmu_memory_cache *memcache)
{
	struct kvm *kvm = container_of(realm, struct kvm, arch.realm);
	struct realm_map map = {
		.ipa = ipa,
		.top = ipa + map_size,
		.phys = __pfn_to_phys(pfn),
		.walk_level = -1,
	};
	unsigned long flags;
	int err;

	if (WARN_ON(!IS_ALIGNED(map_size, PAGE_SIZE) || !IS_ALIGNED(ipa, map_size)))
		return -EINVAL;
	err = realm_unprot_flags(prot, &flags);
	if (err)
		return err;

	while (map.ipa < map.top) {
		unsigned long size = realm_map_piece(&map), out_top, ret;
		unsigned long desc = addr_range_desc(map.phys, size, RMI_OP_MEM_UNDELEGATED);

		ret = rmi_rtt_unprot_map(realm_rd_phys(realm), map.ipa, map.ipa + size, flags, desc,
					 &out_top);
		if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS)
			err = realm_map_advance(&map, out_top);
		else if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT)
			err = realm_make_room_shared(kvm, &map, size, RMI_RETURN_INDEX(ret),
						     memcache);
		else
			err = WARN(1, "RMI_RTT_UNPROT_MAP: 0x%lx\n", ret) ? -ENXIO : 0;
		if (err)
			return err;
	}
	return 0;
}

/* Undelegate what DATA_UNMAP says it unmapped. On failure it is lost. */
static int undelegate_range_desc(unsigned long desc)
{
	unsigned long size = rmi_block_size(FIELD_GET(RMI_ADDR_RANGE_SIZE_MASK, desc)) *
			     FIELD_GET(RMI_ADDR_RANGE_COUNT_MASK, desc);
	phys_addr_t phys = desc & RMI_ADDR_RANGE_ADDR_MASK;
	int ret;

	if (!desc || !size || (desc & rmi_desc_state(RMI_OP_MEM_UNDELEGATED)))
		return 0;
	ret = rmi_undelegate_range(phys, size);
	if (ret)
		realm_lose_pages(phys, size);
	return ret;
}

/*
 * The RMM refuses to unmap: what is mapped in [addr, end) of the private half stays with the realm, although
 * whoever owns the memory will free it.
 */
static void realm_lose_private_range(struct kvm *kvm, unsigned long addr, unsigned long end,
				     bool may_block)
{
	struct realm *realm = &kvm->arch.realm;

	while (addr < end) {
		struct rmi_rtt_entry entry;
		unsigned long size, offset;

		if (rmi_rtt_read_entry(realm_rd_phys(realm), addr, 3, &entry) != RMI_SUCCESS)
			return;
		offset = addr & (rmi_rtt_level_mapsize(entry.level) - 1);
		size = min(rmi_rtt_level_mapsize(entry.level) - offset, end - addr);
		if (entry.state == RMI_RTT_ENTRY_DATA)
			realm_lose_pages((entry.desc & RMI_ADDR_RANGE_ADDR_MASK) + offset, size);
		addr += size;
		if (may_block)
			cond_resched_rwlock_write(&kvm->mmu_lock);
	}
}

/*
 * Unmap [start, end) of the private half and give the pages back to the normal world. Needs memory when a
 * block must be split.
 */
void realm_unmap_private_range(struct kvm *kvm, unsigned long start, unsigned long end,
			       bool may_block)
{
	struct realm *realm = &kvm->arch.realm;
	unsigned long addr, next_addr, out_range, count, split_at = PHYS_ADDR_MAX;
	int split_level = -1;

	for (addr = start; addr < end; addr = next_addr) {
		unsigned long ret =
			rmi_rtt_data_unmap(realm_rd_phys(realm), addr, end, RMI_ADDR_TYPE_SINGLE, 0,
					   &next_addr, &out_range, &count);
		int level = RMI_RETURN_INDEX(ret);
		unsigned long map_size;

		if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS) {
			if (WARN_ON(undelegate_range_desc(out_range))) {
				realm_lose_private_range(kvm, next_addr, end, may_block);
				break;
			}
			if (WARN_ON(next_addr <= addr))
				goto out_lost;
			if (may_block)
				cond_resched_rwlock_write(&kvm->mmu_lock);
			continue;
		}
		if (WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT || level > 3))
			goto out_lost;

		/* An entry inside the range is no block that could be in the way: nothing is mapped. */
		map_size = rmi_rtt_level_mapsize(level);
		next_addr = ALIGN(addr + 1, map_size);
		if (IS_ALIGNED(addr, map_size) && next_addr <= end)
			continue;
		/* Otherwise it may be one, and must be split. */
		if (WARN_ON(split_at == addr && level <= split_level))
			goto out_lost;
		if (WARN_ON(realm_create_rtt_levels(realm, addr, level, level + 1, NULL)))
			goto out_lost;
		split_at = addr;
		split_level = level;
		next_addr = addr;
	}

	realm_fold_rtt_level(kvm, get_start_level(realm) + 1, start, end, may_block);
	return;

out_lost:
	realm_lose_private_range(kvm, addr, end, may_block);
}

/*
 * Unmap the given aliases of [start, start + size), addresses of the private half. Holds mmu_lock for
 * write, and may drop and retake it when may_block.
 */
void kvm_realm_unmap_range_filter(struct kvm *kvm, unsigned long start, unsigned long size,
				  bool may_block, enum kvm_gfn_range_filter filter)
{
	struct realm *realm = &kvm->arch.realm;
	unsigned long end;

	if (!kvm_realm_is_created(kvm))
		return;

	end = min(kvm_realm_shared_bit(realm), start + size);
	if (filter & KVM_FILTER_SHARED)
		realm_unmap_shared_range(kvm, start, end, may_block);
	if (filter & KVM_FILTER_PRIVATE)
		realm_unmap_private_range(kvm, start, end, may_block);
}
