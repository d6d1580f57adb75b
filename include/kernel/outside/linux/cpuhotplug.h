/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/cpuhotplug.h> is not there: the CPUs of the machine are actors and always online (docs/porting.md, Your own kernel files)"
