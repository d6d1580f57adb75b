/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_init_H
#define _LINUX_init_H
#include <linux/compiler.h>
#endif
