/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Function identifiers: those of RMI are the rows of the command table and differ between editions
 * (OP-1); here are RSI (B5.4) and PSCI.
 */
#include <inttypes.h>
#include <string.h>

#include "call.h"
#include "decode.h"

struct fid {
	uint32_t fid;
	const char *name;
};

/* In ascending order. */
static const struct fid fids[] = {
	{ 0x80000000, "SMCCC_VERSION" },
	{ 0x84000000, "PSCI_VERSION" },
	{ 0x84000001, "PSCI_CPU_SUSPEND" },
	{ 0x84000002, "PSCI_CPU_OFF" },
	{ 0x84000003, "PSCI_CPU_ON" },
	{ 0x84000004, "PSCI_AFFINITY_INFO" },
	{ 0x84000008, "PSCI_SYSTEM_OFF" },
	{ 0x84000009, "PSCI_SYSTEM_RESET" },
	{ 0x8400000a, "PSCI_FEATURES" },
	{ 0xc4000001, "PSCI_CPU_SUSPEND" },
	{ 0xc4000003, "PSCI_CPU_ON" },
	{ 0xc4000004, "PSCI_AFFINITY_INFO" },
	{ 0xc4000190, "RSI_VERSION" },
	{ 0xc4000191, "RSI_FEATURES" },
	{ 0xc4000192, "RSI_MEASUREMENT_READ" },
	{ 0xc4000193, "RSI_MEASUREMENT_EXTEND" },
	{ 0xc4000194, "RSI_ATTESTATION_TOKEN_INIT" },
	{ 0xc4000195, "RSI_ATTESTATION_TOKEN_CONTINUE" },
	{ 0xc4000196, "RSI_REALM_CONFIG" },
	{ 0xc4000197, "RSI_IPA_STATE_SET" },
	{ 0xc4000198, "RSI_IPA_STATE_GET" },
	{ 0xc4000199, "RSI_HOST_CALL" },
	{ 0xc400019a, "RSI_VSMMU_GET_INFO" },
	{ 0xc400019b, "RSI_ARCH_DEV_ACTIVATE" },
	{ 0xc400019c, "RSI_VDEV_DMA_ENABLE" },
	{ 0xc400019d, "RSI_VDEV_GET_INFO" },
	{ 0xc400019f, "RSI_VDEV_VALIDATE_MAPPING" },
	{ 0xc40001a0, "RSI_MEM_GET_PERM_VALUE" },
	{ 0xc40001a1, "RSI_MEM_SET_PERM_INDEX" },
	{ 0xc40001a2, "RSI_MEM_SET_PERM_VALUE" },
	{ 0xc40001a3, "RSI_PLANE_ENTER" },
	{ 0xc40001a4, "RSI_VDEV_DMA_DISABLE" },
	{ 0xc40001ae, "RSI_PLANE_SYSREG_READ" },
	{ 0xc40001af, "RSI_PLANE_SYSREG_WRITE" },
	{ 0xc40001bf, "RSI_VDEV_P2P_BIND" },
};

#define NR_FIDS (sizeof(fids) / sizeof(fids[0]))

static const char *other_name(uint64_t fid)
{
	for (size_t i = 0; i < NR_FIDS; i++)
		if (fids[i].fid == fid)
			return fids[i].name;
	return NULL;
}

const char *rmi_fid_name(enum rmi_edition edition, uint64_t fid)
{
	const struct rmi_command *command = rmi_command(edition, fid);

	return command ? command->function : other_name(fid);
}

/* The smallest named FID from `fid` on; 0: there is none. */
static uint64_t next_fid(enum rmi_edition edition, uint64_t fid)
{
	uint64_t best = 0, at;

	for (size_t i = 0; i < NR_FIDS && !best; i++)
		if (fids[i].fid >= fid)
			best = fids[i].fid;
	at = fid < RMI_FID_FIRST ? RMI_FID_FIRST : fid;
	while (at <= RMI_FID_LAST && (!best || at < best) && !rmi_command(edition, at))
		at++;
	return at <= RMI_FID_LAST && (!best || at < best) ? at : best;
}

uint64_t rmi_fid_at(enum rmi_edition edition, unsigned nth)
{
	uint64_t fid = next_fid(edition, 0);

	while (fid && nth--)
		fid = next_fid(edition, fid + 1);
	return fid;
}

void decode_fid(enum rmi_edition edition, uint64_t word, struct rmi_decoded *d)
{
	static const char *const interfaces[] = { "RMI", "RSI", "PSCI", "SMCCC" };
	const char *name = rmi_fid_name(edition, word), *interface = NULL;
	size_t i;

	for (i = 0; name && i < 4; i++)
		if (!strncmp(name, interfaces[i], strlen(interfaces[i])))
			interface = interfaces[i];
	decoded_add(d, "fid", RMI_FIELD_HEX, word, NULL);
	decoded_add(d, "name", RMI_FIELD_NAME, word, name);
	decoded_add(d, "interface", RMI_FIELD_NAME, word, interface);
	decoded_add(d, "fast", RMI_FIELD_BOOL, word >> 31 & 1, NULL);
	decoded_add(d, "smc64", RMI_FIELD_BOOL, word >> 30 & 1, NULL);
	decoded_add(d, "owner", RMI_FIELD_DEC, word >> 24 & 0x3f, NULL);
	decoded_add(d, "number", RMI_FIELD_HEX, word & 0xffff, NULL);
	if (command_find(edition, word) && command_find(edition, word)->editions & ONLY_BET0)
		d->problem = "a function of 2.0-bet0 only";
	if (!name)
		d->problem = "not a function of this edition";
}
