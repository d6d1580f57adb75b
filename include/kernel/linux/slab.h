/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small objects, from the world's arena.
 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/overflow.h>

void *__sim_kmalloc(size_t size, gfp_t gfp, const char *caller);
void __sim_kfree(const void *p, const char *caller);

#define kmalloc(size, gfp)       __sim_kmalloc(size, gfp, __func__)
#define kzalloc(size, gfp)       __sim_kmalloc(size, (gfp) | __GFP_ZERO, __func__)
#define kcalloc(n, size, gfp)    kzalloc(size_mul(n, size), gfp)
#define kmalloc_array(n, s, gfp) kmalloc(size_mul(n, s), gfp)
#define kvmalloc(size, gfp)      kmalloc(size, gfp)
#define kvzalloc(size, gfp)      kzalloc(size, gfp)
#define kvcalloc(n, size, gfp)   kcalloc(n, size, gfp)
#define vzalloc(size)            kzalloc(size, GFP_KERNEL)
#define kfree(p)                 __sim_kfree(p, __func__)
#define kvfree(p)                kfree(p)
#define vfree(p)                 kfree(p)
#define kmalloc_obj(x, ...)      ((__typeof__(x) *)kmalloc(sizeof(x), GFP_KERNEL))
#define kzalloc_obj(x, ...)      ((__typeof__(x) *)kzalloc(sizeof(x), GFP_KERNEL))

DEFINE_FREE(kfree, void *, if (_T) kfree(_T))

#endif
