/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine's register frames and work loads.
 * Layer L4: knows neither the SMMU nor QEMU.
 *
 * The order of work is defined by the interface: a range is consumed from its
 * front (seed 0), its back (seed all ones) or, by a random generator, from
 * either. Where the interface leaves the size of a transaction open, this
 * engine makes it as large as PCIe allows: up to 4 KiB, never across a 4 KiB
 * boundary.
 */
#include "test-engine.h"
#include "test-engine-attrs.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_PER_PAGE 512u
#define FRAMES SMMU3_ENGINE_FRAMES
#define FRAME_SIZE 128u

/* Work of one smmu3_engine_run(): transactions, of at most 4 KiB each. */
#define RUN_BUDGET 16u

enum cmd {
    CMD_NO_FRAME = 0,
    CMD_HALTED = 1,
    CMD_MEMCPY = 2,
    CMD_RAND48 = 3,
    CMD_SUM64 = 4,
    CMD_MISCONFIGURED = 0xfffffffeu,
    CMD_ERROR = 0xffffffffu,
};

/* User frame */
#define U_CMD 0x00u
#define U_UCTRL 0x04u
#define U_LAUNCHED 0x08u
#define U_RETURNED 0x0cu
#define U_MSIADDRESS 0x10u
#define U_MSIDATA 0x18u
#define U_ATTRIBUTES 0x20u
#define U_SEED 0x24u
#define U_BEGIN 0x28u
#define U_END_INCL 0x30u
#define U_STRIDE 0x38u
#define U_UDATA(n) (0x40u + 8u * (n))
/* Extensions: software's, and ours to say what became of ATS. */
#define U_UCTRL1 0x78u
#define U_UCTRL2 0x7cu

/* udata[6]: attributes of the last access that left the SMMU */
#define LEFT_SH 8
#define LEFT_IND 10
#define LEFT_PNU 11
#define LEFT_NS 12

#define UCTRL_MSI_ABORTED 1u
#define UCTRL1_ATS_WRITE 1u
#define UCTRL2_REASON 0xfu
#define UCTRL2_PAGE_REQUEST 0x10000u /* [31:16] counts them */

/* Privileged frame */
#define P_PCTRL 0x00u
#define P_PORT 0x04u
#define P_STREAMID 0x08u
#define P_SUBSTREAMID 0x0cu

#define PCTRL_SSD_NS 1u
#define PCTRL_ATS_ENABLE 0x100u
#define PCTRL_PRI_ENABLE 0x200u
#define NO_SUBSTREAMID 0xffffffffu
#define SUBSTREAMID_MAX 0xfffffu

enum phase {
    PHASE_TAKE, /* there is none */
    PHASE_READ,
    PHASE_WRITE,
};

struct frame {
    uint8_t user[FRAME_SIZE];
    uint8_t priv[FRAME_SIZE];
    /* Of a running command: what is left, and the generator of the order. */
    uint64_t first; /* stride 1: next address; else next element */
    uint64_t left;  /* stride 1: bytes; else elements */
    uint64_t order;
    /* The piece that is moved: what is to be done with it next, or is pending.
     */
    enum phase phase;
    bool pending;
    uint64_t addr; /* of this phase's transaction */
    size_t len;
};

struct smmu3_engine {
    struct smmu3_engine_host host;
    struct frame frames[FRAMES];
    unsigned running; /* frames at work */
    unsigned pending; /* of these, frames that wait for a transaction */
    unsigned turn;    /* whose turn it is */
    unsigned resets;  /* how often reset, to notice one inside a callback */
    uint8_t buf[FRAMES][SMMU3_ENGINE_BURST];
};

static uint64_t load(const uint8_t *p, unsigned size)
{
    uint64_t v = 0;

    for (unsigned i = size; i-- > 0;) {
        v = v << 8 | p[i];
    }
    return v;
}

static void store(uint8_t *p, unsigned size, uint64_t v)
{
    for (unsigned i = 0; i < size; i++) {
        p[i] = (uint8_t)(v >> (8 * i));
    }
}

static uint32_t user32(const struct frame *f, unsigned offset)
{
    return (uint32_t)load(f->user + offset, 4);
}

static uint64_t user64(const struct frame *f, unsigned offset)
{
    return load(f->user + offset, 8);
}

static bool is_running(const struct frame *f)
{
    uint32_t cmd = user32(f, U_CMD);

    return cmd >= CMD_MEMCPY && cmd <= CMD_SUM64;
}

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

