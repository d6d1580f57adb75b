/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/idr.h> is not there: ranges by index are in linux/xarray.h (docs/porting.md, Your own kernel files)"
