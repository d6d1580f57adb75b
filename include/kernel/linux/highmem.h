/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_highmem_H
#define _LINUX_highmem_H
#include <linux/mm.h>
#endif
