/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SplitMix64: numbers that look random and are the same on every machine. Steele, Lea, Flood: "Fast splittable
 * pseudorandom number generators", OOPSLA 2014; the constants are those of its mix13 variant.
 */
#ifndef SIM_SPLITMIX_H
#define SIM_SPLITMIX_H

#include <stdint.h>

static inline uint64_t splitmix_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline uint64_t splitmix_next(uint64_t *state)
{
	return splitmix_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

/* 0 to n - 1; n is not 0. */
static inline uint32_t splitmix_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((splitmix_next(state) >> 32) * n >> 32);
}

#endif
