/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _UAPI_LINUX_PSCI_H
#define _UAPI_LINUX_PSCI_H
#include <linux/psci.h>
#endif
