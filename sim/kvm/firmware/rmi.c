// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RMI driver: delegation of memory, and stateful RMI operations (SRO).
 *
 * Follows the firmware half of the CCA series at v14 with what was agreed for it later; see
 * docs/porting.md.
 */
#include <linux/align.h>
#include <linux/arm-rmi-cmds.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <asm/kvm_pgtable.h>

/* How often one call is repeated on BUSY or BLOCKED, and an operation that asks for nothing continued. */
#define RMI_RETRY_MAX  64
/* Steps of one operation that may transfer memory. */
#define RMI_ROUNDS_MAX (RMI_RETRY_MAX * RMI_MAX_ADDR_LIST)

/* Bytes of one block with this RmiAddrBlockSize: 0 is a page, each next code one level up. */
unsigned long rmi_block_size(unsigned int code)
{
	return kvm_granule_size(3 - (int)code);
}

static bool rmi_must_retry(unsigned long ret)
{
	return RMI_RETURN_STATUS(ret) == RMI_BUSY || RMI_RETURN_STATUS(ret) == RMI_BLOCKED;
}

/* Issue regs until the RMM does more than ask for patience; the answer replaces regs. */
static unsigned long rmi_invoke_retry(struct arm_smccc_1_2_regs *regs)
{
	struct arm_smccc_1_2_regs out;
	unsigned int tries = 0;

	do {
		arm_smccc_1_2_smc(regs, &out);
	} while (rmi_must_retry(out.a0) && ++tries < RMI_RETRY_MAX);

	WARN_ON(rmi_must_retry(out.a0));
	*regs = out;
	return out.a0;
}

static unsigned long rmi_op(struct arm_smccc_1_2_regs *regs, unsigned long fid,
			    unsigned long handle, phys_addr_t list, unsigned long count)
{
	*regs = (struct arm_smccc_1_2_regs){ fid, handle, list, count };
	return rmi_invoke_retry(regs);
}

/*
 * Issue a command that moves no memory, and continue it until it is complete. regs then holds the outputs
 * of the command. A request for memory is a fault of the RMM: the operation is cancelled if it can be,
 * and INCOMPLETE returned.
 */
long rmi_sro_execute(struct arm_smccc_1_2_regs *regs)
{
	unsigned long handle;
	unsigned int rounds = 0;

	rmi_invoke_retry(regs);
	handle = regs->a1;

	while (RMI_RETURN_STATUS(regs->a0) == RMI_INCOMPLETE) {
		if (WARN_ON(RMI_RETURN_MEMREQ(regs->a0) != RMI_OP_MEM_REQ_NONE ||
			    ++rounds > RMI_RETRY_MAX)) {
			if (RMI_RETURN_CAN_CANCEL(regs->a0))
				rmi_op(regs, SMC_RMI_OP_CANCEL, handle, 0, 0);
			regs->a0 = RMI_INCOMPLETE;
			break;
		}
		rmi_op(regs, SMC_RMI_OP_CONTINUE, handle, 0, 0);
	}
	return regs->a0;
}

struct rmi_sro_state *rmi_sro_alloc(gfp_t gfp)
{
	_Static_assert(sizeof(struct rmi_sro_state) <= 4096,
		       "the address list fits in one granule");

	return (struct rmi_sro_state *)get_zeroed_page(gfp);
}

static phys_addr_t rmi_desc_addr(u64 desc)
{
	return desc & RMI_ADDR_RANGE_ADDR_MASK;
}

static unsigned long rmi_desc_count(u64 desc)
{
	return FIELD_GET(RMI_ADDR_RANGE_COUNT_MASK, desc);
}

static unsigned int rmi_desc_size_code(u64 desc)
{
	return FIELD_GET(RMI_ADDR_RANGE_SIZE_MASK, desc);
}

static unsigned long rmi_desc_state_of(u64 desc)
{
	return desc & rmi_desc_state(RMI_OP_MEM_UNDELEGATED) ? RMI_OP_MEM_UNDELEGATED
							     : RMI_OP_MEM_DELEGATED;
}

static u64 rmi_desc_make(phys_addr_t phys, unsigned int code, unsigned long count,
			 unsigned long state)
{
	return phys | FIELD_PREP(RMI_ADDR_RANGE_SIZE_MASK, code) |
	       FIELD_PREP(RMI_ADDR_RANGE_COUNT_MASK, count) | rmi_desc_state(state);
}

