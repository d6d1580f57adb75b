/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/device.h> is not there: there are no devices (docs/porting.md, Your own kernel files)"
