/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/dma-mapping.h> is not there: there is no DMA (docs/porting.md, Your own kernel files)"
