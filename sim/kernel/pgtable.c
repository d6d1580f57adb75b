/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables: the entry table's memory for every VM, and for ordinary VMs a map from page to
 * entry in place of a tree.
 */
#include "env.h"
#include "hostpt.h"
#include "sparse.h"

#include <asm/kvm_mmu.h>
#include <linux/slab.h>

struct sim_s2_entry {
	u64 phys;
	enum kvm_pgtable_prot prot;
	u8 level; /* of the mapping that the page belongs to */
	bool young;
};

size_t kvm_pgtable_stage2_pgd_size(u64 vtcr)
{
	u32 ia_bits = (u32)VTCR_EL2_IPA(vtcr);
	int start_level = 4 - (int)stage2_pgtable_levels(ia_bits);
	u32 shift = kvm_granule_shift(start_level - 1);

	return ia_bits > shift ? PAGE_SIZE << (ia_bits - shift) : PAGE_SIZE;
}

int kvm_pgtable_stage2_init(struct kvm_pgtable *pgt, struct kvm_s2_mmu *mmu)
{
	pgt->ia_bits = (u32)VTCR_EL2_IPA(mmu->vtcr);
	pgt->start_level = (s8)(4 - stage2_pgtable_levels(pgt->ia_bits));
	pgt->mmu = mmu;
	pgt->entries = sparse_new();
	pgt->pgd = alloc_pages_exact(kvm_pgtable_stage2_pgd_size(mmu->vtcr),
				     GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (pgt->pgd && pgt->entries)
		return 0;
	kvm_pgtable_stage2_destroy_pgd(pgt);
	return -ENOMEM;
}

int kvm_init_stage2_mmu(struct kvm *kvm, struct kvm_s2_mmu *mmu, unsigned long type)
{
	struct kvm_pgtable *pgt = kzalloc(sizeof(*pgt), GFP_KERNEL_ACCOUNT);
	int err;

	if (!pgt)
		return -ENOMEM;
	mmu->arch = &kvm->arch;
	mmu->vtcr = VTCR_EL2_T0SZ(KVM_VM_TYPE_ARM_IPA_SIZE(type));
	mmu->split_page_cache.gfp_zero = __GFP_ZERO;
	err = kvm_pgtable_stage2_init(pgt, mmu);
	if (err) {
		kfree(pgt);
		return err;
	}
	mmu->pgt = pgt;
	mmu->pgd_phys = virt_to_phys(pgt->pgd);
	return 0;
}

/* The entry of a page of [addr, addr + size), from *key on. */
static struct sim_s2_entry *next_entry(struct kvm_pgtable *pgt, u64 *key, u64 addr, u64 size)
{
	if (*key < addr >> PAGE_SHIFT)
		*key = addr >> PAGE_SHIFT;
	return sparse_next(pgt->entries, key, (addr + size) >> PAGE_SHIFT);
}

int kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size)
{
	struct sim_s2_entry *entry;
	u64 key = 0;

	while ((entry = next_entry(pgt, &key, addr, size))) {
		sparse_del(pgt->entries, key);
		kfree(entry);
	}
	return 0;
}

void kvm_pgtable_stage2_destroy_range(struct kvm_pgtable *pgt, u64 addr, u64 size)
{
	kvm_pgtable_stage2_unmap(pgt, addr, size);
}

void kvm_pgtable_stage2_destroy_pgd(struct kvm_pgtable *pgt)
{
	if (pgt->pgd)
		free_pages_exact(pgt->pgd, kvm_pgtable_stage2_pgd_size(pgt->mmu->vtcr));
	sparse_free(pgt->entries);
	pgt->pgd = NULL;
	pgt->entries = NULL;
}

void kvm_pgtable_stage2_destroy(struct kvm_pgtable *pgt)
{
	kvm_pgtable_stage2_destroy_range(pgt, 0, BIT_ULL(pgt->ia_bits));
	kvm_pgtable_stage2_destroy_pgd(pgt);
}

