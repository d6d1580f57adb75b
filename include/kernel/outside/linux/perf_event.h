/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/perf_event.h> is not there: the PMU is not modelled (docs/porting.md, Your own kernel files)"
