/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: a machine with the SMMU and a test engine, the SMMU's
 * queues, configuration and translation tables, and the GIC.
 * Tests only.
 *
 * All numbers here and in the tests are the architecture's, written from its
 * text: nothing is shared with the model, or else a wrong bit position would
 * pass unseen. Names of sections are those of the fact sheet's source, the
 * Arm SMMUv3 specification.
 *
 * The subject is smmulator, or with SMMULATOR_SUBJECT=in-tree QEMU's own
 * SMMUv3. The DMA master is smmulator-engine for both.
 */
#ifndef TESTS_QTEST_SMMU_QTEST_H
#define TESTS_QTEST_SMMU_QTEST_H

#include "qemu/osdep.h"
#include "libqtest.h"

/* The board */
#define SMMU_BASE 0x09050000u
#define ENGINE_BAR 0x10000000u
#define ENGINE_TABLE_BAR 0x10100000u
#define ENGINE_PBA_BAR 0x10110000u
#define ENGINE_SID 0x10u /* 00:02.0 */
#define MAGIC 0x123456789abcdef0ull
#define HOLE 0x2000000000ull /* no memory there */
#define RAM_BASE 0x40000000ull
#define RAM_FREE 0x41000000ull /* above the board's device tree */
#define RAM_TOP 0x48000000ull

/* What the tests start from: v3.2 with what it demands, no optional feature. A
 * test of a feature adds its properties. */
#define SMMU_BASELINE                                                    \
    "smmulator,arch-version=3.2,httu=0,ats=off,split-ats=off,pri=off,"   \
    "pps=off,msi=off,atos=off,vatos=off,vmw=off,ssidsize=0,cd2l=off,"    \
    "stall-model=1,stall-max=0,term-model=off,sidsize=16,oas=48,vax=48," \
    "attr-perms-ovr=off,attr-types-ovr=off,pbha=off,stt=off,e0pd=off,"   \
    "ptwnnc=off,bbml=2,secure=off,ecmdq=off,pmcg=off"

/* Nested contexts see RAM at another address, to tell IPA from PA: the
 * default of SmmuQtest.bias. */
#define IPA_BIAS 0x40000000ull

/* Registers */
#define IDR0 0x000
#define IDR1 0x004
#define IDR2 0x008
#define IDR3 0x00c
#define IDR4 0x010
#define IDR5 0x014
#define IIDR 0x018
#define AIDR 0x01c
#define CR0 0x020
#define CR0ACK 0x024
#define CR1 0x028
#define CR2 0x02c
#define STATUSR 0x040
#define GBPA 0x044
#define AGBPA 0x048
#define IRQ_CTRL 0x050
#define IRQ_CTRLACK 0x054
#define GERROR 0x060
#define GERRORN 0x064
#define GERROR_IRQ_CFG0 0x068
#define GERROR_IRQ_CFG1 0x070
#define GERROR_IRQ_CFG2 0x074
#define STRTAB_BASE 0x080
#define STRTAB_BASE_CFG 0x088
#define CMDQ_BASE 0x090
#define CMDQ_PROD 0x098
#define CMDQ_CONS 0x09c
#define EVENTQ_BASE 0x0a0
#define EVENTQ_IRQ_CFG0 0x0b0
#define EVENTQ_IRQ_CFG1 0x0b8
#define EVENTQ_IRQ_CFG2 0x0bc
#define EVENTQ_PROD 0x100a8
#define EVENTQ_CONS 0x100ac

/* Interrupts: SPI numbers */
#define SPI_EVENTQ 74
#define SPI_PRIQ 75
#define SPI_CMDQ_SYNC 76
#define SPI_GERROR 77

/* Commands: first words (4.1) */
#define OP_CFGI_STE 0x03
#define OP_CFGI_STE_RANGE 0x04
#define OP_CFGI_CD 0x05
#define OP_CFGI_CD_ALL 0x06
#define OP_TLBI_NH_ALL 0x10
#define OP_TLBI_NH_ASID 0x11
#define OP_TLBI_NH_VA 0x12
#define OP_TLBI_NH_VAA 0x13
#define OP_TLBI_S12_VMALL 0x28
#define OP_TLBI_S2_IPA 0x2a
#define OP_TLBI_NSNH_ALL 0x30
#define OP_RESUME 0x44
#define OP_STALL_TERM 0x45
#define OP_SYNC 0x46

