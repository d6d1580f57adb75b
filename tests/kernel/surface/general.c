/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kvm-api-surface, sections 1 to 6: types, bits, page geometry, memory, warnings, locks.
 */
#include "surface.h"

#include <asm-generic/getorder.h>
#include <asm-generic/pgtable-nop4d.h>
#include <asm/barrier.h>
#include <asm/daifflags.h>
#include <asm/kvm_mmu.h>
#include <asm/page-def.h>
#include <asm/pgtable-hwdef.h>
#include <asm/stage2_pgtable.h>
#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/context_tracking.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <linux/uaccess.h>

void general_memory(struct kvm *kvm, struct page *page, void __user *user);
void general_warnings(struct kvm *kvm, struct kvm_vcpu *vcpu);
void general_locks(struct kvm *kvm);
long general_expressions(unsigned long runtime);

/* 1. linux/types.h, linux/kernel.h and friends */
TYPE(u8, unsigned char);
TYPE(u16, unsigned short);
TYPE(u32, unsigned int);
TYPE(u64, unsigned long long);
TYPE(__u32, unsigned int);
TYPE(__u64, unsigned long long);
TYPE(bool, _Bool);
TYPE(size_t, __SIZE_TYPE__);
TYPE(ssize_t, long);
TYPE(phys_addr_t, u64);
TYPE(gpa_t, u64);
TYPE(gfn_t, u64);
TYPE(kvm_pfn_t, u64);
TYPE(hfn_t, u64);
TYPE(hva_t, unsigned long);
TYPE(gfp_t, unsigned int);
VALUE(PHYS_ADDR_MAX, ~(phys_addr_t)0);
VALUE(MIN(3, 2), 2);
extern const int three[3];
VALUE(ARRAY_SIZE(three), 3);
VALUE(offsetof(struct list_head, prev), sizeof(void *));

/* 2. linux/bits.h, bitfield.h, align.h */
TYPE(__typeof__(BIT(0)), unsigned long);
VALUE(BIT(40), 1UL << 40);
TYPE(__typeof__(BIT_ULL(0)), unsigned long long);
VALUE(BIT_ULL(63), 1ULL << 63);
VALUE(GENMASK(7, 4), 0xf0);
VALUE(GENMASK(63, 0), ~0UL);
VALUE(GENMASK_ULL(47, 4), 0xfffffffffff0ULL);
VALUE(FIELD_GET(GENMASK(15, 8), 0x1234UL), 0x12);
VALUE(FIELD_PREP(GENMASK(15, 8), 0x12UL), 0x1200);
VALUE(FIELD_MAX(GENMASK(15, 8)), 0xff);
FUNCTION(u64_get_bits, u64(u64, u64));
VALUE(ALIGN(0x1001UL, 0x1000), 0x2000);
VALUE(ALIGN_DOWN(0x1fffUL, 0x1000), 0x1000);
VALUE(IS_ALIGNED(0x3000UL, 0x1000), true);
VALUE(IS_ALIGNED(0x3800UL, 0x1000), false);
VALUE(PAGE_ALIGN(1UL), PAGE_SIZE);
VALUE(PAGE_ALIGNED(PAGE_SIZE + 1), false);
FUNCTION(is_power_of_2, bool(unsigned long));
FUNCTION(get_order, int(unsigned long));

