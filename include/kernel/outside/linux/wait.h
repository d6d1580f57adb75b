/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/wait.h> is not there: wait for another actor with a mutex or a request (linux/kvm_host.h) (docs/porting.md, Your own kernel files)"