/* Events (7.3) */
#define C_BAD_STREAMID 0x02
#define F_STE_FETCH 0x03
#define C_BAD_STE 0x04
#define F_STREAM_DISABLED 0x06
#define C_BAD_SUBSTREAMID 0x08
#define F_CD_FETCH 0x09
#define C_BAD_CD 0x0a
#define F_WALK_EABT 0x0b
#define F_TRANSLATION 0x10
#define F_ADDR_SIZE 0x11
#define F_ACCESS 0x12
#define F_PERMISSION 0x13

/* CLASS */
#define CLS_CD 0
#define CLS_TT 1
#define CLS_IN 2

/* Engine: commands and states */
#define ENG_HALTED 1u
#define ENG_MEMCPY 2u
#define ENG_RAND48 3u
#define ENG_SUM64 4u
#define ENG_MISCONFIGURED 0xfffffffeu
#define ENG_ERROR 0xffffffffu
/* One half of the attributes: Non-secure, read- and write-allocate WB */
#define ENG_ATTR 0x02ffu
#define ENG_IND 0x0400u
#define ENG_PNU 0x0100u

/* Leaf attributes: AF, inner shareable, and what permits everything */
#define S1_LEAF 0xf40ull /* nG, AF, ISH, AP[1] */
#define S2_LEAF 0x7fcull /* AF, ISH, S2AP read and write, Normal WB */
#define DESC_AF 0x400ull

typedef struct SmmuQtest {
    QTestState *qts;
    bool in_tree;
    uint64_t smmu;           /* base of the registers */
    uint64_t engine;         /* BAR 0 of the engine that the dma_ calls use */
    uint64_t next;           /* free RAM */
    uint64_t ram_lo, ram_hi; /* what a nested stage 2 maps, */
    uint64_t bias;           /* at which distance */
    uint64_t strtab, cmdq, eventq;
    unsigned cmdq_log2, eventq_log2;
    uint32_t cmd_prod, event_cons; /* as in the registers */
} SmmuQtest;

/* A translation table in memory. */
typedef struct Space {
    SmmuQtest *t;
    unsigned lg2;   /* of the granule: 12, 14, 16 */
    unsigned bits;  /* of the input address */
    unsigned start; /* level */
    uint64_t root;  /* PA */
    uint64_t bias;  /* what pointers to tables have on top of the PA */
    bool be;
} Space;

/* A stream's configuration; change .ste and .cd before context_commit(). */
typedef struct Context {
    SmmuQtest *t;
    uint32_t sid;
    unsigned stage; /* 0 bypass, 1, 2, 3 nested */
    uint64_t ste[8];
    uint64_t cd[8];
    uint64_t cd_pa;
    Space s1, s2;
} Context;

typedef struct Event {
    unsigned num;
    uint32_t sid;
    bool ssv;
    uint32_t ssid;
    bool pnu, ind, rnw, s2, ttrnw;
    unsigned cls;
    unsigned stag; /* not 0: Stall = 1 */
    uint64_t addr; /* dw2 */
    uint64_t ipa;  /* dw3: IPA or FetchAddr */
} Event;

/* An event of the engine's stream: one with a CLASS, and one without. */
#define EV(n, a, ...)             \
    (&(Event){ .num = (n),        \
               .sid = ENGINE_SID, \
               .cls = CLS_IN,     \
               .addr = (a),       \
               __VA_ARGS__ })
#define EV_CFG(n, ...) (&(Event){ .num = (n), .sid = ENGINE_SID, __VA_ARGS__ })

/* machine.c */

/* True if this run is on QEMU's own model. */
bool subject_in_tree(void);
/* The command line of a machine with the subject; free with g_free(). */
char *machine_args(const char *machine_opts, const char *extra);
/* Starts a machine; the engine is at 00:02.0 and its BARs are programmed. */
SmmuQtest *machine_start(const char *machine_opts, const char *extra);
/* The same with more properties of the SMMU: "" or ",name=value...". */
char *machine_args_with(const char *props, const char *machine_opts,
                        const char *extra);
SmmuQtest *machine_start_with(const char *props, const char *machine_opts,
                              const char *extra);
