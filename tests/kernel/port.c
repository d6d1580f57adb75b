/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port that does nothing but remember: what the architecture supplies to core KVM, and doors for
 * the tests. Compiled as an image file, against kernel-named headers.
 */
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <linux/entry-virt.h>
#include <linux/irqflags.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "port.h"

extern struct test_port sim_test_port;
DEFINE_STATIC_KEY_FALSE(kvm_rmi_is_available);

static void record(const char *name, struct kvm *kvm, const struct kvm_gfn_range *range)
{
	struct test_call *call = &sim_test_port.calls[sim_test_port.nr_calls % TEST_MAX_CALLS];
	struct kvm_memory_slot *slot = NULL;

	sim_test_port.nr_calls++;
	*call = (struct test_call){
		.name = name,
		.seq = kvm->mmu_invalidate_seq,
		.in_progress = kvm->mmu_invalidate_in_progress,
		.mmu_locked = __sim_lock_held(&kvm->mmu_lock.dep, __SIM_WRITE),
		.arch_locked = lockdep_is_held(&kvm->slots_arch_lock),
		.generation = kvm->memslots ? kvm->memslots->generation : 0,
		.change = -1,
	};
	if (!range)
		return;
	if (lockdep_is_held(&kvm->slots_lock))
		slot = (gfn_to_memslot)(kvm, range->start);
	call->start = range->start;
	call->end = range->end;
	call->filter = range->attr_filter;
	call->slot_valid = slot && !(slot->flags & KVM_MEMSLOT_INVALID);
	call->is_private = (kvm_mem_is_private)(kvm, range->start);
}

static void record_change(const char *name, struct kvm *kvm, const struct kvm_memory_slot *slot,
			  enum kvm_mr_change change)
{
	struct kvm_gfn_range range = { .start = slot->base_gfn,
				       .end = slot->base_gfn + slot->npages };

	record(name, kvm, &range);
	sim_test_port.calls[(sim_test_port.nr_calls - 1) % TEST_MAX_CALLS].change = change;
}

void kvm_init_rmi(void)
{
	static_branch_enable(&kvm_rmi_is_available);
}

u32 kvm_realm_ipa_limit(void)
{
	return 48;
}

int kvm_init_realm(struct kvm *kvm)
{
	return 0;
}

int kvm_arm_rmi_populate(struct kvm *kvm, struct kvm_arm_rmi_populate *args)
{
	return 0;
}

bool kvm_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	record("unmap", kvm, range);
	return false;
}

bool kvm_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	record("age", kvm, range);
	return sim_test_port.young;
}

bool kvm_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	record("test_age", kvm, range);
	return sim_test_port.young;
}

bool kvm_arch_pre_set_memory_attributes(struct kvm *kvm, struct kvm_gfn_range *range)
{
	record("pre", kvm, range);
	return false;
}

bool kvm_arch_post_set_memory_attributes(struct kvm *kvm, struct kvm_gfn_range *range)
{
	record("post", kvm, range);
	return false;
}

void kvm_arch_flush_shadow_all(struct kvm *kvm)
{
	record("flush_all", kvm, NULL);
}

void kvm_arch_flush_shadow_memslot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct kvm_gfn_range range = { .slot = slot,
				       .start = slot->base_gfn,
				       .end = slot->base_gfn + slot->npages };

	record("flush_slot", kvm, &range);
}

int kvm_arch_prepare_memory_region(struct kvm *kvm, const struct kvm_memory_slot *old,
				   struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	record_change("prepare", kvm, new ? new : old, change);
	return sim_test_port.prepare_result;
}

void kvm_arch_commit_memory_region(struct kvm *kvm, struct kvm_memory_slot *old,
				   const struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	record_change("commit", kvm, new ? new : old, change);
}

void kvm_arch_mmu_enable_log_dirty_pt_masked(struct kvm *kvm, struct kvm_memory_slot *slot,
					     gfn_t gfn_offset, unsigned long mask)
{
	struct kvm_gfn_range range = { .slot = slot,
				       .start = slot->base_gfn + gfn_offset + __ffs(mask),
				       .end = slot->base_gfn + gfn_offset + __fls(mask) + 1 };

	record("log_again", kvm, &range);
}

