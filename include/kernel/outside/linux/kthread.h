/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/kthread.h> is not there: a test spawns actors (sim_spawn in rmisim/sim.h) (docs/porting.md, Your own kernel files)"