/* Give size bytes back to the page allocator, unless the RMM does not let go of them: then they leak. */
static int rmi_free_range(phys_addr_t phys, unsigned long size, unsigned long state)
{
	if (!size)
		return 0;
	if (state == RMI_OP_MEM_DELEGATED && WARN_ON(rmi_undelegate_range(phys, size)))
		return -EBUSY;
	free_pages_exact(phys_to_virt(phys), size);
	return 0;
}

static int rmi_free_desc(u64 desc)
{
	return rmi_free_range(rmi_desc_addr(desc),
			      rmi_block_size(rmi_desc_size_code(desc)) * rmi_desc_count(desc),
			      rmi_desc_state_of(desc));
}

/* Give back all memory in the list; -EBUSY when some of it had to be leaked. */
int rmi_sro_free_list(struct rmi_sro_state *sro)
{
	int ret = 0;
	unsigned long i;

	for (i = 0; i < sro->addr_count; i++) {
		if (rmi_free_desc(sro->addr_list[i]))
			ret = -EBUSY;
	}
	sro->addr_count = 0;
	return ret;
}

void rmi_sro_free(struct rmi_sro_state *sro)
{
	if (!sro)
		return;
	rmi_sro_free_list(sro);
	free_page((unsigned long)sro);
}

/* What an OP_MEM_DONATE asks for. */
struct rmi_donate_req {
	unsigned int code;   /* RmiAddrBlockSize */
	unsigned long count; /* blocks */
	unsigned long state; /* RmiOpMemState */
	bool contig;
};

/* One piece of memory in the asked state at the end of the list. */
static int rmi_sro_add(struct rmi_sro_state *sro, const struct rmi_donate_req *req,
		       unsigned long count, gfp_t gfp)
{
	unsigned long size = rmi_block_size(req->code) * count;
	phys_addr_t phys, delegated;
	void *virt;

	if (sro->addr_count == RMI_MAX_ADDR_LIST)
		return -ENOSPC;
	if (size > (PAGE_SIZE << MAX_PAGE_ORDER))
		return -ENOMEM;
	/* more than two pages in one piece are promised to nobody */
	if (size > 2 * PAGE_SIZE)
		gfp &= ~__GFP_NOFAIL;
	virt = alloc_pages_exact(size, gfp);
	if (!virt)
		return -ENOMEM;

	phys = virt_to_phys(virt);
	if (WARN_ON(!IS_ALIGNED(phys, req->contig ? size : rmi_block_size(req->code)))) {
		free_pages_exact(virt, size);
		return -ENOMEM;
	}
	if (req->state == RMI_OP_MEM_DELEGATED && rmi_delegate_range(phys, size, &delegated)) {
		rmi_free_range(phys, delegated - phys, RMI_OP_MEM_DELEGATED);
		rmi_free_range(delegated, phys + size - delegated, RMI_OP_MEM_UNDELEGATED);
		return -ENXIO;
	}
	sro->addr_list[sro->addr_count++] = rmi_desc_make(phys, req->code, count, req->state);
	return 0;
}

/* Is this list entry what is asked for, count blocks in one piece? */
static bool rmi_sro_fits(u64 desc, const struct rmi_donate_req *req, unsigned long count)
{
	unsigned long size = rmi_block_size(req->code);

	return rmi_desc_size_code(desc) == req->code && rmi_desc_count(desc) == count &&
	       rmi_desc_state_of(desc) == req->state &&
	       IS_ALIGNED(rmi_desc_addr(desc), req->contig ? size * count : size);
}

/* Bring up to `want` fitting entries to the end of the list, in their order; returns how many. */
static unsigned long rmi_sro_collect(struct rmi_sro_state *sro, const struct rmi_donate_req *req,
				     unsigned long count, unsigned long want)
{
	unsigned long end = sro->addr_count, i = end;

	while (i-- && sro->addr_count - end < want) {
		if (!rmi_sro_fits(sro->addr_list[i], req, count))
			continue;
		end--;
		swap(sro->addr_list[i], sro->addr_list[end]);
	}
	return sro->addr_count - end;
}

/*
 * The RMM took the first `granules` granules of the list from entry `first` on: drop them. A block it
 * took in part is cut; the rest of it goes back to the page allocator.
 */
