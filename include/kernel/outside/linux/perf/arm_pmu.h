/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/perf/arm_pmu.h> is not there: the PMU is not modelled (docs/porting.md, Your own kernel files)"
