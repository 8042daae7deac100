/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that keeps translations of its own: a vhost-user network card, with
 * this program as its back end. QEMU asks the SMMU on its behalf, and must tell
 * it of every invalidation.
 * Tests only.
 */
#include "smmu-qtest.h"
#include <sys/socket.h>
#include <sys/un.h>

#define NET_SID 0x20u
#define NET_BAR 0x10700000u
#define PORT_SID 0x100u /* behind a port */
#define QUEUE_VA 0x10000ull
#define BLOCK_VA 0x40000000ull
#define PAGE_VA 0x80000000ull
#define BLOCK 0x200000ull

/* vhost-user: requests, flags, and a message of the IOTLB. */
#define GET_FEATURES 1
#define SET_MEM_TABLE 5
#define GET_VRING_BASE 11
#define GET_PROTOCOL_FEATURES 15
#define GET_QUEUE_NUM 17
#define SET_BACKEND_REQ_FD 21
#define IOTLB_MSG 22
#define VERSION 1u
#define REPLY 4u
#define NEED_REPLY 8u
#define MISS 1
#define UPDATE 2
#define INVALIDATE 3

typedef struct Header {
    uint32_t request, flags, size;
} Header;

typedef struct Iotlb {
    uint64_t iova, size, uaddr;
    uint8_t perm, type, unused[6];
} Iotlb;

typedef struct Vhost {
    SmmuQtest *t;
    Context c;
    Virtio d;
    char *dir, *path;
    int listener;
    GThread *thread;
    GAsyncQueue *iotlb;
    /* Written by the thread before any message of the IOTLB. */
    int request_fd;
    uint64_t ram_uaddr;
} Vhost;

static bool get(int fd, void *buf, size_t len)
{
    return len == 0 || recv(fd, buf, len, MSG_WAITALL) == (ssize_t)len;
}

/* A header, and the descriptor that came with it, -1 if none. */
static bool get_header(int fd, Header *h, int *passed)
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(8 * sizeof(int))];
    } control;
    struct iovec iov = { .iov_base = h, .iov_len = sizeof(*h) };
    struct msghdr m = { .msg_iov = &iov,
                        .msg_iovlen = 1,
                        .msg_control = &control,
                        .msg_controllen = sizeof(control) };
    struct cmsghdr *c;

    *passed = -1;
    if (recvmsg(fd, &m, MSG_WAITALL) != sizeof(*h)) {
        return false;
    }
    c = CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_type == SCM_RIGHTS) {
        const int *fds = (const int *)(const void *)CMSG_DATA(c);
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        *passed = fds[0];
        for (size_t i = 1; i < n; i++) {
            close(fds[i]);
        }
    }
    return true;
}

static void answer(int fd, uint32_t request, uint64_t value)
{
    struct {
        Header h;
        uint32_t value[2];
    } m = { { request, VERSION | REPLY, 8 }, { value, value >> 32 } };

    g_assert_cmpint(send(fd, &m, sizeof(m), MSG_NOSIGNAL), ==, sizeof(m));
}

static void handle(Vhost *v, int fd, const Header *h, const uint8_t *payload)
{
    uint64_t w[32];

    memcpy(w, payload, sizeof(w));
    switch (h->request) {
    case GET_FEATURES: /* VERSION_1, ACCESS_PLATFORM, protocol features */
        answer(fd, h->request, 1ull << 32 | 1ull << 33 | 1ull << 30);
        return;
    case GET_PROTOCOL_FEATURES: /* REPLY_ACK, BACKEND_REQ */
        answer(fd, h->request, 1ull << 3 | 1ull << 5);
        return;
    case GET_QUEUE_NUM:
        answer(fd, h->request, 1);
        return;
    case GET_VRING_BASE: /* index, and from where to go on: 0 */
        answer(fd, h->request, (uint32_t)w[0]);
        return;
    case SET_MEM_TABLE:
        for (unsigned i = 0; i < (uint32_t)w[0]; i++) {
            if (w[1 + i * 4] == RAM_BASE) {
                v->ram_uaddr = w[3 + i * 4];
            }
        }
        break;
    case IOTLB_MSG:
        g_async_queue_push(v->iotlb, g_memdup2(payload, sizeof(Iotlb)));
        break;
    default:
        break;
    }
    if (h->flags & NEED_REPLY) {
        answer(fd, h->request, 0);
    }
}

static gpointer serve(gpointer opaque)
{
    Vhost *v = opaque;
    uint8_t payload[1024] = { 0 };
    int fd = accept(v->listener, NULL, NULL), passed;
    Header h;

    while (get_header(fd, &h, &passed) && h.size <= sizeof(payload) &&
           get(fd, payload, h.size)) {
        if (h.request == SET_BACKEND_REQ_FD) {
            v->request_fd = passed;
        } else if (passed >= 0) {
            close(passed);
        }
        handle(v, fd, &h, payload);
    }
    close(fd);
    return NULL;
}

