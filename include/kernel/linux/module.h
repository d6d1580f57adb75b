/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_module_H
#define _LINUX_module_H
#include <linux/compiler.h>
#endif
