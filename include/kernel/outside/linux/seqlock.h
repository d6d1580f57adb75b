/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/seqlock.h> is not there: the sequence counter of the fault path is mmu_invalidate_seq (linux/kvm_host.h) (docs/porting.md, Your own kernel files)"
