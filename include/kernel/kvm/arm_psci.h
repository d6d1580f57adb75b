/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __KVM_ARM_PSCI_H__
#define __KVM_ARM_PSCI_H__
#include <kvm/arm_hypercalls.h>
#include <linux/psci.h>
#endif
