/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __KVM_ARM_VGIC_H
#define __KVM_ARM_VGIC_H
/* No interrupt controller: with RMM 2.0 its state travels in the ICH registers. */
#define kvm_vgic_flush_hwstate(v) ((void)(v))
#define kvm_vgic_sync_hwstate(v)  ((void)(v))
#define kvm_vgic_destroy(kvm)     ((void)(kvm))
#endif
