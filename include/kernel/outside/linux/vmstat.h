/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/vmstat.h> is not there: kvm_account_pgtable_pages() is in linux/kvm_host.h (docs/porting.md, Your own kernel files)"
