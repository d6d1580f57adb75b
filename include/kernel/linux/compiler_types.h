/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_compiler_types_H
#define _LINUX_compiler_types_H
#include <linux/compiler.h>
#endif
