/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/cpumask.h> is not there: the CPUs of the machine are actors without numbers of their own (docs/porting.md, Your own kernel files)"
