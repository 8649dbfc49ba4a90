import { REGIONS } from "../../google/regions";
import { blockOf } from "../../topology/document";
import { booleanOf, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { GiB, sizesOf } from "./cloud-run-size";
import { isAbsent, nested, servicesOf, workloadsOf } from "./cloud-run-workload";

const GPU_PAGE = "docs.cloud.google.com/run/docs/configuring/services/gpu, read 2026-10-01";
const GPU_SIZES = {
  l4: { cpu: [4, 8], memory: [16 * GiB, 32 * GiB] },
  rtxPro6000: { cpu: [20, 44], memory: [80 * GiB, 176 * GiB] },
} as const;
const GPUS_BY_REGION = new Map(REGIONS.map((region) => [region.name, region.gpus]));

/** GPUs, and what an instance with one needs. */
export const cloudRunGpuRules: readonly Rule[] = [
  {
    id: "run-gpu-type",
    title: "the accelerator is nvidia-l4 or nvidia-rtx-pro-6000",
    severity: "warning",
    why: "Google Cloud rejects an accelerator that Cloud Run does not have. Not an error, because Google may have added one since.",
    fix: "use nvidia-l4 or nvidia-rtx-pro-6000",
    source: GPU_PAGE,
    check(topology, report) {
      for (const { accelerator, gpu, resource, at } of workloadsOf(topology)) {
        if (accelerator !== undefined && gpu === undefined)
          report(resource, `${at}.node_selector.accelerator`, accelerator);
      }
    },
  },
  {
    id: "run-gpu-size",
    title: "an instance with a GPU is large enough for it: L4 4 CPUs and 16 GiB, RTX PRO 6000 20 CPUs and 80 GiB",
    severity: "error",
    why: "Google Cloud rejects smaller instances, and larger than 8 CPUs and 32 GiB (L4) or 44 CPUs and 176 GiB (RTX PRO 6000).",
    fix: "set cpu and memory within these limits",
    source: GPU_PAGE,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (!workload.gpu || !workload.containersKnown) continue;
        const sizes = sizesOf(workload);
        const withGpu =
          sizes.find((size) => "nvidia.com/gpu" in size.limits) ?? (sizes.length === 1 ? sizes[0] : undefined);
        if (!withGpu) continue;
        for (const what of ["cpu", "memory"] as const) {
          const [least, most] = GPU_SIZES[workload.gpu][what];
          const value = withGpu[what];
          const low = value !== undefined && value < least && workload.containers.length === 1;
          if (low || (value !== undefined && value > most))
            report(withGpu.resource, `${withGpu.at}.${what}`, withGpu.limits[what], workload.accelerator);
        }
      }
    },
  },
  {
    id: "run-gpu-count",
    title: "one container of an instance has one GPU",
    severity: "error",
    why: "Google Cloud rejects two GPUs, and a GPU in two containers, at apply.",
    fix: 'keep "nvidia.com/gpu" = "1" in the container that uses it, and scale by instances',
    source: GPU_PAGE,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const sizes = sizesOf(workload).filter((size) => "nvidia.com/gpu" in size.limits);
        sizes.forEach((size, index) => {
          const count = size.limits["nvidia.com/gpu"];
          if (index > 0 || (isKnown(count) && numberOf(count) !== 1))
            report(size.resource, `${size.at}.nvidia.com/gpu`, count);
        });
      }
    },
  },
  {
    id: "run-gpu-pair",
    title: 'a GPU is named twice: node_selector.accelerator and the limit "nvidia.com/gpu"',
    severity: "warning",
    why: "The accelerator is required with a GPU limit; without the limit no container is sure to get the GPU. Not an error, because Google does not say what it assumes.",
    fix: 'set node_selector.accelerator, and "nvidia.com/gpu" = "1" in one container',
    source: GPU_PAGE,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (!workload.hasGpu || !workload.containersKnown) continue;
        const sizes = sizesOf(workload);
        const limited = sizes.some((size) => "nvidia.com/gpu" in size.limits);
        if (limited && isAbsent(workload.block, "node_selector"))
          report(workload.resource, `${workload.at}.node_selector`, undefined);
        if (!limited && sizes.length === workload.containers.length && workload.block.node_selector !== undefined)
          report(workload.resource, `${workload.at}.containers`, undefined, workload.accelerator);
      }
    },
  },
  {
    id: "run-gpu-cpu-idle",
    title: "an instance with a GPU keeps its CPU: cpu_idle is false",
    severity: "error",
    why: "Google Cloud rejects billing by request with a GPU at apply.",
    fix: "set cpu_idle = false",
    source: GPU_PAGE,
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (!service.hasGpu) continue;
        for (const container of service.containers) {
          for (const resources of nested(container, "resources")) {
            if (
              booleanOf(resources.block.cpu_idle) === true &&
              "nvidia.com/gpu" in (blockOf(resources.block.limits) ?? {})
            )
              report(service.resource, `${resources.at}.cpu_idle`, resources.block.cpu_idle);
          }
        }
      }
    },
  },
  {
    id: "run-gpu-region",
    title: "the region has the GPU",
    severity: "error",
    why: "Google Cloud rejects the service at apply.",
    fix: "deploy to a region that sells this GPU: L4 in asia-southeast1, europe-west1, europe-west4, us-central1 or us-east4",
    source: `${GPU_PAGE}; docs.cloud.google.com/run/docs/locations, read 2026-10-01`,
    check(topology, report) {
      for (const { gpu, region, resource, accelerator } of workloadsOf(topology)) {
        const gpus = region === undefined ? undefined : GPUS_BY_REGION.get(region);
        if (gpu && gpus && gpus[gpu] === undefined) report(resource, "location", region, accelerator);
      }
    },
  },
  {
    id: "run-gpu-invitation",
    title: "the region sells the GPU to everyone",
    severity: "warning",
    why: "Only projects that Google has admitted get it there; whether this one is, the configuration does not say.",
    fix: "ask for admission first, or take another region",
    source: GPU_PAGE,
    check(topology, report) {
      for (const { gpu, region, resource, accelerator } of workloadsOf(topology)) {
        const gpus = region === undefined ? undefined : GPUS_BY_REGION.get(region);
        if (gpu && gpus?.[gpu] === "invite") report(resource, "location", region, accelerator);
      }
    },
  },
  {
    id: "run-gpu-redundancy-explicit",
    title: "a service with a GPU says whether it is zonally redundant",
    severity: "warning",
    why: "Redundancy is on by default, costs more, and takes another quota than the service without it; the deploy fails where only that one is granted.",
    fix: "set gpu_zonal_redundancy_disabled",
    source: "docs.cloud.google.com/run/docs/configuring/services/gpu-zonal-redundancy, read 2026-11-22",
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (service.hasGpu && isAbsent(service.block, "gpu_zonal_redundancy_disabled"))
          report(service.resource, `${service.at}.gpu_zonal_redundancy_disabled`, undefined);
      }
    },
  },
  {
    id: "run-gpu-gen2",
    title: "a GPU runs in the second generation",
    severity: "error",
    why: "Google Cloud rejects the first generation with a GPU at apply.",
    fix: "set EXECUTION_ENVIRONMENT_GEN2, or leave it out",
    source: GPU_PAGE,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const environment = textOf(workload.block.execution_environment);
        if (workload.hasGpu && environment === "EXECUTION_ENVIRONMENT_GEN1")
          report(workload.resource, `${workload.at}.execution_environment`, environment);
      }
    },
  },
  {
    id: "run-gpu-concurrency",
    title: "a service with a GPU says how many requests an instance takes",
    severity: "warning",
    why: "The default for a new service is 80 requests at once for each of its CPUs: more than a model answers in time, and Cloud Run does not scale out before.",
    fix: "set max_instance_request_concurrency to what the model server runs in parallel, with room for a short queue",
    source: "docs.cloud.google.com/run/docs/about-concurrency, read 2026-11-22",
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (service.hasGpu && isAbsent(service.block, "max_instance_request_concurrency"))
          report(service.resource, `${service.at}.max_instance_request_concurrency`, undefined);
      }
    },
  },
  {
    id: "run-job-gpu-timeout",
    title: "a task with a GPU ends within an hour",
    severity: "warning",
    why: "Google's pages disagree: one allows an hour, another twelve in preview. A longer timeout may be rejected at apply.",
    fix: "split the task so that one attempt takes at most 3600 s",
    source: "docs.cloud.google.com/run/docs/configuring/task-timeout, read 2026-11-22",
    check(topology, report) {
      for (const job of workloadsOf(topology)) {
        const timeout = textOf(job.block.timeout);
        if (job.kind === "job" && job.hasGpu && timeout && Number.parseFloat(timeout) > 3600)
          report(job.resource, `${job.at}.timeout`, timeout);
      }
    },
  },
];
