/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How kernel-named macros report to the machine's event stream.
 *
 * The numbers are those of enum sim_note in sim/kernel/host.h, which no kernel-style file includes;
 * sim/kernel/note.c checks that they agree.
 */
#ifndef _SIM_NOTE_H
#define _SIM_NOTE_H

#define __SIM_ASK   0
#define __SIM_LOCK  1
#define __SIM_PAGE  2
#define __SIM_LOG   3
#define __SIM_WARN  4
#define __SIM_MM    5
#define __SIM_ABORT 6

/* One line of the event stream. `name` and `caller` must live as long as the image. */
void __sim_note(unsigned int kind, const char *name, const char *caller, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A contract is broken: ends the run. */
void __sim_violation(const char *check, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* A place where another actor may run. */
void __sim_sched(const char *label);
/* Something undecided: 0 <= result < n, 0 is what usually happens. */
unsigned int __sim_choose(const char *kind, unsigned int n, const char *label);
/* Does this fail, in caller()? 0: no; else the number of the way in which it does. */
unsigned int __sim_fails(unsigned int ways, const char *label, const char *caller);
/* The same, asked only in runs with injected failures. */
unsigned int __sim_may_fail(unsigned int ways, const char *label, const char *caller);

/* WARN_ON and friends: note and count when it fires; returns whether it did. */
int __sim_warn(int fires, const char *caller, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void __sim_bug(const char *caller, const char *text) __attribute__((noreturn));

#endif
