/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/tlbflush.h> is not there: there is no TLB; kvm_flush_remote_tlbs() is in linux/kvm_host.h (docs/porting.md, Your own kernel files)"
