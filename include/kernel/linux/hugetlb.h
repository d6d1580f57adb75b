/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_hugetlb_H
#define _LINUX_hugetlb_H
#include <linux/mm.h>
#endif
