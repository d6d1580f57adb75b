/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/memory_hotplug.h> is not there: the banks of the machine do not change (docs/porting.md, Your own kernel files)"
