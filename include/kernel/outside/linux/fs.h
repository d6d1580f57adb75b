/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/fs.h> is not there: files are handles of the VMM; guest_memfd is in linux/kvm_host.h (docs/porting.md, Your own kernel files)"
