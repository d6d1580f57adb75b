/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which generation of the kernel the including file is written for: -DRMISIM_KERNEL_GEN=v14 (the default: 7.1
 * with v14 of the realm series) or -DRMISIM_KERNEL_GEN=newest (the trees after v16). Where a symbol has two
 * forms, exactly that of the generation is declared. Structures are the same in both: files of both generations
 * may meet in one image, and meet the same sim/kernel.
 */
#ifndef _SIM_GEN_H
#define _SIM_GEN_H

#ifndef RMISIM_KERNEL_GEN
#define RMISIM_KERNEL_GEN v14
#endif

#define __SIM_GEN_v14    14
#define __SIM_GEN_newest 99

#define __SIM_GEN__(gen) __SIM_GEN_##gen
#define __SIM_GEN(gen)   __SIM_GEN__(gen)

#define SIM_GEN_V14    (__SIM_GEN(RMISIM_KERNEL_GEN) == 14)
#define SIM_GEN_NEWEST (__SIM_GEN(RMISIM_KERNEL_GEN) == 99)

#if !SIM_GEN_V14 && !SIM_GEN_NEWEST
#error "RMISIM_KERNEL_GEN is v14 or newest"
#endif

#endif