/* The attributes of @f's reads or writes; false if misconfigured. */
static bool frame_attrs(const struct frame *f, bool write,
                        struct smmu3_engine_attrs *attrs)
{
    uint32_t all = user32(f, U_ATTRIBUTES);
    uint32_t ssid = (uint32_t)load(f->priv + P_SUBSTREAMID, 4);
    uint32_t pctrl = (uint32_t)load(f->priv + P_PCTRL, 4);

    attrs->ats = pctrl & PCTRL_ATS_ENABLE;
    attrs->pri = attrs->ats && (pctrl & PCTRL_PRI_ENABLE);
    attrs->ats_write = user32(f, U_UCTRL1) & UCTRL1_ATS_WRITE;
    attrs->translated = false;
    if (ssid != NO_SUBSTREAMID && ssid > SUBSTREAMID_MAX) {
        return false;
    }
    attrs->ssv = ssid != NO_SUBSTREAMID;
    attrs->ssid = attrs->ssv ? ssid : 0;
    attrs->sid = (uint32_t)load(f->priv + P_STREAMID, 4);
    return smmu3_engine_attrs_decode(write ? all >> 16 : all & 0xffff, attrs);
}

static uint64_t front_element(const struct frame *f)
{
    return user64(f, U_BEGIN) & ~UINT64_C(7);
}

/* Checks the range; on success sets what is left. */
static bool range_ok(struct frame *f, enum cmd cmd)
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

/* A platform engine's frame names one of its StreamIDs. */
static bool streamid_ok(const struct smmu3_engine *e, const struct frame *f)
{
    uint32_t sid = (uint32_t)load(f->priv + P_STREAMID, 4);

    return e->host.sids == 0 ||
           (sid >= e->host.sid && sid - e->host.sid < e->host.sids);
}

static bool configured(const struct smmu3_engine *e, struct frame *f,
                       enum cmd cmd)
{
    struct smmu3_engine_attrs attrs;
    uint64_t msi = user64(f, U_MSIADDRESS);

    if (msi > 1 || (msi == 1 && user32(f, U_MSIDATA) >= SMMU3_ENGINE_VECTORS)) {
        return false;
    }
    /* There is one port. */
    if (load(f->priv + P_PORT, 4) != 0 || !streamid_ok(e, f)) {
        return false;
    }
    if (cmd != CMD_RAND48 && !frame_attrs(f, false, &attrs)) {
        return false;
    }
    if (cmd != CMD_SUM64 && !frame_attrs(f, true, &attrs)) {
        return false;
    }
    return range_ok(f, cmd);
}

static void write_cmd(struct smmu3_engine *e, struct frame *f, uint32_t cmd)
{
    switch (cmd) {
    case CMD_NO_FRAME:
        cmd = CMD_HALTED;
        break;
    case CMD_HALTED:
    case CMD_MISCONFIGURED:
    case CMD_ERROR:
        break;
    case CMD_MEMCPY:
    case CMD_RAND48:
    case CMD_SUM64:
        if (!configured(e, f, (enum cmd)cmd)) {
            cmd = CMD_MISCONFIGURED;
            break;
        }
        store(f->user + U_LAUNCHED, 8, 0);
        store(f->user + U_UCTRL, 4,
              user32(f, U_UCTRL) & ~(uint32_t)UCTRL_MSI_ABORTED);
        store(f->user + U_UCTRL2, 4, 0);
        if (cmd == CMD_SUM64) {
            store(f->user + U_UDATA(1), 8, 0);
        }
        rand48_seed(&f->order, user32(f, U_SEED));
        store(f->user + U_CMD, 4, cmd);
        f->phase = PHASE_TAKE;
        if (e->running++ == e->pending) {
            e->host.kick(e->host.opaque);
        }
        return;
    default:
        cmd = CMD_MISCONFIGURED;
        break;
    }
    store(f->user + U_CMD, 4, cmd);
}

/* The frame of @offset; NULL if the access leaves it. */
static const uint8_t *locate(const struct smmu3_engine *e, uint32_t offset,
                             unsigned size, unsigned *frame, bool *priv)
{
    unsigned in_frame = offset % FRAME_SIZE;

    if (offset >= SMMU3_ENGINE_MMIO_SIZE || size == 0 || size > 8 ||
        in_frame + size > FRAME_SIZE) {
        return NULL;
    }
    *priv = offset >> 16 & 1;
    *frame = (offset >> 17) * FRAMES_PER_PAGE + (offset & 0xffff) / FRAME_SIZE;
    return (*priv ? e->frames[*frame].priv : e->frames[*frame].user) + in_frame;
}

