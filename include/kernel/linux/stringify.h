/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_stringify_H
#define _LINUX_stringify_H
#include <linux/compiler.h>
#endif