int kvm_arch_vcpu_precreate(struct kvm *kvm, unsigned int id)
{
	return kvm->arch.vgic.initialized ? -EBUSY : 0;
}

int kvm_arch_vcpu_create(struct kvm_vcpu *vcpu)
{
	return 0;
}

void kvm_arch_vcpu_destroy(struct kvm_vcpu *vcpu)
{
}

int kvm_arch_vcpu_run_pid_change(struct kvm_vcpu *vcpu)
{
	record("pid_change", vcpu->kvm, NULL);
	return 0;
}

int kvm_arch_vcpu_ioctl_run(struct kvm_vcpu *vcpu)
{
	return kvm_xfer_to_guest_mode_handle_work(vcpu);
}

void kvm_free_stage2_pgd(struct kvm_s2_mmu *mmu)
{
	kvm_pgtable_stage2_destroy(mmu->pgt);
	kfree(mmu->pgt);
	mmu->pgt = NULL;
}

void kvm_arch_destroy_vm(struct kvm *kvm)
{
	record("destroy_vm", kvm, NULL);
	kvm_destroy_vcpus(kvm);
	kvm_free_stage2_pgd(&kvm->arch.mmu);
}

int kvm_handle_guest_abort(struct kvm_vcpu *vcpu)
{
	return 1;
}

/* Doors */

static struct kvm *enter(struct sim_kvm *kvm)
{
	current->mm = ((struct kvm *)kvm)->mm;
	return (struct kvm *)kvm;
}

static unsigned long long door_faultin(struct sim_kvm *sim_kvm, unsigned long long gfn, int write,
				       int *writable)
{
	struct kvm *kvm = enter(sim_kvm);
	int idx = srcu_read_lock(&kvm->srcu);
	struct page *page;
	bool w;
	kvm_pfn_t pfn =
		__kvm_faultin_pfn(gfn_to_memslot(kvm, gfn), gfn, write ? FOLL_WRITE : 0, &w, &page);

	kvm_release_page_unused(page);
	srcu_read_unlock(&kvm->srcu, idx);
	*writable = w;
	return pfn;
}

static int door_gmem_pfn(struct sim_kvm *sim_kvm, unsigned long long gfn, unsigned long long *pa)
{
	struct kvm *kvm = enter(sim_kvm);
	int idx = srcu_read_lock(&kvm->srcu);
	struct page *page = NULL;
	kvm_pfn_t pfn = 0;
	int ret = kvm_gmem_get_pfn(kvm, gfn_to_memslot(kvm, gfn), gfn, &pfn, &page, NULL);

	if (!ret)
		kvm_release_page_unused(page);
	srcu_read_unlock(&kvm->srcu, idx);
	*pa = pfn << PAGE_SHIFT;
	return ret;
}

static int populate_cb(struct kvm *kvm, gfn_t gfn, kvm_pfn_t pfn, struct page *src, void *opaque)
{
	long *done = opaque;

	record("populate", kvm, NULL);
	return (*done)++ == sim_test_port.populate_fail_at ? sim_test_port.populate_result : 0;
}

static long door_populate(struct sim_kvm *sim_kvm, unsigned long long gfn, unsigned long long hva,
			  long npages)
{
	struct kvm *kvm = enter(sim_kvm);
	long done = 0, ret;

	mutex_lock(&kvm->slots_lock);
	ret = kvm_gmem_populate(kvm, gfn, (void __user *)hva, npages, populate_cb, &done);
	mutex_unlock(&kvm->slots_lock);
	return ret;
}

static int door_topup(int have, int min, int *nobjs)
{
	struct kvm_mmu_memory_cache mc = { .gfp_zero = __GFP_ZERO };
	int ret;

	kvm_mmu_topup_memory_cache(&mc, 1);
	while (mc.nobjs > have)
		free_page(mc.objects[--mc.nobjs]);
	ret = kvm_mmu_topup_memory_cache(&mc, min);
	*nobjs = mc.nobjs;
	kvm_mmu_free_memory_cache(&mc);
	return ret;
}

