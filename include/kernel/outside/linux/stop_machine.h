/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/stop_machine.h> is not there: one actor runs at a time (docs/porting.md, Your own kernel files)"
