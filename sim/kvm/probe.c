// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doors for tests into functions that are internal in the kernel. The only file here that knows the machine.
 */
#include <linux/arm-rmi-cmds.h>
#include <linux/kvm_host.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>

#include "host.h"
#include "rmi.h"

static unsigned long long probe_addr_range_desc(unsigned long long phys, unsigned long long size)
{
	return addr_range_desc(phys, size, RMI_OP_MEM_DELEGATED);
}

static int probe_map(struct kvm_vcpu *vcpu, unsigned long long ipa, unsigned long long pa,
		     unsigned long long size, bool shared, enum kvm_pgtable_prot prot)
{
	struct kvm_mmu_memory_cache *memcache = &vcpu->arch.mmu_page_cache;
	struct kvm *kvm = vcpu->kvm;
	int ret = kvm_mmu_topup_memory_cache(memcache, kvm_mmu_cache_min_pages(vcpu->arch.hw_mmu));

	if (ret)
		return ret;
	write_lock(&kvm->mmu_lock);
	if (shared)
		ret = realm_map_non_secure(&kvm->arch.realm, ipa, PHYS_PFN(pa), size, prot,
					   memcache);
	else
		ret = realm_map_protected(kvm, ipa, PHYS_PFN(pa), size, memcache);
	write_unlock(&kvm->mmu_lock);
	return ret;
}

static int probe_map_protected(struct sim_kvm_vcpu *vcpu, unsigned long long ipa,
			       unsigned long long pa, unsigned long long size)
{
	return probe_map((struct kvm_vcpu *)vcpu, ipa, pa, size, false, 0);
}

static int probe_map_non_secure(struct sim_kvm_vcpu *vcpu, unsigned long long ipa,
				unsigned long long pa, unsigned long long size, int writable)
{
	enum kvm_pgtable_prot prot = KVM_PGTABLE_PROT_R;

	if (writable)
		prot |= KVM_PGTABLE_PROT_W;
	return probe_map((struct kvm_vcpu *)vcpu, ipa, pa, size, true, prot);
}

static void probe_unmap_range(struct sim_kvm *sim_kvm, unsigned long long start,
			      unsigned long long size, unsigned int filter, int may_block)
{
	struct kvm *kvm = (struct kvm *)sim_kvm;

	write_lock(&kvm->mmu_lock);
	kvm_realm_unmap_range_filter(kvm, start, size, may_block,
				     (enum kvm_gfn_range_filter)filter);
	write_unlock(&kvm->mmu_lock);
}

static int probe_guest_abort(struct sim_kvm_vcpu *sim_vcpu, unsigned long long esr,
			     unsigned long long far, unsigned long long ipa)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)sim_vcpu;
	struct kvm_run run = {}, *run_before = vcpu->run;
	struct mm_struct *mm_before = current->mm;
	int ret;

	vcpu->arch.fault.esr_el2 = esr;
	vcpu->arch.fault.far_el2 = far;
	vcpu->arch.fault.hpfar_el2 = 0;
	if (ipa != ~0ULL)
		vcpu->arch.fault.hpfar_el2 = FIELD_PREP(HPFAR_EL2_FIPA, ipa >> 12) | HPFAR_EL2_NS;

	current->mm = vcpu->kvm->mm;
	vcpu->run = &run;
	ret = kvm_handle_guest_abort(vcpu);
	vcpu->run = run_before;
	current->mm = mm_before;
	return ret;
}

static unsigned long long probe_stage2_leaf(struct sim_kvm *sim_kvm, unsigned long long ipa)
{
	struct kvm *kvm = (struct kvm *)sim_kvm;
	kvm_pte_t pte;
	s8 level;

	if (!kvm->arch.mmu.pgt || kvm_pgtable_get_leaf(kvm->arch.mmu.pgt, ipa, &pte, &level) ||
	    !kvm_pte_valid(pte))
		return ~0ULL;
	return kvm_pte_to_phys(pte);
}

/* How much of [gfn, end) lies in one piece from *pfn on; all of it is there behind this. 0 or -errno. */
static long probe_contiguous(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn, gfn_t end,
			     kvm_pfn_t *pfn)
{
	struct page *page;
	kvm_pfn_t next;
	long n = 0;
	int ret;

	for (; gfn + n < end; n++) {
		ret = kvm_gmem_get_pfn(kvm, slot, gfn + n, &next, &page, NULL);
		if (ret)
			return ret;
		/* an invalidation, and so the sequence, tells when it goes */
		kvm_release_page_unused(page);
		if (!n)
			*pfn = next;
		else if (next != *pfn + n)
			break;
	}
	return n;
}

/* What gmem_abort() does for one page. Pages mapped, 0: an invalidation came between, or -errno. */
static long probe_map_piece(struct kvm_vcpu *vcpu, gfn_t gfn, gfn_t end)
{
	struct kvm_mmu_memory_cache *memcache = &vcpu->arch.mmu_page_cache;
	struct kvm *kvm = vcpu->kvm;
	struct kvm_memory_slot *slot = gfn_to_memslot(kvm, gfn);
	unsigned long mmu_seq = kvm->mmu_invalidate_seq;
	kvm_pfn_t pfn = 0;
	long n;
	int ret;

	smp_rmb();
	if (!slot || !kvm_slot_has_gmem(slot) || !kvm_mem_is_private(kvm, gfn))
		return -EFAULT;
	ret = kvm_mmu_topup_memory_cache(memcache, kvm_mmu_cache_min_pages(vcpu->arch.hw_mmu));
	if (ret)
		return ret;
	n = probe_contiguous(kvm, slot, gfn, end, &pfn);
	if (n <= 0)
		return n;

	write_lock(&kvm->mmu_lock);
	if (mmu_invalidate_retry(kvm, mmu_seq))
		n = 0;
	else
		ret = realm_map_protected(kvm, gfn << PAGE_SHIFT, pfn, n << PAGE_SHIFT, memcache);
	write_unlock(&kvm->mmu_lock);
	return ret ? ret : n;
}

static int probe_map_folio(struct sim_kvm_vcpu *sim_vcpu, unsigned long long gpa,
			   unsigned long long size)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)sim_vcpu;
	gfn_t gfn = gpa >> PAGE_SHIFT, end = (gpa + size) >> PAGE_SHIFT;
	int idx = srcu_read_lock(&vcpu->kvm->srcu);
	long n = 1;

	while (gfn < end && n >= 0) {
		/* page by page where invalidations come in between */
		n = probe_map_piece(vcpu, gfn, n ? end : gfn + 1);
		if (n > 0)
			gfn += n;
	}
	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	return n < 0 ? n : 0;
}

extern const struct sim_kernel_probe sim_kernel_probe;

__attribute__((visibility("default"))) const struct sim_kernel_probe sim_kernel_probe = {
	.abi = SIM_KERNEL_ABI,
	.size = sizeof(struct sim_kernel_probe),
	.addr_range_desc = probe_addr_range_desc,
	.map_protected = probe_map_protected,
	.map_non_secure = probe_map_non_secure,
	.unmap_range = probe_unmap_range,
	.guest_abort = probe_guest_abort,
	.stage2_leaf = probe_stage2_leaf,
	.map_folio = probe_map_folio,
};
