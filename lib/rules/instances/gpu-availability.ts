import { gpuMachineSize, isArm, isGpuSeries, isSpotOrFlexOnly } from "../../google/machine-types";
import { gpuRegions } from "../../google/regions";
import { blockOf, blocksOf } from "../../topology/document";
import { textOf, textOrDefault, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { resourceRule } from "../resource-rule";
import { groupRule } from "./instance-group-update";
import { bootImageOf, gpuMachineOf, isSpot, TEMPLATES, zonesWithGpu } from "./instance-template-model";

const PLACES =
  "docs.cloud.google.com/compute/docs/gpus/gpu-regions-zones, read 2026-10-01; zones after SkyPilot's catalogue, read 2026-11-22";
const SIZES = "docs.cloud.google.com/compute/docs/accelerator-optimized-machines, from general knowledge, 2026-11";

/** Whether there are machines of the type at all, and where. */
export const gpuAvailabilityRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-gpu-size",
      title: "a machine type of a GPU series is one of its sizes",
      severity: "warning",
      why: "The template is accepted, but no instance of it can be created. Not an error, because Google may have added a size.",
      fix: "choose a size such as g2-standard-8 or a3-highgpu-8g",
      source: SIZES,
    },
    TEMPLATES,
    (template, blame) => {
      const type = textOf(template.values.machine_type) ?? "";
      // A4X, the Arm machines, are not in the catalogue.
      if (isGpuSeries(type) && !isArm(type) && !gpuMachineSize(type)) blame("machine_type", type);
    },
  ),
  resourceRule(
    {
      id: "template-gpu-region",
      title: "the region sells the GPU of its instance template",
      severity: "warning",
      why: "The template is accepted, but no instance of it can be created. Not an error, because Google adds regions.",
      fix: "move the group to a region that has the GPU, or choose another machine type",
      source: PLACES,
    },
    TEMPLATES,
    (template, blame) => {
      const machine = gpuMachineOf(template);
      const region = textOf(template.values.region);
      const regions = machine && gpuRegions(machine.type, machine.attached);
      if (regions && region !== undefined && !regions.includes(region))
        blame("region", region, `${machine.attached ?? machine.type} is sold in ${regions.join(", ")}`);
    },
  ),
  groupRule(
    {
      id: "group-gpu-zones",
      title: "the zones of a group have the GPU of its machines",
      severity: "warning",
      why: "In such a zone no instance can be created: with an even distribution the group never gets its size. Not an error, because Google adds zones.",
      fix: "list the zones that have it in distribution_policy_zones",
      source: PLACES,
    },
    ({ manager, region, templates }, blame) => {
      const have = templates[0] && zonesWithGpu(templates[0], region);
      if (!have) return;
      textsOf(manager.values.distribution_policy_zones).forEach((given, index) => {
        const zone = given.split("/").at(-1)!;
        if (!have.includes(zone)) blame(`distribution_policy_zones.${index}`, zone, `sold in ${have.join(", ")}`);
      });
    },
  ),
  resourceRule(
    {
      id: "template-gpu-on-demand",
      title: "machine types that are sold as Spot and Flex-start only are not asked for on demand",
      severity: "warning",
      why: "No instance is created: a3-highgpu-1g, -2g and -4g are not sold on demand. Not an error, because a reservation may hold some.",
      fix: "set scheduling.provisioning_model = SPOT or FLEX_START, or choose a3-highgpu-8g",
      source: SIZES,
    },
    TEMPLATES,
    (template, blame) => {
      const type = textOf(template.values.machine_type) ?? "";
      if (!isSpotOrFlexOnly(type) || isSpot(template) !== false) return;
      const model = textOrDefault(blockOf(template.values.scheduling)?.provisioning_model, "STANDARD");
      if (model === "STANDARD" && blocksOf(template.values.reservation_affinity).length === 0)
        blame("scheduling.provisioning_model", "STANDARD", type);
    },
  ),
  resourceRule(
    {
      id: "template-arm-image",
      title: "machines with Arm CPUs boot an image for Arm",
      severity: "warning",
      why: "The template is accepted, but no instance of it can be created.",
      fix: "use the family cos-arm64-stable, or an x86 machine type",
      source: "docs.cloud.google.com/compute/docs/instances/arm-on-compute, from general knowledge, 2026-11",
    },
    TEMPLATES,
    (template, blame) => {
      const image = bootImageOf(template);
      const type = textOf(template.values.machine_type);
      if (type === undefined || !/(^|\/)cos-(arm64-)?(stable|beta|dev|\d)/.test(image)) return;
      if (isArm(type) !== image.includes("cos-arm64-")) blame("disk.0.source_image", image, type);
    },
  ),
];
