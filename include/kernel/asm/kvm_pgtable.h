/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables of ordinary VMs. The model keeps one entry a page or block in a map; realms have
 * their tables in the RMM and use only the entry table's memory.
 */
#ifndef __ARM64_KVM_PGTABLE_H__
#define __ARM64_KVM_PGTABLE_H__

#include <asm/pgtable-hwdef.h>
#include <linux/bits.h>
#include <linux/kvm_types.h>
#include <linux/types.h>

#define KVM_PGTABLE_FIRST_LEVEL -1
#define KVM_PGTABLE_LAST_LEVEL  3

#define kvm_granule_shift(level) ARM64_HW_PGTABLE_LEVEL_SHIFT(level)
#define kvm_granule_size(level)  BIT(kvm_granule_shift(level))

enum kvm_pgtable_prot {
	KVM_PGTABLE_PROT_PX = BIT(0),
	KVM_PGTABLE_PROT_UX = BIT(1),
	KVM_PGTABLE_PROT_X = KVM_PGTABLE_PROT_PX | KVM_PGTABLE_PROT_UX,
	KVM_PGTABLE_PROT_W = BIT(2),
	KVM_PGTABLE_PROT_R = BIT(3),
	KVM_PGTABLE_PROT_DEVICE = BIT(4),
	KVM_PGTABLE_PROT_NORMAL_NC = BIT(5),
};

enum kvm_pgtable_walk_flags {
	KVM_PGTABLE_WALK_LEAF = BIT(0),
	KVM_PGTABLE_WALK_TABLE_PRE = BIT(1),
	KVM_PGTABLE_WALK_TABLE_POST = BIT(2),
	KVM_PGTABLE_WALK_SHARED = BIT(3),
	KVM_PGTABLE_WALK_IGNORE_EAGAIN = BIT(4),
	KVM_PGTABLE_WALK_HANDLE_FAULT = BIT(4),
	KVM_PGTABLE_WALK_SKIP_BBM_TLBI = BIT(5),
	KVM_PGTABLE_WALK_SKIP_CMO = BIT(6),
};

/* A table entry: bit 0 valid, the output address above the page offset. */
typedef u64 kvm_pte_t;
#define KVM_PTE_VALID BIT(0)

static inline bool kvm_pte_valid(kvm_pte_t pte)
{
	return pte & KVM_PTE_VALID;
}

static inline u64 kvm_pte_to_phys(kvm_pte_t pte)
{
	return pte & PAGE_MASK & (BIT(52) - 1);
}

struct kvm_s2_mmu;
struct sim_sparse;

struct kvm_pgtable {
	u32 ia_bits;
	s8 start_level;
	void *pgd; /* entry table: kvm_pgtable_stage2_pgd_size() bytes, aligned to that; or mm->pgd */
	struct kvm_s2_mmu *mmu;
	struct sim_sparse *entries; /* page number -> struct sim_s2_entry, ordinary VMs only */
};

size_t kvm_pgtable_stage2_pgd_size(u64 vtcr);
int kvm_pgtable_stage2_init(struct kvm_pgtable *pgt, struct kvm_s2_mmu *mmu);
void kvm_pgtable_stage2_destroy_range(struct kvm_pgtable *pgt, u64 addr, u64 size);
void kvm_pgtable_stage2_destroy_pgd(struct kvm_pgtable *pgt);
void kvm_pgtable_stage2_destroy(struct kvm_pgtable *pgt);
int kvm_pgtable_stage2_map(struct kvm_pgtable *pgt, u64 addr, u64 size, u64 phys,
			   enum kvm_pgtable_prot prot, void *mc, enum kvm_pgtable_walk_flags flags);
int kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size);
int kvm_pgtable_stage2_wrprotect(struct kvm_pgtable *pgt, u64 addr, u64 size);
void kvm_pgtable_stage2_mkyoung(struct kvm_pgtable *pgt, u64 addr,
				enum kvm_pgtable_walk_flags flags);
bool kvm_pgtable_stage2_test_clear_young(struct kvm_pgtable *pgt, u64 addr, u64 size, bool mkold);
int kvm_pgtable_stage2_relax_perms(struct kvm_pgtable *pgt, u64 addr, enum kvm_pgtable_prot prot,
				   enum kvm_pgtable_walk_flags flags);
int kvm_pgtable_stage2_flush(struct kvm_pgtable *pgt, u64 addr, u64 size);
/*
 * Where a walk for addr ends: the entry, valid or not, and its level. For stage 2, and with interrupts off
 * for the page table of a VMM (pgd = mm->pgd). Always 0.
 */
int kvm_pgtable_get_leaf(struct kvm_pgtable *pgt, u64 addr, kvm_pte_t *ptep, s8 *level);

#endif
