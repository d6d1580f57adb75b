/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/random.h> is not there: what is undecided is asked for by the harness, never at random (docs/porting.md, Your own kernel files)"
