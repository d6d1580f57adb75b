/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to bit fields that are described by a constant mask.
 */
#ifndef _LINUX_BITFIELD_H
#define _LINUX_BITFIELD_H

#include <linux/bits.h>
#include <linux/types.h>

#define __bf_shf(mask)               __builtin_ctzll(mask)
#define FIELD_MAX(mask)              ((__typeof__(mask))((mask) >> __bf_shf(mask)))
#define FIELD_FIT(mask, val)         (!((((__typeof__(mask))(val)) << __bf_shf(mask)) & ~(mask)))
#define FIELD_PREP(mask, val)        ((((__typeof__(mask))(val)) << __bf_shf(mask)) & (mask))
#define FIELD_PREP_CONST(mask, val)  FIELD_PREP(mask, val)
#define FIELD_GET(mask, reg)         ((__typeof__(mask))(((reg) & (mask)) >> __bf_shf(mask)))
#define FIELD_MODIFY(mask, reg, val) (*(reg) = (*(reg) & ~(mask)) | FIELD_PREP(mask, val))

static __always_inline u64 u64_get_bits(u64 v, u64 mask)
{
	return (v & mask) >> __bf_shf(mask);
}

static __always_inline u64 u64_encode_bits(u64 v, u64 mask)
{
	return (v << __bf_shf(mask)) & mask;
}

static __always_inline u64 u64_replace_bits(u64 old, u64 v, u64 mask)
{
	return (old & ~mask) | u64_encode_bits(v, mask);
}

static __always_inline u32 u32_get_bits(u32 v, u32 mask)
{
	return (v & mask) >> __bf_shf(mask);
}

#endif
