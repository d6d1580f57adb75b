/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/iommu.h> is not there: there is no DMA (docs/porting.md, Your own kernel files)"
