/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_VIRT_H
#define __ASM_VIRT_H

#include <linux/jump_label.h>

/* Set by kvm_init_rmi() when realms can be had. */
DECLARE_STATIC_KEY_FALSE(kvm_rmi_is_available);

static inline bool is_protected_kvm_enabled(void)
{
	return false;
}

#endif
