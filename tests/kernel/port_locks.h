/* SPDX-License-Identifier: BSD-2-Clause */
/* The seam to port_locks.c: plain C, included by both worlds of headers. */
#ifndef TESTS_KERNEL_PORT_LOCKS_H
#define TESTS_KERNEL_PORT_LOCKS_H

struct test_locks {
	/* Do what the name says; -1: there is no such door. */
	int (*door)(const char *name);
};

#define TEST_LOCKS_SYMBOL "sim_test_locks"

extern struct test_locks sim_test_locks;

#endif
