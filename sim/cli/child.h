/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program, or this one again, and what it prints. */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

/*
 * Run the program at `path` and wait for it. *out becomes what it wrote to stdout, to be freed; its stderr goes nowhere.
 * Returns its exit status, 128 + n when signal n ended it, or -errno when it could not be started (*out is NULL).
 */
int child_run(const char *path, char *const argv[], char **out);

#endif
