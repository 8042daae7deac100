/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest kernel module: a driver of the test engine, as a platform device and as
 * a PCI function, that lets programs run it on their own memory (SVA) or on a
 * DMA buffer of the kernel's. See engine-api.h.
 */
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include "engine-api.h"

#define FRAMES 512
#define FRAME_SIZE 128
#define PRIVILEGED 0x10000 /* from a user frame to its privileged one */

/* Of the user frame */
#define U_CMD 0x00
#define U_MSIADDRESS 0x10 /* 1: interrupt at the end */
#define U_MSIDATA 0x18    /* by this vector */
#define U_ATTRIBUTES 0x20
#define U_SEED 0x24
#define U_BEGIN 0x28
#define U_END_INCL 0x30
#define U_STRIDE 0x38
#define U_UDATA(n) (0x40 + 8 * (n))
#define U_UCTRL1 0x78
#define U_UCTRL2 0x7c
/* Of the privileged frame */
#define P_PCTRL 0x00
#define P_STREAMID 0x08
#define P_SUBSTREAMID 0x0c
#define PCTRL_SSD_NS 1
#define NO_SUBSTREAMID 0xffffffff
/* Source and destination: Non-secure, write-back cacheable, Inner Shareable */
#define ATTRIBUTES 0x42ff42ff

struct engine {
    struct device *dev;
    void __iomem *base;
    struct miscdevice misc;
    struct ida frames;
    wait_queue_head_t ended; /* some frame's command */
    u32 sid;
    bool iopf;
    bool sva;
};

struct engine_file {
    struct engine *engine;
    struct mutex lock;
    struct iommu_sva *bond;
    u32 pasid;
    int frame;
    void *buffer;
    dma_addr_t buffer_iova;
    size_t buffer_size;
};

static void __iomem *user_frame(struct engine_file *ef)
{
    return ef->engine->base + ef->frame * FRAME_SIZE;
}

static bool is_running(struct engine_file *ef)
{
    u32 cmd = readl(user_frame(ef) + U_CMD);

    return cmd >= ENGINE_MEMCPY && cmd <= ENGINE_SUM64;
}

/* False: not within the time, or the process is being killed. */
static bool wait_until_done(struct engine_file *ef, unsigned int ms,
                            bool killable)
{
    long timeout = msecs_to_jiffies(ms);

    if (killable) {
        wait_event_killable_timeout(ef->engine->ended, !is_running(ef),
                                    timeout);
    } else {
        wait_event_timeout(ef->engine->ended, !is_running(ef), timeout);
    }
    return !is_running(ef);
}

static irqreturn_t engine_interrupt(int irq, void *opaque)
{
    struct engine *engine = opaque;

    wake_up_all(&engine->ended);
    return IRQ_HANDLED;
}

static int engine_open(struct inode *inode, struct file *file)
{
    struct miscdevice *misc = file->private_data;
    struct engine *engine = container_of(misc, struct engine, misc);
    struct engine_file *ef = kzalloc(sizeof(*ef), GFP_KERNEL);

    if (!ef) {
        return -ENOMEM;
    }
    ef->engine = engine;
    mutex_init(&ef->lock);
    ef->frame = ida_alloc_max(&engine->frames, FRAMES - 1, GFP_KERNEL);
    if (ef->frame < 0) {
        int ret = ef->frame;

        kfree(ef);
        return ret;
    }
    file->private_data = ef;
    return 0;
}

static int engine_release(struct inode *inode, struct file *file)
{
    struct engine_file *ef = file->private_data;
    struct engine *engine = ef->engine;

    if (!wait_until_done(ef, 10000, false)) {
        /* It may still use what we would free. */
        dev_err(engine->dev, "frame %d does not end\n", ef->frame);
        return 0;
    }
    if (ef->bond) {
        iommu_sva_unbind_device(ef->bond);
    }
    if (ef->buffer) {
        dma_free_coherent(engine->dev, ef->buffer_size, ef->buffer,
                          ef->buffer_iova);
    }
    ida_free(&engine->frames, ef->frame);
    kfree(ef);
    return 0;
}

