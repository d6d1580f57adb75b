/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs and vCPUs: creation, KVM_RUN's frame, requests, the end.
 */
#include "env.h"
#include "kvm.h"
#include "mm.h"

#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <linux/entry-virt.h>
#include <linux/slab.h>

/* Lock ranks: taken with rising rank (linux/kvm_host.h has the order). */
static void init_locks(struct kvm *kvm)
{
	rwlock_init(&kvm->mmu_lock);
	mutex_init(&kvm->slots_lock);
	mutex_init(&kvm->slots_arch_lock);
	mutex_init(&kvm->lock);
	mutex_init(&kvm->arch.config_lock);
	spin_lock_init(&kvm->mn_invalidate_lock);
	init_srcu_struct(&kvm->srcu);
	__sim_lock_rank(&kvm->lock.dep, 10);
	__sim_lock_rank(&kvm->slots_lock.dep, 30);
	__sim_lock_rank(&kvm->arch.config_lock.dep, 40);
	__sim_lock_rank(&kvm->slots_arch_lock.dep, 60);
	__sim_lock_rank(&kvm->mn_invalidate_lock.dep, 80);
	__sim_lock_rank(&kvm->mmu_lock.dep, 90);
}

static void free_vm(struct kvm *kvm)
{
	memslots_destroy(kvm);
	xa_destroy(&kvm->mem_attr_array);
	mm_free(kvm->mm);
	kfree(kvm);
}

u32 get_kvm_ipa_limit(void)
{
	return 48;
}

static int arch_init_vm(struct kvm *kvm, unsigned int ia_bits, bool realm)
{
	u32 limit = realm ? min(kvm_realm_ipa_limit(), get_kvm_ipa_limit()) : get_kvm_ipa_limit();
	int err;

	if (realm && !static_key_enabled(&kvm_rmi_is_available))
		return -EINVAL;
	if (ia_bits < 32 || ia_bits > limit)
		return -EINVAL;
	kvm->arch.is_realm = realm;
	kvm->arch.vcpu_features[0] = BIT(KVM_ARM_VCPU_PSCI_0_2);
	kvm->arch.vgic.in_kernel = true;
	kvm->arch.id_aa64dfr0_el1 = read_sanitised_ftr_reg(SYS_ID_AA64DFR0_EL1);
	err = kvm_init_stage2_mmu(kvm, &kvm->arch.mmu, ia_bits);
	if (err || !realm)
		return err;
	err = kvm_init_realm(kvm);
	if (err)
		kvm_free_stage2_pgd(&kvm->arch.mmu);
	return err;
}

int kvm_create_vm(unsigned int ia_bits, bool realm, struct kvm **out)
{
	struct kvm *kvm = kzalloc(layout_kvm_size(), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!kvm)
		return err;
	init_locks(kvm);
	INIT_LIST_HEAD(&kvm->gmem_files);
	kvm->max_vcpus = KVM_MAX_VCPUS;
	kvm->mm = mm_new();
	if (!kvm->mm || memslots_init(kvm))
		goto err;
	current->mm = kvm->mm;
	err = arch_init_vm(kvm, ia_bits, realm);
	current->mm = NULL;
	if (err)
		goto err;
	kvm->mm->kvm = kvm;
	*out = kvm;
	return 0;
err:
	kvm->closing = true;
	free_vm(kvm);
	return err;
}

/*
 * The VMM exits: its address space goes first, then the last reference to the VM, then the
 * guest_memfds.
 */
void kvm_close_vm(struct kvm *kvm)
{
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_arch_flush_shadow_all(kvm);
	srcu_read_unlock(&kvm->srcu, idx);
	kvm->mm->kvm = NULL;

	kvm->closing = true;
	kvm_arch_destroy_vm(kvm);
	memslots_destroy(kvm);
	gmem_release_all(kvm);
	free_vm(kvm);
}

static u64 reset_mpidr(unsigned int id)
{
	return BIT_ULL(31) | (id & 0xf) | (u64)((id >> 4) & 0xff) << 8 |
	       (u64)((id >> 12) & 0xff) << 16;
}

