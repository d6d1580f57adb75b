/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_compiler_attributes_H
#define _LINUX_compiler_attributes_H
#include <linux/compiler.h>
#endif