static int door_mark_dirty(struct sim_kvm *sim_kvm, unsigned long long gfn)
{
	struct kvm *kvm = enter(sim_kvm);
	int idx = srcu_read_lock(&kvm->srcu);

	mark_page_dirty(kvm, gfn);
	srcu_read_unlock(&kvm->srcu, idx);
	return 0;
}

static int door_attributes(struct sim_kvm *sim_kvm, unsigned long long address,
			   unsigned long long size, unsigned long long attributes,
			   unsigned long long flags)
{
	struct kvm_memory_attributes attrs = { address, size, attributes, flags };

	return kvm_vm_ioctl_set_mem_attributes(enter(sim_kvm), &attrs);
}

static unsigned long door_seq(struct sim_kvm *kvm)
{
	return ((struct kvm *)kvm)->mmu_invalidate_seq;
}

static int door_resched(struct sim_kvm *sim_kvm)
{
	struct kvm *kvm = enter(sim_kvm);
	int ret;

	write_lock(&kvm->mmu_lock);
	ret = cond_resched_rwlock_write(&kvm->mmu_lock);
	write_unlock(&kvm->mmu_lock);
	return ret;
}

static void door_kill(struct sim_kvm *kvm, int bugged)
{
	if (bugged)
		KVM_BUG_ON(1, enter(kvm));
	else
		kvm_vm_dead(enter(kvm));
}

static void door_sleep_under_mmu_lock(struct sim_kvm *kvm)
{
	write_lock(&enter(kvm)->mmu_lock);
	kfree(kmalloc(8, GFP_KERNEL));
}

static void door_mutex_under_mmu_lock(struct sim_kvm *kvm)
{
	write_lock(&enter(kvm)->mmu_lock);
	mutex_lock(&((struct kvm *)kvm)->arch.config_lock);
}

static void door_assert_without_lock(struct sim_kvm *kvm)
{
	read_lock(&enter(kvm)->mmu_lock);
	lockdep_assert_held_write(&((struct kvm *)kvm)->mmu_lock);
}

static void door_lock_twice(struct sim_kvm *kvm)
{
	mutex_lock(&enter(kvm)->slots_lock);
	mutex_lock(&((struct kvm *)kvm)->slots_lock);
}

static void door_wrong_order(struct sim_kvm *kvm)
{
	guard(mutex)(&enter(kvm)->arch.config_lock);
	mutex_lock(&((struct kvm *)kvm)->slots_lock);
}

static void door_memslots_without_srcu(struct sim_kvm *kvm)
{
	gfn_to_memslot(enter(kvm), 0);
}

static void door_free_twice(void)
{
	unsigned long page = __get_free_page(GFP_KERNEL);

	free_page(page);
	free_page(page);
}

static int door_warn_value(int condition)
{
	return WARN_ON(condition);
}

static struct page *pinned;

static unsigned long long door_pin(struct sim_kvm *sim_kvm, unsigned long long gfn, int write,
				   int *has_page)
{
	struct kvm *kvm = enter(sim_kvm);
	int idx = srcu_read_lock(&kvm->srcu);
	bool w;
	kvm_pfn_t pfn = __kvm_faultin_pfn(gfn_to_memslot(kvm, gfn), gfn, write ? FOLL_WRITE : 0, &w,
					  &pinned);

	srcu_read_unlock(&kvm->srcu, idx);
	*has_page = !!pinned;
	return pfn;
}

static void door_unpin(void)
{
	kvm_release_page_unused(pinned);
	pinned = NULL;
}

static int door_release(struct sim_kvm *sim_kvm, int locked, int unused, int dirty)
{
	struct kvm *kvm = enter(sim_kvm);
	struct page *page = pinned;

	pinned = NULL;
	if (locked)
		write_lock(&kvm->mmu_lock);
	kvm_release_faultin_page(kvm, page, unused, dirty);
	if (locked)
		write_unlock(&kvm->mmu_lock);
	return page ? PageDirty(page) | !!(page->flags & BIT(PG_referenced)) << 1 : 0;
}

