/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_vmalloc_H
#define _LINUX_vmalloc_H
#include <linux/mm.h>
#endif
