/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/refcount.h> is not there: count with atomic_t (linux/atomic.h) (docs/porting.md, Your own kernel files)"
