/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of ABI values, as the specification spells them (B4.6). */
#include <rmisim/rmi.h>

static const char *name_in(const char *const *names, unsigned nr, unsigned value)
{
	return value < nr ? names[value] : NULL;
}

#define NAME_IN(names, value) name_in(names, sizeof(names) / sizeof((names)[0]), value)

const char *rmi_status_name(unsigned status)
{
	static const char *const names[] = {
		"RMI_SUCCESS",        "RMI_ERROR_INPUT",   "RMI_ERROR_REALM",
		"RMI_ERROR_REC",      "RMI_ERROR_RTT",     "RMI_ERROR_NOT_SUPPORTED",
		"RMI_ERROR_DEVICE",   "RMI_ERROR_RTT_AUX", "RMI_ERROR_PSMMU_ST",
		"RMI_ERROR_DPT",      "RMI_BUSY",          "RMI_ERROR_GLOBAL",
		"RMI_ERROR_TRACKING", "RMI_INCOMPLETE",    "RMI_BLOCKED",
		"RMI_ERROR_GPT",      "RMI_ERROR_GRANULE",
	};

	return NAME_IN(names, status);
}

const char *rsi_status_name(unsigned status)
{
	static const char *const names[] = { "RSI_SUCCESS",       "RSI_ERROR_INPUT",
					     "RSI_ERROR_STATE",   "RSI_INCOMPLETE",
					     "RSI_ERROR_UNKNOWN", "RSI_ERROR_DEVICE" };

	return NAME_IN(names, status);
}

const char *rsi_psci_status_name(int status)
{
	switch (status) {
	case RSI_PSCI_SUCCESS:
		return "PSCI_SUCCESS";
	case RSI_PSCI_NOT_SUPPORTED:
		return "PSCI_NOT_SUPPORTED";
	case RSI_PSCI_INVALID_PARAMETERS:
		return "PSCI_INVALID_PARAMETERS";
	case RSI_PSCI_DENIED:
		return "PSCI_DENIED";
	case RSI_PSCI_ALREADY_ON:
		return "PSCI_ALREADY_ON";
	case RSI_PSCI_INVALID_ADDRESS:
		return "PSCI_INVALID_ADDRESS";
	default:
		return NULL;
	}
}

const char *rmi_exit_reason_name(unsigned reason)
{
	static const char *const names[] = { "SYNC",         "IRQ",       "FIQ",    "PSCI",
					     "RIPAS_CHANGE", "HOST_CALL", "SERROR", "S2AP_CHANGE" };

	return NAME_IN(names, reason);
}

const char *rmi_exit_reason_name_in(enum rmi_edition edition, unsigned reason)
{
	static const char *const to_bet2[] = { "VDEV_REQUEST", "VDEV_VALIDATE_MAPPING",
					       "VSMMU_COMMAND" };
	static const char *const from_bet3[] = { "VDEV_VALIDATE_MAPPING", NULL, "VSMMU_COMMAND" };

	if (reason <= RMI_EXIT_S2AP_CHANGE)
		return rmi_exit_reason_name(reason);
	reason -= RMI_EXIT_S2AP_CHANGE + 1;
	return edition < RMI_BET3 ? NAME_IN(to_bet2, reason) : NAME_IN(from_bet3, reason);
}

const char *rmi_ripas_name(unsigned ripas)
{
	static const char *const names[] = { "EMPTY", "RAM", "DESTROYED", "DEV" };

	return NAME_IN(names, ripas);
}
