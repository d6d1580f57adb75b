/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/debugfs.h> is not there: what there is to see comes as events (rmisim/event.h) (docs/porting.md, Your own kernel files)"