static void rmi_sro_taken(struct rmi_sro_state *sro, unsigned long first, unsigned long granules)
{
	unsigned long i, keep = first;

	for (i = first; i < sro->addr_count; i++) {
		u64 desc = sro->addr_list[i];
		unsigned long size =
			rmi_block_size(rmi_desc_size_code(desc)) * rmi_desc_count(desc);
		unsigned long taken = min(granules, size >> PAGE_SHIFT);

		granules -= taken;
		if (!taken)
			sro->addr_list[keep++] = desc;
		else
			rmi_free_range(rmi_desc_addr(desc) + (taken << PAGE_SHIFT),
				       size - (taken << PAGE_SHIFT), rmi_desc_state_of(desc));
	}
	WARN_ON(granules);
	sro->addr_count = keep;
}

/* Answer a request for memory. 0: sro->regs is the RMM's next answer. */
static int rmi_sro_donate(struct rmi_sro_state *sro, unsigned long handle, gfp_t gfp)
{
	struct rmi_donate_req req = {
		.code = RMI_DONATE_SIZE(sro->regs.a2),
		.count = RMI_DONATE_COUNT(sro->regs.a2),
		.state = RMI_DONATE_STATE(sro->regs.a2),
		.contig = RMI_DONATE_CONTIG(sro->regs.a2),
	};
	/* pieces in the list, and blocks in each piece */
	unsigned long want = req.contig ? 1 : min(req.count, RMI_MAX_ADDR_LIST * 1UL);
	unsigned long blocks = req.contig ? req.count : 1;
	unsigned long have, first;
	int ret = 0;

	if (!req.count || req.state > RMI_OP_MEM_UNDELEGATED ||
	    (req.contig && (req.count & (req.count - 1))) ||
	    blocks > FIELD_MAX(RMI_ADDR_RANGE_COUNT_MASK))
		return -EINVAL;

	have = rmi_sro_collect(sro, &req, blocks, want);
	if (have < want && want - have > RMI_MAX_ADDR_LIST - sro->addr_count) {
		/* no room: what is in the way goes back first */
		rmi_sro_free_list(sro);
		have = 0;
	}
	while (have < want) {
		ret = rmi_sro_add(sro, &req, blocks, gfp);
		if (ret)
			break;
		have++;
	}
	if (!have)
		return ret;

	first = sro->addr_count - have;
	rmi_op(&sro->regs, SMC_RMI_OP_MEM_DONATE, handle, virt_to_phys(&sro->addr_list[first]),
	       have);
	if (rmi_must_retry(sro->regs.a0))
		return -EBUSY;
	rmi_sro_taken(sro, first, sro->regs.a1);
	/* asked again although it took nothing of what it got: that cannot end well */
	if (RMI_RETURN_STATUS(sro->regs.a0) == RMI_INCOMPLETE && !sro->regs.a1 &&
	    RMI_RETURN_MEMREQ(sro->regs.a0) == RMI_OP_MEM_REQ_DONATE)
		return ret ? ret : -EIO;
	return 0;
}

static int rmi_sro_reclaim(struct rmi_sro_state *sro, unsigned long handle)
{
	unsigned long room;

	if (sro->addr_count == RMI_MAX_ADDR_LIST)
		rmi_sro_free_list(sro);
	room = RMI_MAX_ADDR_LIST - sro->addr_count;

	rmi_op(&sro->regs, SMC_RMI_OP_MEM_RECLAIM, handle,
	       virt_to_phys(&sro->addr_list[sro->addr_count]), room);
	if (RMI_RETURN_STATUS(sro->regs.a0) != RMI_INCOMPLETE &&
	    RMI_RETURN_STATUS(sro->regs.a0) != RMI_SUCCESS)
		return -EINVAL;
	if (WARN_ON(sro->regs.a1 > room))
		return -EINVAL;
	sro->addr_count += sro->regs.a1;
	/* asked again although it gave nothing back */
	if (RMI_RETURN_STATUS(sro->regs.a0) == RMI_INCOMPLETE && !sro->regs.a1 &&
	    RMI_RETURN_MEMREQ(sro->regs.a0) == RMI_OP_MEM_REQ_RECLAIM)
		return -EIO;
	return 0;
}

