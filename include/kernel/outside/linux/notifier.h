/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/notifier.h> is not there: there are no notifier chains (docs/porting.md, Your own kernel files)"
