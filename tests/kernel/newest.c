/* SPDX-License-Identifier: BSD-2-Clause */
/* Image side of forms.h: a file of the newest trees in an image of v14's. */
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <linux/arm-rmi-cmds.h>
#include <linux/kvm_host.h>

#include "forms.h"

static struct kvm *enter(struct sim_kvm *kvm)
{
	current->mm = ((struct kvm *)kvm)->mm;
	return (struct kvm *)kvm;
}

static int door_gmem_pfn(struct sim_kvm *sim_kvm, unsigned long long gfn, unsigned long long *pa,
			 int *references)
{
	struct kvm *kvm = enter(sim_kvm);
	int idx = srcu_read_lock(&kvm->srcu);
	kvm_pfn_t pfn = 0;
	int ret = kvm_gmem_get_pfn(kvm, gfn_to_memslot(kvm, gfn), gfn, &pfn, NULL);

	srcu_read_unlock(&kvm->srcu, idx);
	*pa = __pfn_to_phys(pfn);
	*references = ret ? 0 : page_count(pfn_to_page(pfn));
	return ret;
}

static int door_is_private(struct sim_kvm *sim_kvm, unsigned long long gfn)
{
	return kvm_gmem_is_private_gfn(enter(sim_kvm), gfn);
}

static int populate_cb(struct kvm *kvm, gfn_t gfn, kvm_pfn_t pfn, struct page *src, void *opaque)
{
	return 0;
}

static long door_populate(struct sim_kvm *sim_kvm, unsigned long long gfn, unsigned long long hva,
			  int flag)
{
	struct kvm *kvm = enter(sim_kvm);

	guard(mutex)(&kvm->slots_lock);
	return kvm_gmem_populate(kvm, gfn, (void __user *)hva, 2, flag != 0, populate_cb, NULL);
}

static unsigned long long door_gfn_from_fault(struct sim_kvm *sim_kvm, unsigned long long ipa)
{
	return kvm_gfn_from_fault(enter(sim_kvm), ipa);
}

static long door_data_unmap(unsigned long base, unsigned long top, unsigned long *next)
{
	unsigned long range, count;

	return rmi_rtt_data_unmap(0x80000000, base, top, RMI_ADDR_TYPE_SINGLE, 0, next, &range,
				  &count);
}

/* The driver's; of this one all that the door needs. */
long rmi_sro_execute(struct arm_smccc_1_2_regs *regs)
{
	arm_smccc_1_2_smc(regs, regs);
	return (long)regs->a0;
}

extern const struct test_newest sim_test_newest;
__attribute__((visibility("default"))) const struct test_newest sim_test_newest = {
	.gmem_pfn = door_gmem_pfn,
	.is_private = door_is_private,
	.populate = door_populate,
	.gfn_from_fault = door_gfn_from_fault,
	.data_unmap = door_data_unmap,
};