static int engine_bind(struct engine_file *ef)
{
    struct iommu_sva *bond;

    if (!ef->engine->sva) {
        return -EOPNOTSUPP;
    }
    if (ef->bond) {
        return -EBUSY;
    }
    bond = iommu_sva_bind_device(ef->engine->dev, current->mm);
    if (IS_ERR(bond)) {
        return PTR_ERR(bond);
    }
    ef->bond = bond;
    ef->pasid = iommu_sva_get_pasid(bond);
    return ef->pasid;
}

static int engine_unbind(struct engine_file *ef)
{
    if (!ef->bond) {
        return -EINVAL;
    }
    iommu_sva_unbind_device(ef->bond);
    ef->bond = NULL;
    return 0;
}

static int engine_buffer(struct engine_file *ef, __u64 __user *arg)
{
    __u64 value;

    if (get_user(value, arg)) {
        return -EFAULT;
    }
    if (ef->buffer || !value || value > 1 << 20) {
        return -EINVAL;
    }
    ef->buffer_size = PAGE_ALIGN(value);
    ef->buffer = dma_alloc_coherent(ef->engine->dev, ef->buffer_size,
                                    &ef->buffer_iova, GFP_KERNEL);
    if (!ef->buffer) {
        return -ENOMEM;
    }
    value = ef->buffer_iova;
    return put_user(value, arg) ? -EFAULT : 0;
}

static int engine_run(struct engine_file *ef, struct engine_run __user *arg)
{
    void __iomem *u = user_frame(ef), *p = u + PRIVILEGED;
    struct engine_run run;
    int i;

    if (copy_from_user(&run, arg, sizeof(run))) {
        return -EFAULT;
    }
    if (is_running(ef)) {
        return -EBUSY;
    }
    writel(PCTRL_SSD_NS | run.pctrl, p + P_PCTRL);
    writel(run.uctrl1, u + U_UCTRL1);
    writel(ef->engine->sid, p + P_STREAMID);
    writel(ef->bond ? ef->pasid : NO_SUBSTREAMID, p + P_SUBSTREAMID);
    writeq(1, u + U_MSIADDRESS);
    writel(0, u + U_MSIDATA);
    writel(run.attributes ? run.attributes : ATTRIBUTES, u + U_ATTRIBUTES);
    writel(run.seed, u + U_SEED);
    writeq(run.begin, u + U_BEGIN);
    writeq(run.end, u + U_END_INCL);
    writeq(run.stride, u + U_STRIDE);
    for (i = 0; i < 3; i++) {
        writeq(run.udata[i], u + U_UDATA(i));
    }
    writel(run.cmd, u + U_CMD);
    if (wait_until_done(ef, run.timeout_ms, true)) {
        run.cmd = readl(u + U_CMD);
    } else {
        run.cmd = ENGINE_TIMEOUT;
    }
    for (i = 0; i < 3; i++) {
        run.udata[i] = readq(u + U_UDATA(i));
    }
    run.uctrl2 = readl(u + U_UCTRL2);
    return copy_to_user(arg, &run, sizeof(run)) ? -EFAULT : 0;
}

static long engine_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct engine_file *ef = file->private_data;
    long ret;

    mutex_lock(&ef->lock);
    switch (cmd) {
    case ENGINE_BIND:
        ret = engine_bind(ef);
        break;
    case ENGINE_UNBIND:
        ret = engine_unbind(ef);
        break;
    case ENGINE_RUN:
        ret = engine_run(ef, (struct engine_run __user *)arg);
        break;
    case ENGINE_BUFFER:
        ret = engine_buffer(ef, (__u64 __user *)arg);
        break;
    default:
        ret = -ENOTTY;
    }
    mutex_unlock(&ef->lock);
    return ret;
}

static int engine_mmap(struct file *file, struct vm_area_struct *vma)
{
    struct engine_file *ef = file->private_data;

    if (!ef->buffer) {
        return -EINVAL;
    }
    return dma_mmap_coherent(ef->engine->dev, vma, ef->buffer, ef->buffer_iova,
                             ef->buffer_size);
}

static const struct file_operations engine_fops = {
    .owner = THIS_MODULE,
    .open = engine_open,
    .release = engine_release,
    .unlocked_ioctl = engine_ioctl,
    .mmap = engine_mmap,
};

