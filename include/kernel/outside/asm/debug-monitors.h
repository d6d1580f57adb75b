/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/debug-monitors.h> is not there: debug registers are not modelled (docs/porting.md, Your own kernel files)"