static unsigned long long door_host_size(struct sim_kvm *kvm, unsigned long long hva, int irqs_on)
{
	struct kvm_pgtable pgt = { .pgd = enter(kvm)->mm->pgd };
	unsigned long flags = 0;
	kvm_pte_t pte;
	s8 level;

	if (!irqs_on)
		local_irq_save(flags);
	kvm_pgtable_get_leaf(&pgt, hva, &pte, &level);
	if (!irqs_on)
		local_irq_restore(flags);
	return kvm_pte_valid(pte) ? kvm_granule_size(level) : 0;
}

static int door_gup(struct sim_kvm *kvm, unsigned long long hva, int write)
{
	struct page *page = NULL;
	int ret;

	enter(kvm);
	ret = get_user_pages_fast(hva, 1, write ? FOLL_WRITE : 0, &page);
	if (ret == 1)
		kvm_release_page_unused(page);
	return ret;
}

static gfp_t gfp_of(unsigned flags)
{
	return (flags & TEST_GFP_ATOMIC ? GFP_ATOMIC : GFP_KERNEL) |
	       (flags & TEST_GFP_ZERO ? __GFP_ZERO : 0) | (flags & TEST_GFP_COMP ? __GFP_COMP : 0);
}

static unsigned long long door_alloc(unsigned flags, unsigned order)
{
	struct page *page = alloc_pages(gfp_of(flags), order);

	return page ? page_to_phys(page) : 0;
}

static void door_free(unsigned long long pa, unsigned order)
{
	__free_pages(phys_to_page(pa), order);
}

static unsigned long long door_alloc_exact(unsigned long size)
{
	void *p = alloc_pages_exact(size, GFP_KERNEL);

	return p ? virt_to_phys(p) : 0;
}

static void door_free_exact(unsigned long long pa, unsigned long size)
{
	free_pages_exact(phys_to_virt(pa), size);
}

static int door_count(unsigned long long pa)
{
	return page_count(phys_to_page(pa));
}

static void door_get(unsigned long long pa)
{
	get_page(phys_to_page(pa));
}

static void door_put(unsigned long long pa)
{
	put_page(phys_to_page(pa));
}

static void door_touch(unsigned long long pa)
{
	clear_page(phys_to_virt(pa));
}

static int door_drain(int min, int n)
{
	struct kvm_mmu_memory_cache mc = { .gfp_zero = __GFP_ZERO };
	int i;

	kvm_mmu_topup_memory_cache(&mc, min);
	for (i = 0; i < n; i++)
		free_page(kvm_mmu_memory_cache_alloc(&mc));
	kvm_mmu_free_memory_cache(&mc);
	return i;
}

static void *door_kmalloc(unsigned long size, unsigned flags)
{
	return kmalloc(size, gfp_of(flags));
}

static void door_kfree(void *p)
{
	kfree(p);
}

__attribute__((visibility("default"))) struct test_port sim_test_port = {
	.populate_fail_at = -1,
	.faultin = door_faultin,
	.gmem_pfn = door_gmem_pfn,
	.populate = door_populate,
	.topup = door_topup,
	.seq = door_seq,
	.mark_dirty = door_mark_dirty,
	.attributes = door_attributes,
	.kill = door_kill,
	.resched = door_resched,
	.sleep_under_mmu_lock = door_sleep_under_mmu_lock,
	.mutex_under_mmu_lock = door_mutex_under_mmu_lock,
	.assert_without_lock = door_assert_without_lock,
	.lock_twice = door_lock_twice,
	.wrong_order = door_wrong_order,
	.memslots_without_srcu = door_memslots_without_srcu,
	.free_twice = door_free_twice,
	.warn_value = door_warn_value,
	.pin = door_pin,
	.unpin = door_unpin,
	.release = door_release,
	.host_size = door_host_size,
	.gup = door_gup,
	.alloc = door_alloc,
	.free = door_free,
	.alloc_exact = door_alloc_exact,
	.free_exact = door_free_exact,
	.count = door_count,
	.get = door_get,
	.put = door_put,
	.touch = door_touch,
	.drain = door_drain,
	.kmalloc = door_kmalloc,
	.kfree = door_kfree,
};
