/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Begin and end of the dispatcher in the event stream. The image is linked with
 * --wrap=kvm_handle_guest_abort, so that the port's own text stays untouched.
 */
#include "env.h"

#include <asm/kvm_mmu.h>

int __wrap_kvm_handle_guest_abort(struct kvm_vcpu *vcpu);
int __real_kvm_handle_guest_abort(struct kvm_vcpu *vcpu);

int __wrap_kvm_handle_guest_abort(struct kvm_vcpu *vcpu)
{
	static const char name[] = "kvm_handle_guest_abort";
	int ret;

	__sim_note(__SIM_ABORT, name, NULL, "begin vcpu=%d fault_ipa=0x%llx, esr=0x%llx",
		   vcpu->vcpu_id, kvm_vcpu_get_fault_ipa(vcpu), kvm_vcpu_get_esr(vcpu));
	ret = __real_kvm_handle_guest_abort(vcpu);
	__sim_note(__SIM_ABORT, name, NULL, "end vcpu=%d -> %d", vcpu->vcpu_id, ret);
	if (ret > 1)
		env_breach("fault-return", "%s of vCPU %d returns %d for fault_ipa 0x%llx", name,
			   vcpu->vcpu_id, ret, kvm_vcpu_get_fault_ipa(vcpu));
	return ret;
}