/* As above with the SMMU set up and enabled: see smmu_enable(). */
SmmuQtest *smmu_start(void);
SmmuQtest *smmu_start_with(const char *props);
/* Stops it and checks that QEMU had not died of something. */
void machine_stop(SmmuQtest *t);
/* Runs QEMU with @args to its end, with "quit" on stdin for a monitor there:
 * exit status, -1 if by a signal or never; *err gets its stderr. */
int qemu_run(const char *args, char **err);

/* Zeroed RAM. */
uint64_t ram_alloc(SmmuQtest *t, uint64_t size, uint64_t align);
uint64_t ram_page(SmmuQtest *t);
uint64_t mem_r64(SmmuQtest *t, uint64_t pa);
void mem_w64(SmmuQtest *t, uint64_t pa, uint64_t v);

uint32_t pci_r32(SmmuQtest *t, unsigned bdf, unsigned reg);
void pci_w32(SmmuQtest *t, unsigned bdf, unsigned reg, uint32_t v);
void pci_w16(SmmuQtest *t, unsigned bdf, unsigned reg, uint16_t v);
/* Where the extended capability @id is; 0: nowhere. */
unsigned pci_ext_cap(SmmuQtest *t, unsigned bdf, unsigned id);
/* Programs the BARs of an engine and switches it on, PASIDs too. */
void engine_setup(SmmuQtest *t, unsigned bdf, uint32_t bar0);

/* Makes @spi edge-triggered at the GIC and clears it. */
void gic_edge(SmmuQtest *t, unsigned spi);
/* Makes the SMMU's interrupts edge-triggered at the GIC and clears them. */
void gic_setup(SmmuQtest *t);
/* Whether @spi is pending; clears it. */
bool gic_take(SmmuQtest *t, unsigned spi);
/* The same, but waits a little for it. */
bool gic_wait(SmmuQtest *t, unsigned spi);

/* smmu.c */

uint32_t r32(SmmuQtest *t, uint32_t reg);
uint64_t r64(SmmuQtest *t, uint32_t reg);
void w32(SmmuQtest *t, uint32_t reg, uint32_t v);
void w64(SmmuQtest *t, uint32_t reg, uint64_t v);

/* A linear stream table of 256 invalid entries, queues of 64, interrupts on,
 * RECINVSID set; then everything enabled. */
void smmu_enable(SmmuQtest *t);
/* Writes CR0 and waits for its acknowledgement. */
void smmu_cr0(SmmuQtest *t, uint32_t v);
/* Puts a command into the queue without waiting. */
void cmd_push(SmmuQtest *t, uint64_t dw0, uint64_t dw1);
/* Waits until all commands are consumed, or the queue has stopped with an
 * error; false for the latter. */
bool cmd_drain(SmmuQtest *t);
/* One command and a SYNC, both must succeed. */
void cmd(SmmuQtest *t, uint64_t dw0, uint64_t dw1);
/* One command that must give CERROR_ILL; recovers. */
void cmd_illegal(SmmuQtest *t, uint64_t dw0, uint64_t dw1);

/* The next record; false if there is none. */
bool event_pop(SmmuQtest *t, uint64_t w[4]);
/* The next record must be exactly @e, all 32 bytes of it. */
void expect_event(SmmuQtest *t, const Event *e);
void expect_no_event(SmmuQtest *t);

/* Sets bits [hi:lo] of a structure of 64-bit words. */
void put(uint64_t *w, unsigned hi, unsigned lo, uint64_t v);

/* tables.c */

void space_init(Space *s, SmmuQtest *t, unsigned lg2, unsigned bits,
                unsigned start);
/* log2 of what one entry at @level covers. */
unsigned level_shift(const Space *s, unsigned level);
/* The start level of a stage-1 table for @bits input bits. */
unsigned s1_start(unsigned lg2, unsigned bits);
/* Maps the block or page at @level; returns the PA of its descriptor. */
uint64_t map_at(Space *s, uint64_t in, uint64_t out, unsigned level,
                uint64_t attrs);
uint64_t map_page(Space *s, uint64_t in, uint64_t out, uint64_t attrs);
/* The PA of the descriptor of @in at @level; tables must exist. */
uint64_t desc_pa(Space *s, uint64_t in, unsigned level);
uint64_t desc_get(Space *s, uint64_t pa);
void desc_set(Space *s, uint64_t pa, uint64_t v);

/* A valid configuration, not yet in memory. Stage 2 maps all of RAM, with
 * blocks, at SmmuQtest.bias above itself if nested, and nothing if alone. */
