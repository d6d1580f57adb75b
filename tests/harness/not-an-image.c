/* SPDX-License-Identifier: BSD-2-Clause */
/* A shared library like any other; loading it would be noticed. */
#include <stdlib.h>

int not_an_image(void);

__attribute__((constructor)) static void loaded(void)
{
	abort();
}

int not_an_image(void)
{
	return 1;
}
