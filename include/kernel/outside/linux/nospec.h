/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/nospec.h> is not there: there is no speculation (docs/porting.md, Your own kernel files)"
