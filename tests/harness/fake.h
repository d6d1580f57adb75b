/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of the harness share: a world of one small bank on the image that is no kernel. */
#ifndef TESTS_HARNESS_FAKE_H
#define TESTS_HARNESS_FAKE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/sim.h>
#include <rmisim/cmocka.h>

/* The folder of the test's own images, and one of them. */
#define IMAGES getenv("FAKE_IMAGES")

static inline const char *fake_path(char path[512], const char *name)
{
	snprintf(path, 512, "%s/%s", IMAGES ? IMAGES : ".", name);
	return path;
}

static inline struct sim_config fake_config(char path[512])
{
	return (struct sim_config){ .kernel = fake_path(path, "fake-image.so"),
				    .banks = { { 0x80000000, 1 << 20 } },
				    .nr_banks = 1 };
}

#endif
