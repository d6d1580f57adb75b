/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of the kernel's surface: one line a symbol, with the type or value that the sheet gives it. Compiled,
 * never linked or run (surface.sh).
 */
#ifndef TESTS_KERNEL_SURFACE_H
#define TESTS_KERNEL_SURFACE_H

#include <linux/types.h>
#include <sim/gen.h>

#define SAME_TYPE(a, b) __builtin_types_compatible_p(a, b)

/* A typedef, struct or enum */
#define TYPE(type, meaning)  _Static_assert(SAME_TYPE(type, meaning), #type)
/* A function, also behind a macro of its name */
#define FUNCTION(name, type) _Static_assert(SAME_TYPE(__typeof__((name)), type), #name)
/* A constant */
#define VALUE(expr, value)   _Static_assert((expr) == (value), #expr)
/* A field */
#define FIELD(aggregate, field, type) \
	_Static_assert(SAME_TYPE(__typeof__(((aggregate *)0)->field), type), #field)
/* A field of an unnamed type: it is there */
#define HAS(aggregate, field) _Static_assert(sizeof(((aggregate *)0)->field) > 0, #field)
/* In a function: what a call or another expression yields */
#define YIELDS(expr, type)    _Static_assert(SAME_TYPE(__typeof__(expr), type), #expr)
/* In a function: a statement */
#define DOES(statement)    \
	do {               \
		statement; \
	} while (0)

#endif
