/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#ifndef NULL
#define NULL ((void *)0)
#endif
#undef offsetof
#define offsetof(type, member)     __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof((((type *)0)->member))
#define offsetofend(type, member)  (offsetof(type, member) + sizeof_field(type, member))

#endif
