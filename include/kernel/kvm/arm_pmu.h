/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_ARM_KVM_PMU_H
#define __ASM_ARM_KVM_PMU_H
#define kvm_pmu_flush_hwstate(v) ((void)(v))
#define kvm_pmu_sync_hwstate(v)  ((void)(v))
#define kvm_vcpu_has_pmu(v)      false
#endif
