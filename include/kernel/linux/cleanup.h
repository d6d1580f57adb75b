/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scope-based clean-up: guards unlock and __free() frees when the scope is left.
 */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>

#define DEFINE_FREE(_name, _type, _free)                                   \
	static __always_inline __maybe_unused void __free_##_name(void *p) \
	{                                                                  \
		_type _T = *(_type *)p;                                    \
		_free;                                                     \
	}
#define __free(_name) __cleanup(__free_##_name)

#define __no_free_ptr(p, v)            \
	__extension__({                \
		__typeof__(p) v = (p); \
		(p) = NULL;            \
		v;                     \
	})
#define no_free_ptr(p)         __no_free_ptr(p, __UNIQUE_ID(kept))
#define return_ptr(p)          return no_free_ptr(p)
#define retain_and_null_ptr(p) ((void)no_free_ptr(p))

#define DEFINE_CLASS(_name, _type, _exit, _init, _init_args...)                             \
	typedef _type class_##_name##_t;                                                    \
	static __always_inline __maybe_unused void class_##_name##_destructor(_type *p)     \
	{                                                                                   \
		_type _T = *p;                                                              \
		_exit;                                                                      \
	}                                                                                   \
	static __always_inline __maybe_unused _type class_##_name##_constructor(_init_args) \
	{                                                                                   \
		_type t = _init;                                                            \
		return t;                                                                   \
	}

#define CLASS(_name, var)                                                            \
	class_##_name##_t var __cleanup(class_##_name##_destructor) __maybe_unused = \
		class_##_name##_constructor

#define DEFINE_GUARD(_name, _type, _lock, _unlock)                  \
	DEFINE_CLASS(                                               \
		_name, _type, if (_T) { _unlock; }, __extension__({ \
			_lock;                                      \
			_T;                                         \
		}),                                                 \
		_type _T)

#define guard(_name) CLASS(_name, __UNIQUE_ID(guard))
#define __scoped_guard(_name, var, args...)                                              \
	for (int __PASTE(var, _done) = 0; !__PASTE(var, _done); __PASTE(var, _done) = 1) \
		for (CLASS(_name, var)(args); !__PASTE(var, _done); __PASTE(var, _done) = 1)
#define scoped_guard(_name, args...) __scoped_guard(_name, __UNIQUE_ID(scope), args)

#endif
