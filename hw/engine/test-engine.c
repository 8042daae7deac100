/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine's register frames and their commands.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#include "test-engine.h"
#include "test-engine-attrs.h"
#include "test-engine-frame.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_PER_PAGE 512u
#define FRAMES SMMU3_ENGINE_FRAMES

/* Work of one smmu3_engine_run(): transactions, of at most 4 KiB each. */
#define RUN_BUDGET 16u

struct smmu3_engine {
    struct smmu3_engine_host host;
    struct frame frames[FRAMES];
    unsigned running; /* frames at work */
    unsigned pending; /* of these, frames that wait for a transaction */
    unsigned turn;    /* whose turn it is */
    unsigned resets;  /* how often reset, to notice one inside a callback */
    uint8_t buf[FRAMES][SMMU3_ENGINE_BURST];
};

static bool is_running(const struct frame *f)
{
    uint32_t cmd = user32(f, U_CMD);

    return cmd >= CMD_MEMCPY && cmd <= CMD_SUM64;
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
    return smmu3_frame_range_ok(f, cmd);
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
        smmu3_frame_seed(f);
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
        f->addr = smmu3_frame_dest(f, f->addr);
        f->phase = PHASE_WRITE;
        return;
    }
    if (cmd == CMD_SUM64) {
        smmu3_frame_sum(f, buf, f->len);
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

        f->addr = smmu3_frame_take(f, cmd, &f->len);
        f->phase = PHASE_READ;
        if (cmd == CMD_RAND48) {
            f->phase = PHASE_WRITE;
            smmu3_frame_fill(e->buf[f - e->frames], f->len, f->addr,
                             user32(f, U_SEED));
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
