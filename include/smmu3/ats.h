/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PCIe's ATS and PRI say to an SMMU and hear from it (3.9, 4.5, 8).
 * Layer L1.
 *
 * An ATS Translated transaction is an ordinary struct smmu3_txn with
 * .translated set.
 */
#ifndef SMMU3_ATS_H
#define SMMU3_ATS_H

#include <stdbool.h>
#include <stdint.h>

/* An ATS Translation Request. */
struct smmu3_ats_request {
    uint32_t sid;  /* StreamID */
    uint32_t ssid; /* PASID, 20 bits, if ssv */
    bool ssv;
    bool no_write; /* NW: only reads are meant */
    bool exe;      /* Execute Requested; counts with a PASID only */
    bool priv;     /* Privileged Mode Requested; with a PASID only */
    /* Translations that the request has room for, in STUs: only for the
     * record of a request that is refused. One translation is returned. */
    uint8_t span;
    uint64_t addr; /* bits below the STU do not matter */
};

enum smmu3_ats_status {
    SMMU3_ATS_SUCCESS,
    SMMU3_ATS_UR, /* Unsupported Request */
    SMMU3_ATS_CA, /* Completer Abort */
};

/* An ATS Translation Completion; all but status is 0 unless SUCCESS. */
struct smmu3_ats_completion {
    enum smmu3_ats_status status;
    /* The translation of the naturally aligned 2^lg2_size bytes around the
     * requested address; the base of the output. Meaningless, and not to be
     * kept, if neither r nor w is set. */
    uint64_t addr;
    uint8_t lg2_size;
    bool r;
    bool w;
    bool exe;
    bool priv;
    bool global;       /* G: for all PASIDs */
    bool untranslated; /* U: access with untranslated requests only */
    bool non_snooped;  /* N */
};

/* An ATS Invalidate Request, on its way from CMD_ATC_INV to a function. */
struct smmu3_atc_inv {
    uint64_t token; /* for smmu3_atc_inv_done() */
    uint32_t sid;
    uint32_t ssid; /* PASID, if ssv */
    bool ssv;
    bool global;      /* G: with a PASID, entries of all PASIDs */
    uint64_t addr;    /* aligned to the size */
    uint8_t lg2_size; /* 12..64; 64: everything */
};

/* What became of an invalidation. */
enum smmu3_atc_status {
    SMMU3_ATC_DONE,    /* complete; or the function knows no ATS (UR) */
    SMMU3_ATC_TIMEOUT, /* no answer, ever */
    SMMU3_ATC_PENDING, /* smmu3_atc_inv_done() will tell */
};

/* A PRI Page Request. */
struct smmu3_page_request {
    uint32_t sid;
    uint32_t ssid; /* PASID, if ssv */
    bool ssv;
    bool read;
    bool write;
    bool exe;          /* with a PASID only */
    bool priv;         /* with a PASID only */
    bool last;         /* of its Page Request Group */
    uint16_t prgindex; /* 9 bits */
    uint64_t addr;     /* bits [11:0] do not matter */
};

/* Response Code of a PRG Response, as PCIe encodes it. */
enum smmu3_prg_code {
    SMMU3_PRG_SUCCESS = 0x0,
    SMMU3_PRG_INVALID = 0x1, /* Invalid Request */
    SMMU3_PRG_FAILURE = 0xf, /* Response Failure */
};

/* A PRG Response, on its way to a function. */
struct smmu3_prg_response {
    uint32_t sid;
    uint32_t ssid; /* PASID, if ssv */
    bool ssv;
    uint16_t prgindex; /* 9 bits */
    enum smmu3_prg_code code;
};

#endif
