/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/kobject.h> is not there: there is no sysfs (docs/porting.md, Your own kernel files)"
