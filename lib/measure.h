/* SPDX-License-Identifier: BSD-2-Clause */
/* Realm initial and extensible measurements (A7.1, C2). */
#ifndef LIB_MEASURE_H
#define LIB_MEASURE_H

#include <stddef.h>
#include <stdint.h>

struct rmm;
struct realm;
struct rec_params;

/* Hash `size` bytes with enum rmi_hash_algorithm; digest[64] is zero above the hash's size. */
void measure_hash(unsigned algorithm, const void *data, size_t size, uint8_t digest[64]);
/* REALM_CREATE: zero, or the hash of the parameters by profile (OP-53). */
void measure_realm(const struct rmm *rmm, struct realm *realm);
/* MEASUREMENT_EXTEND of REM `index`, 0 to 3, with 0 to 64 bytes (B3.110; OP-9). */
void measure_extend(const struct rmm *rmm, struct realm *realm, unsigned index,
		    const uint8_t *value, size_t size);
/* RTT_DATA_MAP_INIT: content NULL when it is not measured. */
void measure_data(struct realm *realm, uint64_t ipa, uint64_t flags, const void *content,
		  size_t size);
/* REC_CREATE of a runnable REC. */
void measure_rec(struct realm *realm, const struct rec_params *p);

#endif
