/* SPDX-License-Identifier: BSD-2-Clause */
/* Realm initial measurement (A7.1, C2). */
#ifndef LIB_MEASURE_H
#define LIB_MEASURE_H

#include <stddef.h>
#include <stdint.h>

struct realm;
struct rec_params;

/* Hash `size` bytes with enum rmi_hash_algorithm; digest[64] is zero above the hash's size. */
void measure_hash(unsigned algorithm, const void *data, size_t size, uint8_t digest[64]);
/* RTT_DATA_MAP_INIT: content NULL when it is not measured. */
void measure_data(struct realm *realm, uint64_t ipa, uint64_t flags, const void *content,
		  size_t size);
/* REC_CREATE of a runnable REC. */
void measure_rec(struct realm *realm, const struct rec_params *p);

#endif