/* What the IOMMU allows is found out here; a program that binds is told. */
static int engine_add(struct device *dev, void __iomem *base, int irq)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    struct engine *engine = devm_kzalloc(dev, sizeof(*engine), GFP_KERNEL);
    int ret;

    if (!engine) {
        return -ENOMEM;
    }
    ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
    if (ret) {
        return ret;
    }
    init_waitqueue_head(&engine->ended);
    ret = devm_request_irq(dev, irq, engine_interrupt, 0, "smmulator-engine",
                           engine);
    if (ret) {
        return ret;
    }
    engine->sid = fwspec && fwspec->num_ids ? fwspec->ids[0] : 0;
    engine->dev = dev;
    engine->base = base;
    ida_init(&engine->frames);
    engine->iopf = !iommu_dev_enable_feature(dev, IOMMU_DEV_FEAT_IOPF);
    engine->sva = !iommu_dev_enable_feature(dev, IOMMU_DEV_FEAT_SVA);
    engine->misc.minor = MISC_DYNAMIC_MINOR;
    engine->misc.fops = &engine_fops;
    engine->misc.name =
        devm_kasprintf(dev, GFP_KERNEL, "engine-%s", dev_name(dev));
    dev_set_drvdata(dev, engine);
    ret = engine->misc.name ? misc_register(&engine->misc) : -ENOMEM;
    dev_info(dev, "engine: faults %s, SVA %s\n", engine->iopf ? "yes" : "no",
             engine->sva ? "yes" : "no");
    return ret;
}

static void engine_remove(struct device *dev)
{
    struct engine *engine = dev_get_drvdata(dev);

    misc_deregister(&engine->misc);
    if (engine->sva) {
        iommu_dev_disable_feature(dev, IOMMU_DEV_FEAT_SVA);
    }
    if (engine->iopf) {
        iommu_dev_disable_feature(dev, IOMMU_DEV_FEAT_IOPF);
    }
    ida_destroy(&engine->frames);
}

static int engine_platform_probe(struct platform_device *pdev)
{
    void __iomem *base = devm_platform_ioremap_resource(pdev, 0);

    int irq = platform_get_irq(pdev, 0);

    if (IS_ERR(base) || irq < 0) {
        return IS_ERR(base) ? PTR_ERR(base) : irq;
    }
    return engine_add(&pdev->dev, base, irq);
}

static void engine_platform_remove(struct platform_device *pdev)
{
    engine_remove(&pdev->dev);
}

static const struct of_device_id engine_of_ids[] = {
    { .compatible = "smmulator,engine" },
    {},
};
MODULE_DEVICE_TABLE(of, engine_of_ids);

static struct platform_driver engine_platform = {
    .driver = { .name = "smmulator-engine", .of_match_table = engine_of_ids },
    .probe = engine_platform_probe,
    .remove_new = engine_platform_remove,
};

static int engine_pci_probe(struct pci_dev *pdev,
                            const struct pci_device_id *id)
{
    int ret = pcim_enable_device(pdev);

    if (!ret) {
        ret = pcim_iomap_regions(pdev, BIT(0), "smmulator-engine");
    }
    if (ret) {
        return ret;
    }
    pci_set_master(pdev);
    ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
    if (ret < 0) {
        return ret;
    }
    return engine_add(&pdev->dev, pcim_iomap_table(pdev)[0],
                      pci_irq_vector(pdev, 0));
}

static void engine_pci_remove(struct pci_dev *pdev)
{
    engine_remove(&pdev->dev);
}

static const struct pci_device_id engine_pci_ids[] = {
    { PCI_DEVICE(0x13b5, 0xff80) },
    {},
};
MODULE_DEVICE_TABLE(pci, engine_pci_ids);

static struct pci_driver engine_pci = {
    .name = "smmulator-engine",
    .id_table = engine_pci_ids,
    .probe = engine_pci_probe,
    .remove = engine_pci_remove,
};

static int __init engine_init(void)
{
    int ret = pci_register_driver(&engine_pci);

    if (!ret) {
        ret = platform_driver_register(&engine_platform);
        if (ret) {
            pci_unregister_driver(&engine_pci);
        }
    }
    return ret;
}

static void __exit engine_exit(void)
{
    platform_driver_unregister(&engine_platform);
    pci_unregister_driver(&engine_pci);
}

module_init(engine_init);
module_exit(engine_exit);
MODULE_DESCRIPTION("Driver of smmulator's test engine");
MODULE_LICENSE("GPL");
