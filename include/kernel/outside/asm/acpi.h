/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/acpi.h> is not there: there is no firmware description of the machine (docs/porting.md, Your own kernel files)"
