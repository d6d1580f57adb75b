/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_JUMP_LABEL_H
#define _LINUX_JUMP_LABEL_H

#include <linux/types.h>

struct static_key_false {
	bool enabled;
};
struct static_key_true {
	bool enabled;
};

#define DEFINE_STATIC_KEY_FALSE(k)    struct static_key_false k = { false }
#define DEFINE_STATIC_KEY_FALSE_RO(k) struct static_key_false k = { false }
#define DEFINE_STATIC_KEY_TRUE(k)     struct static_key_true k = { true }
#define DECLARE_STATIC_KEY_FALSE(k)   extern struct static_key_false k
#define DECLARE_STATIC_KEY_TRUE(k)    extern struct static_key_true k
#define static_branch_unlikely(k)     unlikely((k)->enabled)
#define static_branch_likely(k)       likely((k)->enabled)
#define static_branch_enable(k)       ((void)((k)->enabled = true))
#define static_branch_disable(k)      ((void)((k)->enabled = false))
#define static_key_enabled(k)         ((k)->enabled)

#endif
