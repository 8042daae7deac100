/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine's work loads: ranges, their order, and data.
 * Layer L4: knows neither the SMMU nor QEMU.
 *
 * The order of work is defined by the interface: a range is consumed from its
 * front (seed 0), its back (seed all ones) or, by a random generator, from
 * either. Where the interface leaves the size of a transaction open, this
 * engine makes it as large as PCIe allows: up to 4 KiB, never across a 4 KiB
 * boundary.
 */
#include "test-engine-frame.h"

/* The 48-bit linear congruential generator of the interface. */
static void rand48_seed(uint64_t *state, uint32_t seed)
{
    *state = (uint64_t)seed << 16 | 0x330e;
}

static uint32_t rand48_next(uint64_t *state)
{
    const uint64_t mask = (UINT64_C(1) << 48) - 1;
    uint32_t low;

    *state = (*state * UINT64_C(0x5deece66d) + 0xb) & mask;
    low = (uint32_t)(*state >> 17) & 0x7fffffffu;
    /* The top bit comes from a second turn. */
    *state = (*state * UINT64_C(0x5deece66d) + 0xb) & mask;
    return low | (uint32_t)(*state & 0x80000000u);
}

static uint64_t front_element(const struct frame *f)
{
    return user64(f, U_BEGIN) & ~UINT64_C(7);
}

bool smmu3_frame_range_ok(struct frame *f, enum cmd cmd)
{
    uint64_t begin = user64(f, U_BEGIN), end = user64(f, U_END_INCL);
    uint64_t stride = user64(f, U_STRIDE);
    uint64_t first = begin & ~UINT64_C(7), last = end | 7;

    if (begin > end || (first == 0 && last == UINT64_MAX)) {
        return false;
    }
    if (cmd == CMD_SUM64 && (begin != first || end != last)) {
        return false;
    }
    if (stride == 1) {
        f->first = begin;
        f->left = end - begin + 1;
    } else if (stride != 0 && stride % 8 == 0) {
        f->first = 0;
        f->left = (last - first - 7) / stride + 1;
    } else {
        return false;
    }
    /* The destination must not wrap either. */
    return cmd != CMD_MEMCPY ||
           user64(f, U_UDATA(0)) <= UINT64_MAX - (last - first);
}

void smmu3_frame_seed(struct frame *f)
{
    rand48_seed(&f->order, user32(f, U_SEED));
}

static bool from_back(struct frame *f)
{
    uint32_t seed = user32(f, U_SEED);

    return seed == UINT32_MAX || (seed != 0 && (rand48_next(&f->order) & 1));
}

static uint64_t min64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* How much of a range with @left bytes fits before the 4 KiB boundary next to
 * its front at @first, or its back. */
static uint64_t burst(uint64_t first, uint64_t left, bool back)
{
    const uint64_t in_page = SMMU3_ENGINE_BURST - 1;

    return back ? min64(left, ((first + left - 1) & in_page) + 1)
                : min64(left, SMMU3_ENGINE_BURST - (first & in_page));
}

uint64_t smmu3_frame_take(struct frame *f, enum cmd cmd, size_t *len)
{
    bool back = from_back(f);
    uint64_t begin = user64(f, U_BEGIN), stride = user64(f, U_STRIDE);
    uint64_t n, at;

    if (stride != 1) {
        at = f->first + (back ? f->left - 1 : 0);
        f->first += !back;
        f->left--;
        *len = 8;
        return front_element(f) + at * stride;
    }
    n = burst(f->first, f->left, back);
    if (cmd == CMD_MEMCPY) {
        n = min64(n, burst(user64(f, U_UDATA(0)) + (f->first - begin), f->left,
                           back));
    }
    at = back ? f->first + (f->left - n) : f->first;
    f->first += back ? 0 : n;
    f->left -= n;
    *len = (size_t)n;
    return at;
}

void smmu3_frame_fill(uint8_t *buf, size_t len, uint64_t addr, uint32_t seed)
{
    uint64_t state;

    rand48_seed(&state, seed ^ (uint32_t)(addr >> 32) ^ (uint32_t)addr);
    for (size_t i = 0; i < len; i++) {
        buf[i] = (uint8_t)rand48_next(&state);
    }
}

void smmu3_frame_sum(struct frame *f, const uint8_t *buf, size_t len)
{
    uint64_t total = user64(f, U_UDATA(1));

    for (size_t i = 0; i + 8 <= len; i += 8) {
        total += load(buf + i, 8);
    }
    store(f->user + U_UDATA(1), 8, total);
}

uint64_t smmu3_frame_dest(const struct frame *f, uint64_t addr)
{
    bool whole = user64(f, U_STRIDE) == 1;
    uint64_t to = user64(f, U_UDATA(0));

    return whole ? to + (addr - user64(f, U_BEGIN))
                 : (to & ~UINT64_C(7)) + (addr - front_element(f));
}
