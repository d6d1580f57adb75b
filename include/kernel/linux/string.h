/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory functions of the host: an access to a granule that is not Non-secure is a granule
 * protection fault, which ends the run.
 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/types.h>

void *__sim_memset(void *p, int c, size_t n, const char *caller);
void *__sim_memcpy(void *to, const void *from, size_t n, const char *caller);
void *__sim_memmove(void *to, const void *from, size_t n, const char *caller);

#define memset(p, c, n)      __sim_memset(p, c, n, __func__)
#define memcpy(to, from, n)  __sim_memcpy(to, from, n, __func__)
#define memmove(to, from, n) __sim_memmove(to, from, n, __func__)

int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

#endif
