/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H
#include <linux/bug.h>
#endif