/* The next message of the IOTLB. */
static Iotlb next_message(Vhost *v)
{
    Iotlb *m = g_async_queue_timeout_pop(v->iotlb, 10 * G_TIME_SPAN_SECOND);
    Iotlb copy;

    if (!m) {
        g_error("no message of the IOTLB");
    }
    copy = *m;
    g_free(m);
    return copy;
}

/* The card may use @size bytes at @iova, which lie at @pa. */
static void expect_update(Vhost *v, uint64_t iova, uint64_t pa, uint64_t size)
{
    Iotlb m = next_message(v);

    g_assert_cmpuint(m.type, ==, UPDATE);
    g_assert_cmphex(m.iova, ==, iova);
    g_assert_cmphex(m.size, ==, size);
    g_assert_cmphex(m.uaddr - v->ram_uaddr + RAM_BASE, ==, pa);
}

static void expect_invalidate(Vhost *v, uint64_t first, uint64_t last)
{
    Iotlb m = next_message(v);

    g_assert_cmpuint(m.type, ==, INVALIDATE);
    g_assert_cmphex(m.iova, ==, first);
    g_assert_cmphex(m.iova + m.size - 1, ==, last);
}

/* Of all addresses: in two halves, as their number does not fit 64 bits. */
static void expect_invalidate_all(Vhost *v)
{
    expect_invalidate(v, 0, INT64_MAX);
    expect_invalidate(v, 1ull << 63, UINT64_MAX);
}

/* The card's own IOTLB has nothing for @iova. */
static void miss(Vhost *v, uint64_t iova)
{
    struct {
        Header h;
        uint32_t body[8];
    } m = { { 1, VERSION, sizeof(Iotlb) }, { 0 } };
    Iotlb body = { .iova = iova, .perm = 1, .type = MISS };

    memcpy(m.body, &body, sizeof(body));
    g_assert_cmpint(send(v->request_fd, &m, sizeof(m), MSG_NOSIGNAL), ==,
                    sizeof(m));
}

static void listen_at(Vhost *v)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    v->dir = g_dir_make_tmp("smmulator-XXXXXX", NULL);
    g_assert_nonnull(v->dir);
    v->path = g_build_filename(v->dir, "vhost", NULL);
    g_strlcpy(addr.sun_path, v->path, sizeof(addr.sun_path));
    v->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(v->listener, (struct sockaddr *)&addr, sizeof(addr)),
                    ==, 0);
    g_assert_cmpint(listen(v->listener, 1), ==, 0);
    v->iotlb = g_async_queue_new_full(g_free);
    v->thread = g_thread_new("vhost", serve, v);
}

/* A stream table of 512, and bus 1 behind the port at 00:04.0. */
static void behind_port(Vhost *v)
{
    SmmuQtest *t = v->t;

    smmu_cr0(t, 0xc);
    t->strtab = ram_alloc(t, 0x8000, 0x8000);
    w64(t, STRTAB_BASE, t->strtab);
    w32(t, STRTAB_BASE_CFG, 9);
    smmu_cr0(t, r32(t, IDR0) & 0x400 ? 0x1d : 0xd);
    pci_w32(t, NET_SID, 0x18, 0x00010100);
    pci_w32(t, NET_SID, 0x20, (NET_BAR >> 16) | NET_BAR);
    pci_w32(t, NET_SID, 0x04, 0x6);
}

/* The card works: QEMU has told it where its used rings are. @props: of the
 * SMMU; the card is then behind a port, and has ATS. */
static void vhost_start_with(Vhost *v, const char *props)
{
    uint32_t sid = props ? PORT_SID : NET_SID;
    uint64_t queue, other;
    char *args;

    *v = (Vhost){ .request_fd = -1 };
    listen_at(v);
    args = g_strdup_printf(
        "-object memory-backend-memfd,id=m,size=256M,share=on "
        "-chardev socket,id=c,path=%s -netdev vhost-user,id=n,chardev=c "
        "%s",
        v->path,
        props ? "-device pcie-root-port,id=rp,chassis=1,addr=4.0 "
                "-device virtio-net-pci,netdev=n,iommu_platform=on,bus=rp,"
                "ats=on"
              : "-device virtio-net-pci,netdev=n,iommu_platform=on,"
                "disable-legacy=on,addr=4.0");
    v->t = machine_start_with(props ? props : "", ",memory-backend=m", args);
    g_free(args);
    smmu_enable(v->t);
    if (props) {
        behind_port(v);
    }
    context_init(&v->c, v->t, 1, 12);
    v->c.sid = sid;
    queue = ram_page(v->t);
    other = ram_page(v->t);
    context_map(&v->c, QUEUE_VA, queue);
    context_map(&v->c, 0, other); /* that of the queue which is not set up */
    context_commit(&v->c);
    /* QEMU starts the back end only while the machine runs. */
    qtest_qmp_assert_success(v->t->qts, "{'execute': 'cont'}");
    virtio_setup(v->t, &v->d, sid, NET_BAR, queue, QUEUE_VA);
    expect_update(v, QUEUE_VA, queue, 0x1000);
    expect_update(v, 0, other, 0x1000);
}

