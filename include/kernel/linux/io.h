/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_io_H
#define _LINUX_io_H
#include <linux/mm.h>
#endif
