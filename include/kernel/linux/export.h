/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_export_H
#define _LINUX_export_H
#include <linux/compiler.h>
#endif
