// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCPUs and their run loop; the end of a VM. Part of the kernel's arm.c (v7.1 with series v14).
 */
#include <linux/bug.h>
#include <linux/entry-virt.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kvm_host.h>
#include <linux/preempt.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_rmi.h>

/* Once the interrupt controller is set up, which the first run needs, no vCPU can join. kvm->lock is held. */
int kvm_arch_vcpu_precreate(struct kvm *kvm, unsigned int id)
{
	if (irqchip_in_kernel(kvm) && vgic_initialized(kvm))
		return -EBUSY;
	if (id >= kvm->max_vcpus)
		return -EINVAL;
	return 0;
}

/* The REC of a realm's vCPU is created at activation. */
int kvm_arch_vcpu_create(struct kvm_vcpu *vcpu)
{
	vcpu->arch.mmu_page_cache.gfp_zero = __GFP_ZERO;
	vcpu->arch.hw_mmu = &vcpu->kvm->arch.mmu;
	return 0;
}

void kvm_arch_vcpu_destroy(struct kvm_vcpu *vcpu)
{
	kvm_mmu_free_memory_cache(&vcpu->arch.mmu_page_cache);
	kvm_destroy_rec(vcpu);
}

/* Another thread runs the vCPU than last time, or one runs it for the first time. */
int kvm_arch_vcpu_run_pid_change(struct kvm_vcpu *vcpu)
{
	if (!kvm_is_realm(vcpu->kvm))
		return 0;
	return kvm_activate_realm(vcpu->kvm);
}

/* > 0: run; otherwise to user space. */
static int check_vcpu_requests(struct kvm_vcpu *vcpu)
{
	if (!kvm_request_pending(vcpu))
		return 1;
	if (kvm_check_request(KVM_REQ_VM_DEAD, vcpu))
		return -EIO;
	/* only there to make the vCPU leave the guest */
	kvm_check_request(KVM_REQ_IRQ_PENDING, vcpu);
	return 1;
}

/* Run the guest until it exits and handle the exit. > 0: go on; otherwise to user space. */
static int kvm_vcpu_run_once(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;
	unsigned long rec_ret;

	preempt_disable();
	local_irq_disable();
	WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);

	if (kvm_vcpu_exit_request(vcpu)) {
		WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
		local_irq_enable();
		preempt_enable();
		return 1;
	}

	rec_ret = kvm_rec_enter(vcpu);
	WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);

	/* a pending interrupt is taken here */
	if (rec->run->exit.exit_reason == RMI_EXIT_IRQ) {
		local_irq_enable();
		local_irq_disable();
	}
	local_irq_enable();
	preempt_enable();

	return handle_rec_exit(vcpu, rec_ret);
}

/*
 * KVM_RUN: run the guest until user space has to do something. 0 with run->exit_reason, or -errno; -EFAULT
 * and -EHWPOISON may come with a prepared KVM_EXIT_MEMORY_FAULT. Holds vcpu->mutex.
 */
int kvm_arch_vcpu_ioctl_run(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	int ret;

	if (run->exit_reason == KVM_EXIT_MMIO) {
		ret = kvm_handle_mmio_return(vcpu);
		if (ret <= 0)
			return ret;
	}
	if (!vcpu->wants_to_run)
		return -EINTR;
	/* the simulated machine has no CPU that could run an ordinary guest */
	if (!vcpu_is_rec(vcpu)) {
		run->exit_reason = KVM_EXIT_FAIL_ENTRY;
		return 0;
	}

	run->exit_reason = KVM_EXIT_UNKNOWN;
	do {
		ret = kvm_xfer_to_guest_mode_handle_work(vcpu);
		if (ret)
			break;
		ret = check_vcpu_requests(vcpu);
		if (ret > 0)
			ret = kvm_rec_pre_enter(vcpu);
		if (ret > 0)
			ret = kvm_vcpu_run_once(vcpu);
	} while (ret > 0);

	return ret;
}

/* The last file is closed; kvm_arch_flush_shadow_all() has been called. */
void kvm_arch_destroy_vm(struct kvm *kvm)
{
	kvm_destroy_vcpus(kvm);
	if (kvm_is_realm(kvm))
		kvm_destroy_realm(kvm);
}