static u8 level_of_size(u64 size)
{
	u8 level = KVM_PGTABLE_LAST_LEVEL;

	while (level > 0 && kvm_granule_size(level) < size)
		level--;
	return level;
}

static int map_page(struct kvm_pgtable *pgt, u64 addr, struct sim_s2_entry value)
{
	struct sim_s2_entry *entry = sparse_get(pgt->entries, addr >> PAGE_SHIFT);

	if (!entry) {
		entry = kmalloc(sizeof(*entry), GFP_ATOMIC);
		if (!entry)
			return -ENOMEM;
		if (!sparse_set(pgt->entries, addr >> PAGE_SHIFT, entry)) {
			kfree(entry);
			return -ENOMEM;
		}
	}
	*entry = value;
	return 0;
}

int kvm_pgtable_stage2_map(struct kvm_pgtable *pgt, u64 addr, u64 size, u64 phys,
			   enum kvm_pgtable_prot prot, void *mc, enum kvm_pgtable_walk_flags flags)
{
	struct sim_s2_entry *entry = sparse_get(pgt->entries, addr >> PAGE_SHIFT);
	u64 done;
	int err = 0;

	if (WARN_ON((addr | size | phys) & ~PAGE_MASK))
		return -EINVAL;
	/* Somebody else has mapped the same: the guest just goes on. */
	if (entry && entry->phys == phys && entry->prot == prot)
		return -EAGAIN;
	for (done = 0; !err && done < size; done += PAGE_SIZE)
		err = map_page(pgt, addr + done,
			       (struct sim_s2_entry){ .phys = phys + done,
						      .prot = prot,
						      .level = level_of_size(size),
						      .young = true });
	return err;
}

int kvm_pgtable_stage2_wrprotect(struct kvm_pgtable *pgt, u64 addr, u64 size)
{
	struct sim_s2_entry *entry;
	u64 key = 0;

	for (; (entry = next_entry(pgt, &key, addr, size)); key++)
		entry->prot &= ~KVM_PGTABLE_PROT_W;
	return 0;
}

void kvm_pgtable_stage2_mkyoung(struct kvm_pgtable *pgt, u64 addr,
				enum kvm_pgtable_walk_flags flags)
{
	struct sim_s2_entry *entry = sparse_get(pgt->entries, addr >> PAGE_SHIFT);

	if (entry)
		entry->young = true;
}

bool kvm_pgtable_stage2_test_clear_young(struct kvm_pgtable *pgt, u64 addr, u64 size, bool mkold)
{
	struct sim_s2_entry *entry;
	bool young = false;
	u64 key = 0;

	for (; (entry = next_entry(pgt, &key, addr, size)); key++) {
		young |= entry->young;
		if (mkold)
			entry->young = false;
	}
	return young;
}

/* -EAGAIN when nothing is mapped at addr. */
int kvm_pgtable_stage2_relax_perms(struct kvm_pgtable *pgt, u64 addr, enum kvm_pgtable_prot prot,
				   enum kvm_pgtable_walk_flags flags)
{
	struct sim_s2_entry *entry = sparse_get(pgt->entries, addr >> PAGE_SHIFT);

	if (!entry)
		return -EAGAIN;
	entry->prot |= prot;
	return 0;
}

int kvm_pgtable_stage2_flush(struct kvm_pgtable *pgt, u64 addr, u64 size)
{
	return 0;
}

int kvm_pgtable_get_leaf(struct kvm_pgtable *pgt, u64 addr, kvm_pte_t *ptep, s8 *level)
{
	const struct sim_s2_entry *entry;

	if (!pgt->entries)
		return hpt_get_leaf(pgt, addr, ptep, level);
	entry = sparse_get(pgt->entries, addr >> PAGE_SHIFT);
	*ptep = entry ? entry->phys | KVM_PTE_VALID : 0;
	*level = entry ? (s8)entry->level : KVM_PGTABLE_LAST_LEVEL;
	return 0;
}
