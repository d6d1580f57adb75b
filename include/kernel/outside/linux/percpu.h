/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/percpu.h> is not there: static per-CPU variables are not modelled; keep state in the vCPU (docs/porting.md, Your own kernel files)"
