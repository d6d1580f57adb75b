/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_mman_H
#define _LINUX_mman_H
#include <linux/mm.h>
#endif