/* Do what an INCOMPLETE asks for. 0: sro->regs is the next answer; -errno: the host cannot. */
static int rmi_sro_step(struct rmi_sro_state *sro, unsigned long handle, gfp_t gfp)
{
	switch (RMI_RETURN_MEMREQ(sro->regs.a0)) {
	case RMI_OP_MEM_REQ_NONE:
		rmi_op(&sro->regs, SMC_RMI_OP_CONTINUE, handle, 0, 0);
		return rmi_must_retry(sro->regs.a0) ? -EBUSY : 0;
	case RMI_OP_MEM_REQ_DONATE:
		/* without the memory it stays open for ever, and keeps what it has */
		if (!RMI_RETURN_CAN_CANCEL(sro->regs.a0) && gfpflags_allow_blocking(gfp))
			gfp |= __GFP_NOFAIL;
		return rmi_sro_donate(sro, handle, gfp);
	case RMI_OP_MEM_REQ_RECLAIM:
		return rmi_sro_reclaim(sro, handle);
	default:
		return -EINVAL;
	}
}

/*
 * Issue the command in sro->regs and carry it to its end, giving and taking memory as the RMM asks.
 *
 * 0: the command succeeded. -ENXIO: it failed, status in sro->regs.a0. -ECANCELED: the host could not go
 * on and the RMM undid the operation. Other -errno: the host could not go on and the operation cannot be
 * cancelled; it stays open in the RMM. Memory left over stays in the list, for a later operation or for
 * rmi_sro_free(). May sleep when gfp may.
 */
long rmi_sro_memxfer_execute(struct rmi_sro_state *sro, gfp_t gfp)
{
	unsigned long handle;
	bool cancelled = false;
	unsigned int rounds = 0;
	int ret = 0;

	rmi_invoke_retry(&sro->regs);
	handle = sro->regs.a1;

	while (RMI_RETURN_STATUS(sro->regs.a0) == RMI_INCOMPLETE) {
		bool can_cancel = RMI_RETURN_CAN_CANCEL(sro->regs.a0);

		ret = ++rounds > RMI_ROUNDS_MAX ? -EIO : rmi_sro_step(sro, handle, gfp);
		if (!ret)
			continue;
		if (WARN_ON(cancelled || !can_cancel))
			return ret;
		rmi_op(&sro->regs, SMC_RMI_OP_CANCEL, handle, 0, 0);
		cancelled = true;
		if (WARN_ON(RMI_RETURN_STATUS(sro->regs.a0) != RMI_INCOMPLETE))
			break;
	}
	if (cancelled)
		return -ECANCELED;
	return sro->regs.a0 == RMI_SUCCESS ? 0 : -ENXIO;
}

typedef long (*rmi_range_fn)(phys_addr_t base, phys_addr_t top, phys_addr_t *out_top);

/* Apply fn from phys on until top; *done is how far it came, whatever is returned. */
static int rmi_range(rmi_range_fn fn, phys_addr_t phys, phys_addr_t top, phys_addr_t *done)
{
	for (*done = phys; *done < top;) {
		phys_addr_t next;
		unsigned long ret = fn(*done, top, &next);

		if (rmi_must_retry(ret))
			return -EBUSY;
		if (RMI_RETURN_STATUS(ret) != RMI_SUCCESS)
			return -ENXIO;
		if (WARN_ON(next <= *done || next > top))
			return -ENXIO;
		*done = next;
	}
	return 0;
}

/*
 * Delegate [phys, phys + size). *out_phys is always written: [phys, *out_phys) was delegated by this call
 * and is the caller's to undelegate.
 */
int rmi_delegate_range(phys_addr_t phys, unsigned long size, phys_addr_t *out_phys)
{
	return rmi_range(rmi_granule_range_delegate, phys, phys + size, out_phys);
}

/* On failure part of the range may have been undelegated: the whole must not be used any more. */
int rmi_undelegate_range(phys_addr_t phys, unsigned long size)
{
	phys_addr_t done;

	return rmi_range(rmi_granule_range_undelegate, phys, phys + size, &done);
}

int rmi_delegate_page(phys_addr_t phys)
{
	phys_addr_t done;

	return rmi_delegate_range(phys, PAGE_SIZE, &done);
}

int rmi_undelegate_page(phys_addr_t phys)
{
	return rmi_undelegate_range(phys, PAGE_SIZE);
}

/* Undelegate and free one page; when the RMM keeps it, it leaks: -EBUSY. */
int rmi_free_delegated_page(phys_addr_t phys)
{
	if (WARN_ON(rmi_undelegate_page(phys)))
		return -EBUSY;
	free_page((unsigned long)phys_to_virt(phys));
	return 0;
}
