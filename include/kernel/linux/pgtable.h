/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_pgtable_H
#define _LINUX_pgtable_H
#include <linux/mm.h>
#endif