/* 3. Page size and table geometry: the sheet's table, by page size */
VALUE(PAGE_SIZE, 1UL << PAGE_SHIFT);
VALUE(PAGE_MASK, ~(PAGE_SIZE - 1));
#if CONFIG_PAGE_SHIFT == 12
VALUE(PAGE_SHIFT, 12);
VALUE(PTRS_PER_PTE, 512);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(2), 21);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(1), 30);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(0), 39);
VALUE(CONT_PTE_SIZE, 16 * PAGE_SIZE);
VALUE(CONT_PMD_SIZE, 16 * PMD_SIZE);
#define LEVELS_2 34
#define LEVELS_3 43
#elif CONFIG_PAGE_SHIFT == 14
VALUE(PAGE_SHIFT, 14);
VALUE(PTRS_PER_PTE, 2048);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(2), 25);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(1), 36);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(0), 47);
VALUE(CONT_PTE_SIZE, 128 * PAGE_SIZE);
#define LEVELS_2 40
#define LEVELS_3 51
#else
VALUE(PAGE_SHIFT, 16);
VALUE(PTRS_PER_PTE, 8192);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(2), 29);
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(1), 42);
VALUE(CONT_PTE_SIZE, 32 * PAGE_SIZE);
#define LEVELS_2 46
#define LEVELS_3 52
#endif
VALUE(ARM64_HW_PGTABLE_LEVEL_SHIFT(3), PAGE_SHIFT);
VALUE(ARM64_HW_PGTABLE_LEVELS(LEVELS_2 - 4), 2);
VALUE(stage2_pgtable_levels(LEVELS_2), 2);
VALUE(stage2_pgtable_levels(LEVELS_2 + 1), 3);
VALUE(stage2_pgtable_levels(LEVELS_3), 3);
#if CONFIG_PAGE_SHIFT == 12
VALUE(stage2_pgtable_levels(LEVELS_3 + 1), 4);
#endif
VALUE(PMD_SHIFT, ARM64_HW_PGTABLE_LEVEL_SHIFT(2));
VALUE(PMD_SIZE, 1UL << PMD_SHIFT);
#if CONFIG_PGTABLE_LEVELS == 4
VALUE(PUD_SHIFT, ARM64_HW_PGTABLE_LEVEL_SHIFT(1));
VALUE(P4D_SHIFT, ARM64_HW_PGTABLE_LEVEL_SHIFT(0));
#ifdef __PAGETABLE_PUD_FOLDED
#error "four levels have a PUD"
#endif
#else
VALUE(__PAGETABLE_PUD_FOLDED, 1);
VALUE(PUD_SIZE, P4D_SIZE);
#endif
VALUE(__PAGETABLE_P4D_FOLDED, 1);
VALUE(P4D_SIZE, PGDIR_SIZE);
#ifdef __PAGETABLE_PMD_FOLDED
#error "three levels have a PMD"
#endif
VALUE(KVM_PGTABLE_LAST_LEVEL, 3);
VALUE(kvm_granule_shift(3), PAGE_SHIFT);
VALUE(kvm_granule_size(2), BIT(PMD_SHIFT));
FUNCTION(kvm_pgtable_stage2_pgd_size, size_t(u64));
VALUE(VTCR_EL2_IPA(64 - 41), 41);
VALUE(kvm_lpa2_is_enabled(), false);

/* 4. Memory allocation and pages */
VALUE(GFP_KERNEL &GFP_ATOMIC & ~GFP_NOWAIT, 0);
VALUE(GFP_KERNEL_ACCOUNT, GFP_KERNEL | __GFP_ACCOUNT);
VALUE((GFP_KERNEL | GFP_ATOMIC | GFP_NOWAIT) & __GFP_ZERO, 0);
VALUE((GFP_KERNEL | GFP_ATOMIC) & __GFP_NOWARN, 0);
#if CONFIG_PAGE_SHIFT == 12
VALUE(MAX_PAGE_ORDER, 10);
#endif

void general_memory(struct kvm *kvm, struct page *page, void __user *user)
{
	struct mutex mutex;
	unsigned long word = 0;

	YIELDS(__get_free_page(GFP_KERNEL), unsigned long);
	YIELDS(get_zeroed_page(GFP_KERNEL), unsigned long);
	YIELDS(free_page(word), void);
	YIELDS(alloc_pages_exact(word, GFP_KERNEL), void *);
	YIELDS(free_pages_exact(user, word), void);
	YIELDS(alloc_pages(GFP_KERNEL, 1), struct page *);
	YIELDS(alloc_page(GFP_KERNEL), struct page *);
	YIELDS(__free_pages(page, 1), void);
	YIELDS(kmalloc_obj(*kvm), struct kvm *);
	YIELDS(kmalloc(word, GFP_KERNEL), void *);
	YIELDS(kzalloc(word, GFP_KERNEL), void *);
	YIELDS(kfree(user), void);
	YIELDS(virt_to_phys(user), phys_addr_t);
	YIELDS(phys_to_virt(word), void *);
	YIELDS(__pa(user), phys_addr_t);
	YIELDS(__va(word), void *);
	YIELDS(pfn_to_page(word), struct page *);
	YIELDS(page_to_pfn(page), unsigned long);
	YIELDS(phys_to_page(word), struct page *);
	YIELDS(virt_to_page(user), struct page *);
	YIELDS(page_to_phys(page), phys_addr_t);
	YIELDS(get_page(page), void);
	YIELDS(put_page(page), void);
	YIELDS(page_count(page), int);
	YIELDS(memset(page, 0, word), void *);
	YIELDS(memcpy(page, page, word), void *);
	YIELDS(copy_from_user(&word, user, 8), unsigned long);
	YIELDS(copy_to_user(user, &word, 8), unsigned long);
	YIELDS(u64_to_user_ptr(0ULL), void __user *);
	YIELDS(get_user(word, (unsigned long __user *)user), int);
	YIELDS(put_user(word, (unsigned long __user *)user), int);

	mutex_init(&mutex);
	guard(mutex)(&mutex);
	void *a __free(free_page) = (void *)__get_free_page(GFP_KERNEL);
	void *b __free(kfree) = kmalloc(8, GFP_KERNEL);

	DOES(word = (unsigned long)no_free_ptr(a) + (unsigned long)no_free_ptr(b));
}
DEFINE_FREE(surface, void *, if (_T) kfree(_T))
VALUE(PHYS_PFN(5 * PAGE_SIZE), 5);
VALUE(__pfn_to_phys(5), 5 * PAGE_SIZE);
VALUE(__phys_to_pfn(5 * PAGE_SIZE), 5);
FUNCTION(kvm_release_faultin_page, void(struct kvm *, struct page *, bool, bool));

