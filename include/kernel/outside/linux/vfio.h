/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/vfio.h> is not there: there are no devices (docs/porting.md, Your own kernel files)"
