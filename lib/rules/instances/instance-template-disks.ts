import { diskProblem } from "../../google/machine-types";
import { blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { TEMPLATES } from "./instance-template-model";

const PLAN =
  "google_compute_instance_template, provider code 7.45.0 (CustomizeDiff); checked here before Terraform runs";
const DISKS = "docs.cloud.google.com/compute/docs/disks, machine series support, from general knowledge, 2026-11";
const WITH_SOURCE = [
  "disk_size_gb",
  "disk_name",
  "disk_type",
  "provisioned_iops",
  "provisioned_throughput",
  "source_image",
  "source_snapshot",
  "labels",
];

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** The disks of instance templates. */
export const instanceTemplateDiskRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-boot-image",
      title: "the boot disk has an image, a snapshot or an existing disk",
      why: "Without one there is nothing to boot from: the API rejects the template.",
      fix: "set source_image on the first disk",
      source: api("AttachedDiskInitializeParams.sourceImage"),
    },
    TEMPLATES,
    (template, blame) => {
      if (isComputed(template.values, "disk")) return;
      const boot = blocksOf(template.values.disk)[0];
      if (!boot) blame("disk", template.values.disk);
      else if (!["source_image", "source_snapshot", "source"].some((name) => isSet(boot[name])))
        blame("disk.0.source_image", undefined);
    },
  ),
  resourceRule(
    {
      id: "template-boot-first",
      title: "the first disk is the boot disk, and no other",
      why: "The provider's plan fails where another disk says boot = true; where the first says false there is none.",
      fix: "list the boot disk first and take boot away from the others",
      source: PLAN,
    },
    TEMPLATES,
    (template, blame) => {
      if (isComputed(template.values, "disk")) return;
      blocksOf(template.values.disk).forEach(({ boot }, index) => {
        if (booleanOf(boot) === index > 0) blame(`disk.${index}.boot`, boot);
      });
    },
  ),
  blockRule(
    {
      id: "template-local-ssd",
      title: "local SSDs are SCRATCH disks of type local-ssd, of 375, 3000, 3500, 7000 or 14000 GB",
      why: "The provider's plan fails otherwise; above 375 GB the interface has to be NVME.",
      fix: 'set type = "SCRATCH", disk_type = "local-ssd", disk_size_gb = 375',
      source: PLAN,
    },
    TEMPLATES,
    ["disk"],
    (disk, blame) => {
      const { type, disk_type: kind, disk_size_gb: size } = disk;
      if (isKnown([type, kind]) && (type === "SCRATCH") !== (kind === "local-ssd")) blame("type", type, String(kind));
      if (type !== "SCRATCH" || !isKnown(size)) return;
      if (![375, 3000, 3500, 7000, 14000].includes(Number(size))) blame("disk_size_gb", size);
      else if (Number(size) > 375 && isKnown(disk.interface) && disk.interface !== "NVME")
        blame("interface", disk.interface);
    },
  ),
  blockRule(
    {
      id: "template-disk-source",
      title: "an existing disk is attached as it is",
      why: "The provider refuses source together with what describes a new disk.",
      fix: `take ${WITH_SOURCE.slice(0, 3).join(", ")} … away, or source`,
      source: "google_compute_instance_template, provider code 7.45.0, buildDisks",
    },
    TEMPLATES,
    ["disk"],
    (disk, blame) => {
      if (!isSet(disk.source)) return;
      for (const name of WITH_SOURCE) if (isSet(disk[name])) blame(name, disk[name]);
    },
  ),
  blockRule(
    {
      id: "template-disk-shared",
      title: "an existing disk is attached READ_ONLY",
      severity: "warning",
      why: "A persistent disk can be written by one instance only: the second instance of the group fails. Not an error, because the group may have one instance, or the disk may allow several writers.",
      fix: 'set mode = "READ_ONLY", or make a disk for each instance from source_image',
      source: "docs.cloud.google.com/compute/docs/disks/sharing-disks-between-vms, from general knowledge, 2026-11",
    },
    TEMPLATES,
    ["disk"],
    (disk, blame) => {
      if (isSet(disk.source) && isKnown(disk.mode) && disk.mode !== "READ_ONLY") blame("mode", disk.mode);
    },
  ),
  resourceRule(
    {
      id: "template-disk-series",
      title: "the disks are of a type that the machine series has",
      why: "The template is accepted, but no instance of it can be created. The provider's default is pd-standard, which many newer series lack.",
      fix: "set disk_type to pd-balanced, or to hyperdisk-balanced on series that have Hyperdisk only",
      source: DISKS,
    },
    TEMPLATES,
    (template, blame) => {
      const machineType = textOf(template.values.machine_type);
      if (machineType === undefined) return;
      blocksOf(template.values.disk).forEach((disk, index) => {
        if (isSet(disk.source) || disk.type === "SCRATCH") return;
        const diskType = textOrDefault(disk.disk_type, "pd-standard");
        const problem = diskType === undefined ? undefined : diskProblem(machineType, diskType);
        if (problem) blame(`disk.${index}.disk_type`, disk.disk_type, `${machineType}: ${problem}`);
      });
    },
  ),
  blockRule(
    {
      id: "template-disk-kept",
      title: "the disks of a group's instances go with their instances",
      severity: "warning",
      why: "With auto_delete = false every instance that the group replaces leaves its disks behind, and they are paid for. Not an error, because a stateful group may want it.",
      fix: "take auto_delete = false away",
      source: api("AttachedDisk.autoDelete"),
    },
    TEMPLATES,
    ["disk"],
    (disk, blame) => {
      if (booleanOf(disk.auto_delete) === false && !isSet(disk.source)) blame("auto_delete", false);
    },
  ),
];
