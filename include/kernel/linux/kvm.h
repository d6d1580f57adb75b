/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User ABI, as far as the VMM model uses it. struct kvm_run is laid out as struct sim_run of
 * sim/kernel/host.h (checked in sim/kernel/image.c), so that both sides see one page.
 */
#ifndef __LINUX_KVM_H
#define __LINUX_KVM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KVMIO 0xAE

#define KVM_EXIT_UNKNOWN        0
#define KVM_EXIT_MMIO           6
#define KVM_EXIT_SHUTDOWN       8
#define KVM_EXIT_FAIL_ENTRY     9
#define KVM_EXIT_INTR           10
#define KVM_EXIT_INTERNAL_ERROR 17
#define KVM_EXIT_SYSTEM_EVENT   24
#define KVM_EXIT_ARM_NISV       28
#define KVM_EXIT_MEMORY_FAULT   39

#define KVM_INTERNAL_ERROR_EMULATION              1
#define KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON 4

#define KVM_SYSTEM_EVENT_SHUTDOWN 1
#define KVM_SYSTEM_EVENT_RESET    2

#define KVM_MEMORY_EXIT_FLAG_PRIVATE (1ULL << 3)
#define KVM_MEMORY_ATTRIBUTE_PRIVATE (1ULL << 3)

#define KVM_MEM_LOG_DIRTY_PAGES (1UL << 0)
#define KVM_MEM_READONLY        (1UL << 1)
#define KVM_MEM_GUEST_MEMFD     (1UL << 2)

#define GUEST_MEMFD_FLAG_MMAP        (1ULL << 0)
#define GUEST_MEMFD_FLAG_INIT_SHARED (1ULL << 1)

#define FALLOC_FL_KEEP_SIZE  0x01
#define FALLOC_FL_PUNCH_HOLE 0x02

#define KVM_VM_TYPE_ARM_IPA_SIZE_MASK 0xffULL
#define KVM_VM_TYPE_ARM_IPA_SIZE(x)   ((x)&KVM_VM_TYPE_ARM_IPA_SIZE_MASK)
#define KVM_VM_TYPE_ARM_REALM         (1UL << 30)

#define KVM_CAP_ARM_RMI 249

struct kvm_run {
	__u32 immediate_exit;
	__u32 exit_reason;
	struct {
		__u64 flags, gpa, size;
	} memory_fault;
	struct {
		__u64 phys_addr;
		__u8 data[8];
		__u32 len;
		__u32 is_write;
	} mmio;
	struct {
		__u32 suberror;
	} internal;
	struct {
		__u32 type;
	} system_event;
};

struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
};

struct kvm_memory_attributes {
	__u64 address;
	__u64 size;
	__u64 attributes;
	__u64 flags;
};

#define KVM_SET_MEMORY_ATTRIBUTES _IOW(KVMIO, 0xd2, struct kvm_memory_attributes)

struct kvm_arm_rmi_populate {
	__u64 base;
	__u64 size;
	__u64 source_uaddr;
	__u32 flags;
	__u32 reserved;
};
#define KVM_ARM_RMI_POPULATE_FLAGS_MEASURE (1 << 0)
#define KVM_ARM_RMI_POPULATE               _IOWR(KVMIO, 0xd7, struct kvm_arm_rmi_populate)

#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_PSCI_0_2  2

#define KVM_MP_STATE_RUNNABLE 0
#define KVM_MP_STATE_STOPPED  5

#endif
