/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/time.h> is not there: there is no time (docs/porting.md, Your own kernel files)"
