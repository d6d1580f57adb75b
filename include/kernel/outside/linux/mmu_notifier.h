/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/mmu_notifier.h> is not there: notifiers end in kvm_unmap_gfn_range() and friends (linux/kvm_host.h) (docs/porting.md, Your own kernel files)"
