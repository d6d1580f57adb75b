/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_pagemap_H
#define _LINUX_pagemap_H
#include <linux/mm.h>
#endif
