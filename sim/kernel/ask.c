/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kernel-style code asks, and what it is told (sim/ask.h, sim/ask_emulate.h).
 */
#include "env.h"

#include <asm/kvm_emulate.h>
#include <linux/kvm_host.h>

#define ask(name, caller, fmt...) __sim_note(__SIM_ASK, name, caller, fmt)

static const char *yes(bool b)
{
	return b ? "true" : "false";
}

struct kvm_memory_slot *__ask_gfn_to_memslot(struct kvm *kvm, gfn_t gfn, const char *caller)
{
	struct kvm_memory_slot *slot = gfn_to_memslot(kvm, gfn);

	if (slot)
		ask("gfn_to_memslot", caller, "gfn=0x%llx -> slot %d [0x%llx..0x%llx)", gfn,
		    slot->id, gfn_to_gpa(slot->base_gfn),
		    gfn_to_gpa(slot->base_gfn + slot->npages));
	else
		ask("gfn_to_memslot", caller, "gfn=0x%llx -> none", gfn);
	return slot;
}

unsigned long __ask_gfn_to_hva_memslot_prot(struct kvm_memory_slot *slot, gfn_t gfn, bool *writable,
					    const char *caller)
{
	unsigned long hva = gfn_to_hva_memslot_prot(slot, gfn, writable);

	if (kvm_is_error_hva(hva))
		ask("gfn_to_hva_memslot_prot", caller, "gfn=0x%llx -> error", gfn);
	else
		ask("gfn_to_hva_memslot_prot", caller, "gfn=0x%llx -> hva 0x%lx%s", gfn, hva,
		    !writable   ? ""
		    : *writable ? ", writable"
				: ", read-only");
	return hva;
}

bool __ask_kvm_is_error_hva(unsigned long addr, const char *caller)
{
	bool error = kvm_is_error_hva(addr);

	if (error)
		ask("kvm_is_error_hva", caller, "hva=0x%lx -> true", addr);
	return error;
}

bool __ask_kvm_slot_has_gmem(const struct kvm_memory_slot *slot, const char *caller)
{
	bool has = kvm_slot_has_gmem(slot);

	if (slot)
		ask("kvm_slot_has_gmem", caller, "slot %d -> %s", slot->id, yes(has));
	else
		ask("kvm_slot_has_gmem", caller, "no slot -> %s", yes(has));
	return has;
}

bool __ask_kvm_memslot_is_gmem_only(const struct kvm_memory_slot *slot, const char *caller)
{
	bool only = kvm_memslot_is_gmem_only(slot);

	ask("kvm_memslot_is_gmem_only", caller, "slot %d -> %s", slot->id, yes(only));
	return only;
}

bool __ask_kvm_mem_is_private(struct kvm *kvm, gfn_t gfn, const char *caller)
{
	bool private = kvm_mem_is_private(kvm, gfn);

	ask("kvm_mem_is_private", caller, "gfn=0x%llx -> %s", gfn, yes(private));
	return private;
}

static const char *pfn_error(kvm_pfn_t pfn)
{
	return pfn == KVM_PFN_NOSLOT           ? "NOSLOT"
	       : pfn == KVM_PFN_ERR_HWPOISON   ? "HWPOISON"
	       : pfn == KVM_PFN_ERR_RO_FAULT   ? "RO_FAULT"
	       : pfn == KVM_PFN_ERR_SIGPENDING ? "SIGPENDING"
					       : "FAULT";
}

kvm_pfn_t __ask_kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, unsigned int foll,
				bool *writable, struct page **page, const char *caller)
{
	kvm_pfn_t pfn = __kvm_faultin_pfn(slot, gfn, foll, writable, page);
	const char *access = foll & FOLL_WRITE ? "write" : "read";

	if (is_error_noslot_pfn(pfn))
		ask("__kvm_faultin_pfn", caller, "gfn=0x%llx, %s -> %s", gfn, access,
		    pfn_error(pfn));
	else
		ask("__kvm_faultin_pfn", caller, "gfn=0x%llx, %s -> pfn 0x%llx, %s", gfn, access,
		    pfn, *writable ? "writable" : "read-only");
	return pfn;
}

int __ask_kvm_gmem_get_pfn(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn, kvm_pfn_t *pfn,
			   struct page **page, int *max_order, const char *caller)
{
	int ret = kvm_gmem_get_pfn(kvm, slot, gfn, pfn, page, max_order);

	if (ret)
		ask("kvm_gmem_get_pfn", caller, "gfn=0x%llx -> %d", gfn, ret);
	else
		ask("kvm_gmem_get_pfn", caller, "gfn=0x%llx -> pfn 0x%llx", gfn, *pfn);
	return ret;
}

int __ask_mmu_invalidate_retry(struct kvm *kvm, unsigned long seq, const char *caller)
{
	int retry = mmu_invalidate_retry(kvm, seq);

	ask("mmu_invalidate_retry", caller, "seq=%lu -> %s", seq, yes(retry));
	return retry;
}

/* A predicate whose answer the caller has computed. */
bool __ask_yes(const char *name, bool answer, const char *caller)
{
	ask(name, caller, "-> %s", yes(answer));
	return answer;
}

bool __ask_vcpu_is_rec(const struct kvm_vcpu *vcpu, const char *caller)
{
	bool rec = vcpu_is_rec(vcpu);

	ask("vcpu_is_rec", caller, "vcpu %d -> %s", vcpu->vcpu_id, yes(rec));
	return rec;
}

bool __ask_kvm_is_write_fault(const struct kvm_vcpu *vcpu, const char *caller)
{
	bool write = kvm_is_write_fault(vcpu);

	ask("kvm_is_write_fault", caller, "esr=0x%llx -> %s", kvm_vcpu_get_esr(vcpu), yes(write));
	return write;
}

bool __ask_kvm_vcpu_trap_is_permission_fault(const struct kvm_vcpu *vcpu, const char *caller)
{
	bool perm = kvm_vcpu_trap_is_permission_fault(vcpu);

	ask("kvm_vcpu_trap_is_permission_fault", caller, "esr=0x%llx -> %s", kvm_vcpu_get_esr(vcpu),
	    yes(perm));
	return perm;
}

bool __ask_kvm_vcpu_trap_is_translation_fault(const struct kvm_vcpu *vcpu, const char *caller)
{
	bool translation = kvm_vcpu_trap_is_translation_fault(vcpu);

	ask("kvm_vcpu_trap_is_translation_fault", caller, "esr=0x%llx -> %s",
	    kvm_vcpu_get_esr(vcpu), yes(translation));
	return translation;
}

phys_addr_t __ask_kvm_vcpu_get_fault_ipa(const struct kvm_vcpu *vcpu, const char *caller)
{
	phys_addr_t ipa = kvm_vcpu_get_fault_ipa(vcpu);

	ask("kvm_vcpu_get_fault_ipa", caller, "hpfar=0x%llx -> 0x%llx", vcpu->arch.fault.hpfar_el2,
	    ipa);
	return ipa;
}

phys_addr_t __ask_kvm_gpa_from_fault(struct kvm *kvm, phys_addr_t ipa, const char *caller)
{
	phys_addr_t gpa = kvm_gpa_from_fault(kvm, ipa);

	ask("kvm_gpa_from_fault", caller, "ipa=0x%llx -> gpa 0x%llx", ipa, gpa);
	return gpa;
}

bool __ask_private_address(bool answer, unsigned long addr, const char *caller)
{
	ask("kvm_realm_is_private_address", caller, "ipa=0x%lx -> %s", addr, yes(answer));
	return answer;
}