static void vhost_start(Vhost *v)
{
    vhost_start_with(v, NULL);
}

static void vhost_stop(Vhost *v)
{
    machine_stop(v->t);
    g_thread_join(v->thread);
    g_assert_cmpint(g_async_queue_length(v->iotlb), ==, 0);
    g_async_queue_unref(v->iotlb);
    close(v->request_fd);
    close(v->listener);
    unlink(v->path);
    rmdir(v->dir);
    g_free(v->path);
    g_free(v->dir);
}

/* A mapping as large as it is; bypass, which has no end, 2 MiB at a time. */
static void test_sizes(void)
{
    uint64_t page, block;
    Vhost v;

    vhost_start(&v);
    page = ram_page(v.t);
    block = ram_alloc(v.t, BLOCK, BLOCK);
    context_map(&v.c, PAGE_VA, page);
    map_at(&v.c.s1, BLOCK_VA, block, 2, S1_LEAF);
    miss(&v, PAGE_VA + 0x234);
    expect_update(&v, PAGE_VA, page, 0x1000);
    miss(&v, BLOCK_VA + 0x12345);
    expect_update(&v, BLOCK_VA, block, BLOCK);

    context_init(&v.c, v.t, 0, 12);
    v.c.sid = NET_SID;
    context_commit(&v.c);
    expect_invalidate_all(&v);
    miss(&v, block + 0x12345);
    expect_update(&v, block, block, BLOCK);
    expect_no_event(v.t);
    vhost_stop(&v);
}

/* What the guest invalidates, the card hears of. */
static void test_invalidations(void)
{
    const uint64_t asid = 1ull << 48, gigabyte = 1ull << 30;
    Vhost v;

    vhost_start(&v);
    /* One address, in what may have been a block of 1 GiB. */
    cmd(v.t, OP_TLBI_NH_VA | 1ull << 32 | asid, PAGE_VA + 0x5000);
    expect_invalidate(&v, PAGE_VA, PAGE_VA + gigabyte - 1);
    cmd(v.t, OP_TLBI_NSNH_ALL, 0);
    expect_invalidate_all(&v);
    cmd(v.t, OP_CFGI_STE | (uint64_t)NET_SID << 32, 0);
    expect_invalidate_all(&v);
    /* Another stream is none of its business. */
    cmd(v.t, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32, 0);
    expect_no_event(v.t);
    vhost_stop(&v);
}

/* ATS Control.Enable, by an access of its own: QEMU looks at that alone, and
 * forgets it when the driver resets the card. */
static void ats_on(Vhost *v)
{
    pci_w16(v->t, PORT_SID, pci_ext_cap(v->t, PORT_SID, 0x0f) + 6, 0x8000);
}

/* A card with ATS of its own hears of CMD_ATC_INV, and of no other command. */
static void test_ats(void)
{
    const uint64_t sid = (uint64_t)PORT_SID << 32;
    Vhost v;

    vhost_start_with(&v, ",ats=on");
    ats_on(&v);
    cmd(v.t, OP_TLBI_NSNH_ALL, 0);
    cmd(v.t, OP_CFGI_STE | sid, 0);
    cmd(v.t, 0x40 | sid, QUEUE_VA | 0x3000);
    expect_invalidate(&v, QUEUE_VA + 0x3000, QUEUE_VA + 0x3fff);
    cmd(v.t, 0x40 | (uint64_t)ENGINE_SID << 32, 52);
    cmd(v.t, 0x40 | sid, BLOCK_VA | 0x12345000 | 9);
    expect_invalidate(&v, BLOCK_VA + 0x12200000, BLOCK_VA + 0x123fffff);
    cmd(v.t, 0x40 | sid, 52);
    expect_invalidate_all(&v);
    expect_no_event(v.t);
    vhost_stop(&v);
}

/* An SMMU without ATS: the guest turned it on in the card all the same. */
static void test_ats_absent(void)
{
    Vhost v;

    vhost_start_with(&v, ",ats=off");
    ats_on(&v);
    cmd(v.t, OP_TLBI_NSNH_ALL, 0);
    expect_invalidate_all(&v);
    expect_no_event(v.t);
    vhost_stop(&v);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vhost/sizes", test_sizes);
    g_test_add_func("/vhost/invalidations", test_invalidations);
    g_test_add_func("/vhost/ats", test_ats);
    g_test_add_func("/vhost/ats-absent", test_ats_absent);
    return g_test_run();
}
