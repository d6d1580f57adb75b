/* SPDX-License-Identifier: BSD-2-Clause */
/* gdb, with the commands of gdb/ loaded. */
#ifndef SIM_DEBUGGER_H
#define SIM_DEBUGGER_H

/* Become gdb with these arguments: -ENOENT when there is no gdb, or its helpers are not found. */
int sim_gdb(unsigned nr, const char *const *arguments);

#endif
