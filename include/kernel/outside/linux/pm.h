/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/pm.h> is not there: the machine does not sleep (docs/porting.md, Your own kernel files)"
