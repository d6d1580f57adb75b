/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RMI ABI under the driver's header name, with the words that bet3 renamed.
 */
#ifndef __LINUX_ARM_SMCCC_RMI_H
#define __LINUX_ARM_SMCCC_RMI_H

#include <asm/rmi_smc.h>

#define SMC_RMI_RMM_DEACTIVATE SMC_RMI_CALL(0x20f)
#define SMC_RMI_GPT_INFO       SMC_RMI_CALL(0x211)

/* RmiResult, X0 of every command */
#define RMI_RESULT_STATUS(r)     RMI_RETURN_STATUS(r)
#define RMI_RESULT_DATA_LEVEL(r) RMI_RETURN_INDEX(r) /* ERROR_RTT: where the walk stopped */

#endif
