/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#define BUILD_BUG_ON(cond)              ((void)sizeof(struct { int : -!!(cond); }))
#define BUILD_BUG_ON_MSG(cond, msg)     BUILD_BUG_ON(cond)
#define BUILD_BUG_ON_ZERO(e)            ((int)(sizeof(struct { int : -!!(e); })))
#define __static_assert(expr, msg, ...) _Static_assert(expr, msg)
#define static_assert(expr, ...) __static_assert(expr, ##__VA_ARGS__, #expr)

#endif