uint64_t smmu3_engine_read(const struct smmu3_engine *e, uint32_t offset,
                           unsigned size)
{
    unsigned frame;
    bool priv;
    const uint8_t *p = locate(e, offset, size, &frame, &priv);

    return p ? load(p, size) : 0;
}

/* Whether software may write byte @i of a user or privileged frame. */
static bool byte_writable(bool priv, unsigned i)
{
    if (priv) {
        /* SSD_NS is Secure software's alone. */
        return i != P_PCTRL;
    }
    return i >= U_UCTRL && (i < U_LAUNCHED || i >= U_MSIADDRESS) &&
           i < U_UCTRL2;
}

void smmu3_engine_write(struct smmu3_engine *e, uint32_t offset, uint64_t value,
                        unsigned size)
{
    unsigned frame, in_frame = offset % FRAME_SIZE;
    bool priv;
    struct frame *f;

    if (!locate(e, offset, size, &frame, &priv)) {
        return;
    }
    f = &e->frames[frame];
    if (is_running(f)) {
        return;
    }
    if (!priv && in_frame == U_CMD && size == 4) {
        write_cmd(e, f, (uint32_t)value);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        if (byte_writable(priv, in_frame + i)) {
            store((priv ? f->priv : f->user) + in_frame + i, 1,
                  value >> (8 * i));
        }
    }
}

