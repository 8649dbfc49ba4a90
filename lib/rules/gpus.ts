import { diskProblem, gpuProblem } from "../google/machine-types";
import { gpuRegions } from "../google/regions";
import { page, provider, unconfirmed } from "../google/source";
import { blockOf } from "../topology/document";
import {
  bootImageOf,
  gpuMachineOf,
  gpuOf,
  isSpot,
  readInstanceGroups,
  TEMPLATES,
  zonesWithGpu,
} from "../topology/instance-groups";
import { isComputed, isUnset, numberOf, textOf, textOrDefault, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const templates = blocks(TEMPLATES);
const places = page("compute/docs/gpus/gpu-regions-zones", "2026-10-01");
/** Container-Optimized OS, by image or family. */
const COS = /(^|\/)cos-(cloud|stable|\d)/;
const NO_INSTANCE = "The template is accepted, but no instance of it can be created.";

/** What a machine type can have, and where it is sold. */
export const gpuRules: readonly Rule[] = [
  rule("template-gpu-region", templates, {
    title: "the region must sell the GPU of its instance template",
    advice: true,
    why: `${NO_INSTANCE} Google adds regions.`,
    fix: "move the group to a region that has the GPU, or choose another machine type",
    source: places,
    judge({ resource, block }, blame) {
      const machine = gpuMachineOf(resource);
      const region = textOf(block.region);
      const regions = machine && gpuRegions(machine.type, machine.attached);
      if (regions && region !== undefined && !regions.includes(region))
        blame("region", region, `${machine.attached ?? machine.type} is sold in ${regions.join(", ")}`);
    },
  }),
  rule("group-gpu-zones", (topology) => topology.once(readInstanceGroups), {
    title: "the zones of a group must have the GPU of its machines",
    advice: true,
    why: "No instance can be created in such a zone, unless Google has added it.",
    fix: "list the zones that have it in distribution_policy_zones",
    source: places,
    judge({ resource, region, templates: [template] }, blame) {
      const have = template && zonesWithGpu(template, region);
      textsOf(resource.values.distribution_policy_zones).forEach((given, index) => {
        const zone = given.split("/").at(-1)!;
        if (have && !have.includes(zone))
          blame(`distribution_policy_zones.${index}`, zone, `sold in ${have.join(", ")}`);
      });
    },
  }),
  rule("template-gpu-terminate", templates, {
    title: "instances with GPUs must terminate on host maintenance",
    why: `${NO_INSTANCE} GPUs cannot be migrated live, and MIGRATE is the default of standard instances.`,
    fix: 'set scheduling.on_host_maintenance = "TERMINATE"',
    source: provider("documentation of google_compute_region_instance_template 7.45.0, guest_accelerator"),
    judge({ resource, block }, blame, topology) {
      const gpu = gpuOf(resource);
      if (gpu === undefined || isSpot(resource) !== false || isComputed(block, "scheduling")) return;
      // Reservations are made from templates, too.
      const users = topology.referrers(resource.address);
      if (users.length > 0 && users.every(({ type }) => type === "google_compute_reservation")) return;
      const maintenance = textOrDefault(blockOf(block.scheduling)?.on_host_maintenance || undefined, "MIGRATE");
      if (maintenance === "MIGRATE")
        blame("scheduling.on_host_maintenance", blockOf(block.scheduling)?.on_host_maintenance, gpu);
    },
  }),
  rule("template-gpu-machine", blocks(TEMPLATES, "guest_accelerator"), {
    title: "the GPU must fit the machine type",
    why: NO_INSTANCE,
    fix: "use n1 machines for T4, P4, P100 and V100; g2 for L4, a2 for A100, a3 for H100, without another GPU or number",
    source: unconfirmed("docs.cloud.google.com/compute/docs/gpus"),
    judge({ resource, block }, blame) {
      const machineType = textOf(resource.values.machine_type);
      const type = textOf(block.type)?.split("/").at(-1);
      const count = numberOf(block.count);
      if (machineType === undefined || type === undefined || !count) return;
      const problem = gpuProblem(machineType, { type, count });
      if (problem) blame("type", `${count} × ${type}`, problem);
    },
  }),
  rule("template-disk-series", blocks(TEMPLATES, "disk"), {
    title: "the disks must be of a type that the machine series has",
    why: `${NO_INSTANCE} The provider's default is pd-standard, which many newer series lack.`,
    fix: "set disk_type to pd-balanced, or to hyperdisk-balanced on series that have Hyperdisk only",
    source: unconfirmed("docs.cloud.google.com/compute/docs/disks, machine series support"),
    judge({ resource, block }, blame) {
      const machineType = textOf(resource.values.machine_type);
      const diskType = textOrDefault(block.disk_type || undefined, "pd-standard");
      if (machineType === undefined || diskType === undefined) return;
      if (!isUnset(block, "source") || block.type === "SCRATCH") return;
      const problem = diskProblem(machineType, diskType);
      if (problem) blame("disk_type", block.disk_type, `${machineType}: ${problem}`);
    },
  }),
  rule("template-cos-gpu-driver", templates, {
    title: "Container-Optimized OS with a GPU must install the driver",
    why: "The container does not see the GPU, unless it brings the driver itself.",
    fix: "run cos-extensions install gpu in user-data before the container",
    source: unconfirmed("docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus"),
    judge({ resource, block }, blame) {
      if (gpuOf(resource) === undefined || !COS.test(bootImageOf(resource))) return;
      const data = blockOf(block.metadata)?.["user-data"];
      if (typeof data !== "string" || /^\s*\$\{/.test(data)) return;
      if (!/cos-extensions|cos-gpu-installer|nvidia/i.test(data)) blame("metadata.user-data", data.split("\n")[0]);
    },
  }),
];
