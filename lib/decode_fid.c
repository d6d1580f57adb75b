/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Function identifiers and the editions that have them: RMI (B4.5), RSI (B5.4), PSCI.
 * Names of bet2 are those of hosts that write themselves bet1 with later names (OP-1, OP-26).
 */
#include <inttypes.h>
#include <string.h>

#include "decode.h"

#define B1  (1u << RMI_BET1)
#define B2  (1u << RMI_BET2)
#define B3  (1u << RMI_BET3)
#define ALL (B1 | B2 | B3)

struct fid {
	uint32_t fid;
	unsigned editions;
	const char *name;
};

/* In ascending order. */
static const struct fid fids[] = {
	{ 0x80000000, ALL, "SMCCC_VERSION" },
	{ 0x84000000, ALL, "PSCI_VERSION" },
	{ 0x84000001, ALL, "PSCI_CPU_SUSPEND" },
	{ 0x84000002, ALL, "PSCI_CPU_OFF" },
	{ 0x84000003, ALL, "PSCI_CPU_ON" },
	{ 0x84000004, ALL, "PSCI_AFFINITY_INFO" },
	{ 0x84000008, ALL, "PSCI_SYSTEM_OFF" },
	{ 0x84000009, ALL, "PSCI_SYSTEM_RESET" },
	{ 0x8400000a, ALL, "PSCI_FEATURES" },
	{ 0xc4000001, ALL, "PSCI_CPU_SUSPEND" },
	{ 0xc4000003, ALL, "PSCI_CPU_ON" },
	{ 0xc4000004, ALL, "PSCI_AFFINITY_INFO" },
	{ 0xc4000150, ALL, "RMI_VERSION" },
	{ 0xc4000153, ALL, "RMI_RTT_DATA_MAP_INIT" },
	{ 0xc4000157, ALL, "RMI_REALM_ACTIVATE" },
	{ 0xc4000158, ALL, "RMI_REALM_CREATE" },
	{ 0xc4000159, ALL, "RMI_REALM_DESTROY" },
	{ 0xc400015a, ALL, "RMI_REC_CREATE" },
	{ 0xc400015b, ALL, "RMI_REC_DESTROY" },
	{ 0xc400015c, ALL, "RMI_REC_ENTER" },
	{ 0xc400015d, ALL, "RMI_RTT_CREATE" },
	{ 0xc400015e, ALL, "RMI_RTT_DESTROY" },
	{ 0xc4000161, ALL, "RMI_RTT_READ_ENTRY" },
	{ 0xc4000163, ALL, "RMI_RTT_DEV_VALIDATE" },
	{ 0xc4000164, ALL, "RMI_PSCI_COMPLETE" },
	{ 0xc4000165, ALL, "RMI_FEATURES" },
	{ 0xc4000166, ALL, "RMI_RTT_FOLD" },
	{ 0xc4000168, ALL, "RMI_RTT_INIT_RIPAS" },
	{ 0xc4000169, ALL, "RMI_RTT_SET_RIPAS" },
	{ 0xc400016a, ALL, "RMI_VSMMU_CREATE" },
	{ 0xc400016b, ALL, "RMI_VSMMU_DESTROY" },
	{ 0xc400016e, ALL, "RMI_RMM_CONFIG_SET" },
	{ 0xc400016f, ALL, "RMI_PSMMU_IRQ_NOTIFY" },
	{ 0xc4000170, B3, "RMI_ATTEST_PLAT_TOKEN_REFRESH" },
	{ 0xc4000174, ALL, "RMI_PDEV_ABORT" },
	{ 0xc4000175, ALL, "RMI_PDEV_COMMUNICATE" },
	{ 0xc4000176, ALL, "RMI_PDEV_CREATE" },
	{ 0xc4000177, ALL, "RMI_PDEV_DESTROY" },
	{ 0xc4000178, ALL, "RMI_PDEV_GET_STATE" },
	{ 0xc400017a, ALL, "RMI_PDEV_STREAM_KEY_REFRESH" },
	{ 0xc400017b, ALL, "RMI_PDEV_SET_PUBKEY" },
	{ 0xc400017c, ALL, "RMI_PDEV_STOP" },
	{ 0xc400017d, ALL, "RMI_RTT_AUX_CREATE" },
	{ 0xc400017e, ALL, "RMI_RTT_AUX_DESTROY" },
	{ 0xc400017f, ALL, "RMI_RTT_AUX_FOLD" },
	{ 0xc4000185, ALL, "RMI_VDEV_ABORT" },
	{ 0xc4000186, ALL, "RMI_VDEV_COMMUNICATE" },
	{ 0xc4000187, ALL, "RMI_VDEV_CREATE" },
	{ 0xc4000188, ALL, "RMI_VDEV_DESTROY" },
	{ 0xc4000189, ALL, "RMI_VDEV_GET_STATE" },
	{ 0xc400018a, ALL, "RMI_VDEV_UNLOCK" },
	{ 0xc400018b, ALL, "RMI_RTT_SET_S2AP" },
	{ 0xc400018e, B1 | B2, "RMI_VDEV_COMPLETE" },
	{ 0xc4000190, ALL, "RSI_VERSION" },
	{ 0xc4000191, ALL, "RSI_FEATURES" },
	{ 0xc4000192, ALL, "RSI_MEASUREMENT_READ" },
	{ 0xc4000193, ALL, "RSI_MEASUREMENT_EXTEND" },
	{ 0xc4000194, ALL, "RSI_ATTESTATION_TOKEN_INIT" },
	{ 0xc4000195, ALL, "RSI_ATTESTATION_TOKEN_CONTINUE" },
	{ 0xc4000196, ALL, "RSI_REALM_CONFIG" },
	{ 0xc4000197, ALL, "RSI_IPA_STATE_SET" },
	{ 0xc4000198, ALL, "RSI_IPA_STATE_GET" },
	{ 0xc4000199, ALL, "RSI_HOST_CALL" },
	{ 0xc400019a, ALL, "RSI_VSMMU_GET_INFO" },
	{ 0xc400019b, ALL, "RSI_ARCH_DEV_ACTIVATE" },
	{ 0xc400019c, ALL, "RSI_VDEV_DMA_ENABLE" },
	{ 0xc400019d, ALL, "RSI_VDEV_GET_INFO" },
	{ 0xc400019f, ALL, "RSI_VDEV_VALIDATE_MAPPING" },
	{ 0xc40001a0, ALL, "RSI_MEM_GET_PERM_VALUE" },
	{ 0xc40001a1, ALL, "RSI_MEM_SET_PERM_INDEX" },
	{ 0xc40001a2, ALL, "RSI_MEM_SET_PERM_VALUE" },
	{ 0xc40001a3, ALL, "RSI_PLANE_ENTER" },
	{ 0xc40001a4, ALL, "RSI_VDEV_DMA_DISABLE" },
	{ 0xc40001ae, ALL, "RSI_PLANE_SYSREG_READ" },
	{ 0xc40001af, ALL, "RSI_PLANE_SYSREG_WRITE" },
	{ 0xc40001bf, ALL, "RSI_VDEV_P2P_BIND" },
	{ 0xc40001d0, ALL, "RMI_VDEV_GET_INTERFACE_REPORT" },
	{ 0xc40001d1, ALL, "RMI_VDEV_GET_MEASUREMENTS" },
	{ 0xc40001d2, ALL, "RMI_VDEV_LOCK" },
	{ 0xc40001d3, ALL, "RMI_VDEV_START" },
	{ 0xc40001d6, B3, "RMI_VSMMU_EVENT_HANDLE" },
	{ 0xc40001d6, B1 | B2, "RMI_VSMMU_EVENT_NOTIFY" },
	{ 0xc40001d7, ALL, "RMI_PSMMU_ACTIVATE" },
	{ 0xc40001d8, ALL, "RMI_PSMMU_DEACTIVATE" },
	{ 0xc40001db, ALL, "RMI_PSMMU_ST_L2_CREATE" },
	{ 0xc40001dc, ALL, "RMI_PSMMU_ST_L2_DESTROY" },
	{ 0xc40001dd, ALL, "RMI_DPT_L0_CREATE" },
	{ 0xc40001de, ALL, "RMI_DPT_L0_DESTROY" },
	{ 0xc40001df, ALL, "RMI_DPT_L1_CREATE" },
	{ 0xc40001e0, ALL, "RMI_DPT_L1_DESTROY" },
	{ 0xc40001e1, ALL, "RMI_GRANULE_TRACKING_GET" },
	{ 0xc40001e3, ALL, "RMI_GRANULE_TRACKING_SET" },
	{ 0xc40001ec, ALL, "RMI_RMM_CONFIG_GET" },
	{ 0xc40001ee, B2 | B3, "RMI_RMM_STATE_GET" },
	{ 0xc40001ee, B1, "RMI_VSMMU_EVENT_COMPLETE" },
	{ 0xc40001f0, B2 | B3, "RMI_PSMMU_EVENT_CONSUME" },
	{ 0xc40001f0, B1, "RMI_PSMMU_EVENT_DISCARD" },
	{ 0xc40001f1, ALL, "RMI_GRANULE_RANGE_DELEGATE" },
	{ 0xc40001f2, ALL, "RMI_GRANULE_RANGE_UNDELEGATE" },
	{ 0xc40001f3, ALL, "RMI_GPT_L1_CREATE" },
	{ 0xc40001f4, ALL, "RMI_GPT_L1_DESTROY" },
	{ 0xc40001f5, ALL, "RMI_RTT_DATA_MAP" },
	{ 0xc40001f6, ALL, "RMI_RTT_DATA_UNMAP" },
	{ 0xc40001f7, ALL, "RMI_RTT_DEV_MAP" },
	{ 0xc40001f8, ALL, "RMI_RTT_DEV_UNMAP" },
	{ 0xc40001f9, ALL, "RMI_RTT_ARCH_DEV_MAP" },
	{ 0xc40001fa, ALL, "RMI_RTT_ARCH_DEV_UNMAP" },
	{ 0xc40001fb, ALL, "RMI_RTT_UNPROT_MAP" },
	{ 0xc40001fc, ALL, "RMI_RTT_UNPROT_UNMAP" },
	{ 0xc40001fd, ALL, "RMI_RTT_AUX_PROT_MAP" },
	{ 0xc40001fe, ALL, "RMI_RTT_AUX_PROT_UNMAP" },
	{ 0xc40001ff, ALL, "RMI_RTT_AUX_UNPROT_MAP" },
	{ 0xc4000200, ALL, "RMI_RTT_AUX_UNPROT_UNMAP" },
	{ 0xc4000201, ALL, "RMI_REALM_TERMINATE" },
	{ 0xc4000202, ALL, "RMI_RMM_ACTIVATE" },
	{ 0xc4000203, ALL, "RMI_OP_CONTINUE" },
	{ 0xc4000204, ALL, "RMI_PDEV_STREAM_CONNECT" },
	{ 0xc4000205, ALL, "RMI_PDEV_STREAM_DISCONNECT" },
	{ 0xc4000206, ALL, "RMI_PDEV_STREAM_COMPLETE" },
	{ 0xc4000207, ALL, "RMI_PDEV_STREAM_KEY_PURGE" },
	{ 0xc4000208, ALL, "RMI_OP_MEM_DONATE" },
	{ 0xc4000209, ALL, "RMI_OP_MEM_RECLAIM" },
	{ 0xc400020a, ALL, "RMI_OP_CANCEL" },
	{ 0xc400020b, ALL, "RMI_VSMMU_FEATURES" },
	{ 0xc400020c, ALL, "RMI_VSMMU_CMD_GET" },
	{ 0xc400020d, ALL, "RMI_VSMMU_CMD_COMPLETE" },
	{ 0xc400020e, B2 | B3, "RMI_PSMMU_INFO" },
	{ 0xc400020f, B3, "RMI_RMM_DEACTIVATE" },
	{ 0xc4000210, B3, "RMI_PDEV_STREAM_INFO" },
	{ 0xc4000211, B3, "RMI_GPT_INFO" },
};

#define NR_FIDS (sizeof(fids) / sizeof(fids[0]))

const char *rmi_fid_name(enum rmi_edition edition, uint64_t fid)
{
	size_t i;

	for (i = 0; i < NR_FIDS; i++)
		if (fids[i].fid == fid && fids[i].editions & 1u << edition)
			return fids[i].name;
	return NULL;
}

uint64_t rmi_fid_at(enum rmi_edition edition, unsigned nth)
{
	size_t i;

	for (i = 0; i < NR_FIDS; i++)
		if (fids[i].editions & 1u << edition && !nth--)
			return fids[i].fid;
	return 0;
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
	if (!name)
		d->problem = "not a function of this edition";
}