/* Ends @f's command; the MSI follows whether it failed or not. */
static void finish(struct smmu3_engine *e, struct frame *f, enum cmd status)
{
    bool msi = user64(f, U_MSIADDRESS) == 1;
    unsigned vector = user32(f, U_MSIDATA), resets = e->resets;

    store(f->user + U_CMD, 4, status);
    e->running--;
    if (msi && !e->host.msi(e->host.opaque, vector) && resets == e->resets) {
        store(f->user + U_UCTRL, 4, user32(f, U_UCTRL) | UCTRL_MSI_ABORTED);
    }
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

/* Takes the next piece off @f's range: source address and length. */
static uint64_t take(struct frame *f, enum cmd cmd, size_t *len)
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

/* The bytes that RAND48 writes at @addr. */
static void fill(uint8_t *buf, size_t len, uint64_t addr, uint32_t seed)
{
    uint64_t state;

    rand48_seed(&state, seed ^ (uint32_t)(addr >> 32) ^ (uint32_t)addr);
    for (size_t i = 0; i < len; i++) {
        buf[i] = (uint8_t)rand48_next(&state);
    }
}

static void sum(struct frame *f, const uint8_t *buf, size_t len)
{
    uint64_t total = user64(f, U_UDATA(1));

    for (size_t i = 0; i + 8 <= len; i += 8) {
        total += load(buf + i, 8);
    }
    store(f->user + U_UDATA(1), 8, total);
}

/* What follows from the end of @f's transaction. */
static void returned(struct smmu3_engine *e, struct frame *f, bool ok)
{
    enum cmd cmd = (enum cmd)user32(f, U_CMD);
    const uint8_t *buf = e->buf[f - e->frames];

    store(f->user + U_RETURNED, 4, user32(f, U_RETURNED) + 1);
    if (!ok) {
        store(f->user + U_UDATA(2), 8, f->addr);
        finish(e, f, CMD_ERROR);
        return;
    }
    if (f->phase == PHASE_READ && cmd == CMD_MEMCPY) {
        bool whole = user64(f, U_STRIDE) == 1;
        uint64_t to = user64(f, U_UDATA(0));

        f->addr = whole ? to + (f->addr - user64(f, U_BEGIN))
                        : (to & ~UINT64_C(7)) + (f->addr - front_element(f));
        f->phase = PHASE_WRITE;
        return;
    }
    if (cmd == CMD_SUM64) {
        sum(f, buf, f->len);
    }
    f->phase = PHASE_TAKE;
    if (f->left == 0) {
        finish(e, f, CMD_HALTED);
    }
}

/* The transaction of @f's phase. True: the frame can go on at once. */
static bool transact(struct smmu3_engine *e, struct frame *f)
{
    unsigned resets = e->resets, frame = (unsigned)(f - e->frames);
    bool write = f->phase == PHASE_WRITE;
    struct smmu3_engine_attrs attrs;
    enum smmu3_engine_dma end;

    /* Cannot fail: nothing changed since configured(). */
    frame_attrs(f, write, &attrs);
    store(f->user + U_LAUNCHED, 4, user32(f, U_LAUNCHED) + 1);
    f->pending = true;
    e->pending++;
    end = e->host.dma(e->host.opaque, frame, &attrs, f->addr, e->buf[frame],
                      f->len, write);
    if (resets != e->resets || end == SMMU3_ENGINE_DMA_PENDING) {
        return false;
    }
    f->pending = false;
    e->pending--;
    returned(e, f, end == SMMU3_ENGINE_DMA_OK);
    return end == SMMU3_ENGINE_DMA_OK;
}

/* The next piece of @f's work, or the rest of the last. */
static void step(struct smmu3_engine *e, struct frame *f)
{
    if (f->phase == PHASE_TAKE) {
        enum cmd cmd = (enum cmd)user32(f, U_CMD);

        f->addr = take(f, cmd, &f->len);
        f->phase = PHASE_READ;
        if (cmd == CMD_RAND48) {
            f->phase = PHASE_WRITE;
            fill(e->buf[f - e->frames], f->len, f->addr, user32(f, U_SEED));
        }
    }
    if (transact(e, f) && f->phase == PHASE_WRITE) {
        transact(e, f);
    }
}

bool smmu3_engine_run(struct smmu3_engine *e)
{
    /* The frames take turns, so that their transactions interleave. */
    for (unsigned i = 0; i < RUN_BUDGET && e->running > e->pending; i++) {
        while (!is_running(&e->frames[e->turn]) || e->frames[e->turn].pending) {
            e->turn = (e->turn + 1) % FRAMES;
        }
        step(e, &e->frames[e->turn]);
        e->turn = (e->turn + 1) % FRAMES;
    }
    return e->running > e->pending;
}

void smmu3_engine_dma_done(struct smmu3_engine *e, unsigned frame, bool ok)
{
    struct frame *f = &e->frames[frame];

    f->pending = false;
    e->pending--;
    returned(e, f, ok);
    e->host.kick(e->host.opaque);
}

void smmu3_engine_note(struct smmu3_engine *e, unsigned frame,
                       bool page_request, unsigned reason)
{
    struct frame *f = &e->frames[frame];
    uint32_t v = user32(f, U_UCTRL2) & ~UCTRL2_REASON;

    if (page_request && v < UINT32_MAX - UCTRL2_PAGE_REQUEST) {
        v += UCTRL2_PAGE_REQUEST;
    }
    store(f->user + U_UCTRL2, 4, v | (reason & UCTRL2_REASON));
}

/* Whatever is pending must not come back to a frame that was cleared. */
static void cancel_pending(struct smmu3_engine *e)
{
    for (unsigned i = 0; e->pending && i < FRAMES; i++) {
        if (e->frames[i].pending) {
            e->frames[i].pending = false;
            e->pending--;
            if (e->host.dma_cancel) {
                e->host.dma_cancel(e->host.opaque, i);
            }
        }
    }
}

void smmu3_engine_reset(struct smmu3_engine *e)
{
    cancel_pending(e);
    memset(e->frames, 0, sizeof(e->frames));
    for (unsigned i = 0; i < FRAMES; i++) {
        store(e->frames[i].user + U_CMD, 4, CMD_HALTED);
        store(e->frames[i].priv + P_PCTRL, 4,
              e->host.secure ? 0 : PCTRL_SSD_NS);
        store(e->frames[i].priv + P_STREAMID, 4, e->host.sid);
        store(e->frames[i].priv + P_SUBSTREAMID, 4, NO_SUBSTREAMID);
    }
    e->running = 0;
    e->turn = 0;
    e->resets++;
}

struct smmu3_engine *smmu3_engine_new(const struct smmu3_engine_host *host)
{
    struct smmu3_engine *e = calloc(1, sizeof(*e));

    if (e) {
        e->host = *host;
        smmu3_engine_reset(e);
    }
    return e;
}

void smmu3_engine_free(struct smmu3_engine *e)
{
    free(e);
}

void smmu3_engine_dma_left(struct smmu3_engine *e, unsigned frame,
                           const struct smmu3_engine_attrs *attrs)
{
    if (frame < FRAMES) {
        store(e->frames[frame].user + U_UDATA(6), 8,
              attrs->attr | (uint64_t)attrs->sh << LEFT_SH |
                  (uint64_t)attrs->ind << LEFT_IND |
                  (uint64_t)attrs->pnu << LEFT_PNU |
                  (uint64_t)attrs->ns << LEFT_NS);
    }
}