int kvm_vm_create_vcpu(struct kvm *kvm, unsigned int id, u64 pc, struct kvm_vcpu **out)
{
	struct kvm_vcpu *vcpu, *other;
	unsigned long i;
	int err = 0;

	if (id >= KVM_MAX_VCPUS)
		return -EINVAL;
	mutex_lock(&kvm->lock);
	if (kvm->created_vcpus >= kvm->max_vcpus)
		err = -EINVAL;
	else
		err = kvm_arch_vcpu_precreate(kvm, id);
	kvm_for_each_vcpu(i, other, kvm)
		if (!err && other->vcpu_id == (int)id)
			err = -EEXIST;
	vcpu = err ? NULL : kzalloc(layout_vcpu_size(), GFP_KERNEL_ACCOUNT);
	if (!vcpu) {
		err = err ? err : -ENOMEM;
		goto out;
	}
	mutex_init(&vcpu->mutex);
	__sim_lock_rank(&vcpu->mutex.dep, 20);
	vcpu->kvm = kvm;
	vcpu->vcpu_id = (int)id;
	vcpu->arch.hw_mmu = &kvm->arch.mmu;
	vcpu->arch.mpidr_el1 = reset_mpidr(id);
	vcpu->arch.ctxt.regs.pc = pc;
	vcpu->arch.mp_state.mp_state = id ? KVM_MP_STATE_STOPPED : KVM_MP_STATE_RUNNABLE;
	vcpu_set_flag(vcpu, VCPU_INITIALIZED);
	err = kvm_arch_vcpu_create(vcpu);
	if (err) {
		kfree(vcpu);
		goto out;
	}
	vcpu->vcpu_idx = atomic_read(&kvm->online_vcpus);
	kvm->vcpu_array[vcpu->vcpu_idx] = vcpu;
	kvm->created_vcpus++;
	atomic_inc(&kvm->online_vcpus);
	*out = vcpu;
out:
	mutex_unlock(&kvm->lock);
	return err;
}

void kvm_destroy_vcpus(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		kvm_arch_vcpu_destroy(vcpu);
		kfree(vcpu);
		kvm->vcpu_array[i] = NULL;
	}
	atomic_set(&kvm->online_vcpus, 0);
}

/*
 * The VMM sets the interrupt controller up (KVM_DEV_ARM_VGIC_CTRL_INIT) before it runs a vCPU for the first
 * time; from then on no vCPU can be created.
 */
static void init_vgic(struct kvm *kvm)
{
	if (READ_ONCE(kvm->arch.vgic.initialized))
		return;
	mutex_lock(&kvm->lock);
	WRITE_ONCE(kvm->arch.vgic.initialized, true);
	mutex_unlock(&kvm->lock);
}

int kvm_vcpu_run(struct kvm_vcpu *vcpu, struct kvm_run *run)
{
	struct task_struct *task = current;
	int ret = 0;

	if (vcpu->kvm->vm_dead)
		return -EIO;
	init_vgic(vcpu->kvm);
	mutex_lock(&vcpu->mutex);
	task->signal_in = run;
	vcpu->run = run;
	vcpu->wants_to_run = !READ_ONCE(run->immediate_exit);
	if (vcpu->pid != task->pid) {
		ret = kvm_arch_vcpu_run_pid_change(vcpu);
		if (!ret)
			vcpu->pid = task->pid;
	}
	if (!ret)
		ret = kvm_arch_vcpu_ioctl_run(vcpu);
	vcpu->wants_to_run = false;
	vcpu->run = NULL;
	task->signal_in = NULL;
	mutex_unlock(&vcpu->mutex);
	return ret;
}

void kvm_vm_dead(struct kvm *kvm)
{
	kvm->vm_dead = true;
	kvm_make_all_cpus_request(kvm, KVM_REQ_VM_DEAD);
}

void kvm_vm_bugged(struct kvm *kvm)
{
	kvm->vm_bugged = true;
	kvm_vm_dead(kvm);
}

int __sim_kvm_bug(int fires, struct kvm *kvm, const char *caller, const char *text)
{
	if (!fires)
		return 0;
	__sim_warn(!kvm->vm_bugged, caller, "KVM_BUG_ON(%s)", text);
	task_current()->bugged = true;
	if (!kvm->vm_bugged)
		kvm_vm_bugged(kvm);
	return 1;
}

bool kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		kvm_make_request((int)req, vcpu);
	return true;
}

bool kvm_vcpu_exit_request(struct kvm_vcpu *vcpu)
{
	return kvm_request_pending(vcpu) || xfer_to_guest_mode_work_pending();
}

/* The model looks for requests at each entry; nobody sleeps in the guest. */
void kvm_vcpu_kick(struct kvm_vcpu *vcpu)
{
}

void kvm_vcpu_wake_up(struct kvm_vcpu *vcpu)
{
}

struct kvm_vcpu *kvm_mpidr_to_vcpu(struct kvm *kvm, unsigned long mpidr)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		if (kvm_vcpu_get_mpidr_aff(vcpu) == (mpidr & 0xff00ffffffUL))
			return vcpu;
	return NULL;
}

void kvm_prepare_memory_fault_exit(struct kvm_vcpu *vcpu, gpa_t gpa, gpa_t size, bool is_write,
				   bool is_exec, bool is_private)
{
	vcpu->run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	vcpu->run->memory_fault.gpa = gpa;
	vcpu->run->memory_fault.size = size;
	vcpu->run->memory_fault.flags = is_private ? KVM_MEMORY_EXIT_FLAG_PRIVATE : 0;
}
