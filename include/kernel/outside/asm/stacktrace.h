/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/stacktrace.h> is not there: gdb shows the stack of an actor (docs/porting.md, Your own kernel files)"