/* 5. Warnings: their value is 0 or 1 */
void general_warnings(struct kvm *kvm, struct kvm_vcpu *vcpu)
{
	YIELDS(WARN_ON(42), int);
	YIELDS(WARN(42, "%d", 1), int);
	YIELDS(WARN_ON_ONCE(42), int);
	YIELDS(WARN_RATELIMIT(42, "%d", 1), int);
	YIELDS(KVM_BUG_ON(42, kvm), int);
	YIELDS(KVM_BUG(42, kvm, "%d", 1), int);
	DOES(BUG_ON(!kvm));
	DOES(VM_BUG_ON(!kvm));
	DOES(VM_WARN_ON_ONCE(!kvm));
	DOES(kvm_err("%d\n", 1));
	DOES(kvm_info("%d\n", 1));
	DOES(kvm_pr_unimpl("%d\n", 1));
	DOES(vcpu_err(vcpu, "%d\n", 1));
	DOES(vcpu_unimpl(vcpu, "%d\n", 1));
}
FUNCTION(kvm_vm_dead, void(struct kvm *));
FUNCTION(kvm_vm_bugged, void(struct kvm *));

/* 6. Locks and barriers */
DEFINE_MUTEX(surface_mutex);
DEFINE_STATIC_KEY_FALSE(surface_key);
static raw_spinlock_t surface_raw;

void general_locks(struct kvm *kvm)
{
	unsigned long flags;
	spinlock_t spin;

	YIELDS(read_lock(&kvm->mmu_lock), void);
	YIELDS(read_unlock(&kvm->mmu_lock), void);
	YIELDS(write_lock(&kvm->mmu_lock), void);
	YIELDS(write_unlock(&kvm->mmu_lock), void);
	YIELDS(cond_resched_rwlock_write(&kvm->mmu_lock), int);
	DOES(cond_resched());
	DOES(lockdep_assert_held(&kvm->mmu_lock));
	DOES(lockdep_assert_held(&kvm->slots_lock));
	DOES(lockdep_assert_held_write(&kvm->mmu_lock));
	YIELDS(mutex_lock(&surface_mutex), void);
	YIELDS(mutex_unlock(&surface_mutex), void);
	YIELDS(srcu_read_lock(&kvm->srcu), int);
	YIELDS(srcu_read_unlock(&kvm->srcu, 0), void);
	DOES(mmap_read_lock(current->mm));
	DOES(mmap_read_unlock(current->mm));
	DOES(smp_rmb());
	DOES(smp_wmb());
	DOES(smp_mb());
	spin_lock_init(&spin);
	DOES(spin_lock(&spin));
	DOES(spin_unlock(&spin));
	DOES(raw_spin_lock_irqsave(&surface_raw, flags));
	DOES(raw_spin_unlock_irqrestore(&surface_raw, flags));
	if (static_branch_unlikely(&surface_key))
		static_branch_enable(&surface_key);
	DOES(preempt_disable());
	DOES(preempt_enable());
	DOES(local_irq_disable());
	DOES(local_irq_enable());
	DOES(local_daif_mask());
	DOES(local_daif_restore(DAIF_PROCCTX));
	DOES(pmr_sync());
	DOES(isb());
	DOES(guest_state_enter_irqoff());
	DOES(guest_state_exit_irqoff());
}

struct outer {
	int a, b;
};

/* What is no constant expression */
noinstr long __init __maybe_unused general_expressions(unsigned long runtime)
{
	struct outer outer = {};
	int i = 1, j = 2, *b = &outer.b;

	BUILD_BUG_ON(sizeof(long) != 8);
	YIELDS(min(i, j), int);
	YIELDS(max(i, j), int);
	YIELDS(container_of(b, struct outer, b), struct outer *);
	YIELDS(likely(i), long);
	YIELDS(unlikely(i), long);
	YIELDS(range_overflows(0ULL, 1ULL, 2ULL), bool);
	swap(i, j);
	WRITE_ONCE(i, 3);
	return READ_ONCE(i) + (long)runtime;
}
EXPORT_SYMBOL_GPL(general_expressions);
