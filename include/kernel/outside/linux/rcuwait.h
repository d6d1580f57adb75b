/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/rcuwait.h> is not there: kvm_vcpu_wake_up() is in linux/kvm_host.h (docs/porting.md, Your own kernel files)"