void context_init(Context *c, SmmuQtest *t, unsigned stage, unsigned lg2);
/* The same with other granules for the two stages. */
void context_init2(Context *c, SmmuQtest *t, unsigned stage, unsigned lg2_s1,
                   unsigned lg2_s2);
/* Enables TTB1 with tables of its own: 39 bits, addresses 0xffffff80.... */
void context_ttb1(Context *c, Space *hi, unsigned lg2);
/* Another stage-1 table: input size and, from it, start level. */
void context_s1_bits(Context *c, unsigned bits);
/* Another stage-2 table: input size, start level and its S2SL0. */
void context_s2_bits(Context *c, unsigned bits, unsigned start, unsigned sl0);
/* Replaces the stage-2 block around the 4 KiB page of @pa by pages. */
void s2_split(Context *c, uint64_t pa);
/* Writes CD and STE and makes the SMMU read them anew. */
void context_commit(Context *c);
/* A stage 1 of 4 KiB, committed, with @va mapped to a new page: its PA. */
uint64_t quick_stage1(Context *c, SmmuQtest *t, uint64_t va);
/* Maps one page all the way from @in to @pa. */
void context_map(Context *c, uint64_t in, uint64_t pa);
/* Writes an STE into the linear table. */
void ste_write(SmmuQtest *t, uint32_t sid, const uint64_t ste[8]);

/* engine.c */

typedef struct EngineOp {
    uint32_t cmd;
    uint64_t begin, end; /* inclusive */
    uint64_t stride;     /* 0: 1 */
    uint64_t dest;
    uint32_t seed;
    uint32_t attrs; /* 0: ENG_ATTR for both */
    bool ssv;
    uint32_t ssid;
    bool msi;
    unsigned vector;
    unsigned frame;
    uint64_t bar; /* 0: SmmuQtest.engine */
    /* results */
    uint64_t sum;
    uint64_t fault;
} EngineOp;

/* Starts it; ends without waiting. */
void engine_launch(SmmuQtest *t, const EngineOp *op);
/* Waits; returns the final state. */
uint32_t engine_wait(SmmuQtest *t, EngineOp *op);
uint32_t engine_run(SmmuQtest *t, EngineOp *op);
/* Single transactions of 8 bytes. False: aborted. */
bool dma_read(SmmuQtest *t, uint64_t va, uint64_t *v);
bool dma_write(SmmuQtest *t, uint64_t va);
bool dma_attrs(SmmuQtest *t, uint64_t va, bool write, uint32_t attrs);
/* What dma_write() leaves at @va. */
uint64_t dma_pattern(uint64_t va);

/* nvme.c: a master of QEMU's own, which uses the memory API */

#define NVME_ARGS                                                 \
    "-blockdev null-co,node-name=n0,read-zeroes=on,size=1048576 " \
    "-device nvme,drive=n0,serial=1,addr=3.0"
#define NVME_SID 0x18u

/* Programs BAR 0 and starts the controller with its admin queues there. */
void nvme_setup(SmmuQtest *t, uint64_t sq, uint64_t cq);
/* Identify Controller, 4 KiB to @prp1, and to @prp2 what goes beyond that
 * page: puts it into the queue at @sq_pa and rings the bell. The @n-th command
 * since nvme_setup(), from 0. */
void nvme_identify(SmmuQtest *t, uint64_t sq_pa, unsigned n, uint64_t prp1,
                   uint64_t prp2);
/* CSTS: bit 0 ready, bit 1 fatal. */
uint32_t nvme_status(SmmuQtest *t);

/* virtio.c: a virtio-blk disk, whose transactions come from an iothread */

typedef struct Virtio {
    unsigned bdf;
    uint32_t bar;
    uint64_t pa, va; /* of its queue: one page */
    uint64_t notify, status;
    unsigned requests;
} Virtio;

/* Resets the disk, programs BAR 4 and starts it with one queue. */
void virtio_setup(SmmuQtest *t, Virtio *d, unsigned bdf, uint32_t bar,
                  uint64_t queue_pa, uint64_t queue_va);
/* Reads @len bytes from sector 0 to @va; at most four requests at a time. */
void virtio_read(SmmuQtest *t, Virtio *d, uint64_t va, uint32_t len);
/* Waits for all requests; false if the disk met a fault and gave up. */
bool virtio_wait(SmmuQtest *t, Virtio *d);

#endif
