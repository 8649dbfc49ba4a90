import { blockOf } from "../../topology/document";
import { booleanOf, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { GiB, gib, MiB, sizesOf } from "./cloud-run-size";
import { isAbsent, nested, servicesOf, workloadsOf } from "./cloud-run-workload";

const CPU_PAGE = "docs.cloud.google.com/run/docs/configuring/services/cpu, read 2026-11-22";
const MEMORY_PAGE = "docs.cloud.google.com/run/docs/configuring/services/memory-limits, read 2026-11-22";

/** Bytes of memory per number of CPUs. */
const MEMORY_BY_CPU: ReadonlyMap<number, { readonly min: number; readonly max: number }> = new Map([
  [1, { min: 128 * MiB, max: 4 * GiB }],
  [2, { min: 128 * MiB, max: 8 * GiB }],
  [4, { min: 2 * GiB, max: 16 * GiB }],
  [6, { min: 4 * GiB, max: 24 * GiB }],
  [8, { min: 4 * GiB, max: 32 * GiB }],
]);

/** CPU and memory of an instance. */
export const cloudRunSizingRules: readonly Rule[] = [
  {
    id: "run-limit-keys",
    title: "resources.limits has the keys cpu, memory and nvidia.com/gpu only",
    severity: "error",
    why: "Google Cloud rejects other keys at apply.",
    fix: 'use cpu, memory and "nvidia.com/gpu"',
    source: "provider documentation of google_cloud_run_v2_service 7.45.0",
    check(topology, report) {
      for (const size of workloadsOf(topology).flatMap(sizesOf)) {
        for (const key of Object.keys(size.limits)) {
          if (isKnown(key) && !["cpu", "memory", "nvidia.com/gpu"].includes(key))
            report(size.resource, `${size.at}.${key}`, size.limits[key]);
        }
      }
    },
  },
  {
    id: "run-cpu",
    title: "a container has 0.08 to 0.999, 1, 2, 4, 6 or 8 CPUs, and 20 or more with an RTX PRO 6000",
    severity: "error",
    why: "Google Cloud rejects other sizes at apply.",
    fix: 'write cpu as "1", "2", "4", "6" or "8", or below one as "500m"',
    source: CPU_PAGE,
    check(topology, report) {
      for (const size of workloadsOf(topology).flatMap(sizesOf)) {
        const { cpu, limits, workload } = size;
        if (limits.cpu === undefined || !isKnown(limits.cpu)) continue;
        const fractional = cpu !== undefined && cpu >= 0.08 && cpu < 1;
        const large = cpu !== undefined && !workload.hasNoGpu && workload.gpu !== "l4" && Number.isInteger(cpu);
        if (!fractional && !large && !MEMORY_BY_CPU.has(cpu ?? -1)) report(size.resource, `${size.at}.cpu`, limits.cpu);
      }
    },
  },
  {
    id: "run-memory",
    title: "memory is a quantity of at least 128 MiB, written like 512Mi or 16Gi",
    severity: "error",
    why: "Google Cloud rejects it at apply; a number without a unit is bytes.",
    fix: 'write it like "512Mi" or "16Gi"',
    source: MEMORY_PAGE,
    check(topology, report) {
      for (const size of workloadsOf(topology).flatMap(sizesOf)) {
        const { memory, limits } = size;
        if (limits.memory === undefined || !isKnown(limits.memory)) continue;
        // A sidecar may be smaller than an instance.
        const least = size.workload.containers.length > 1 ? 1 * MiB : 128 * 1e6;
        if (memory === undefined || memory < least) report(size.resource, `${size.at}.memory`, limits.memory);
      }
    },
  },
  {
    id: "run-cpu-memory",
    title: "memory is within the range of its CPUs",
    severity: "error",
    why: "Google Cloud rejects the pair at apply. Where one of them is not set, its default counts: 1 CPU, 512 MiB.",
    fix: "change memory or cpu: 1 CPU to 4Gi, 2 to 8Gi, 4 from 2Gi to 16Gi, 6 from 4Gi to 24Gi, 8 from 4Gi to 32Gi",
    source: `${CPU_PAGE}; error text "For 1.0 CPU, memory must be between …" seen 2026-11-22`,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (!workload.hasNoGpu || workload.containers.length !== 1 || !workload.containersKnown) continue;
        for (const size of sizesOf(workload)) {
          if (size.cpuIsDefault && size.memoryIsDefault) continue;
          const cpu = size.cpuIsDefault ? 1 : size.cpu;
          const memory = size.memoryIsDefault ? 512 * MiB : size.memory;
          if (cpu === undefined || memory === undefined) continue;
          const range = cpu < 1 ? { min: 0, max: cpu < 0.5 ? 512 * MiB : GiB } : (MEMORY_BY_CPU.get(cpu) ?? undefined);
          if (range && (memory < range.min || memory > range.max))
            report(size.resource, `${size.at}.memory`, size.limits.memory, `${cpu} CPU, ${gib(memory)}`);
        }
      }
    },
  },
  {
    id: "run-instance-total",
    title: "the containers of an instance have at most 8 CPUs and 32 GiB together, without an RTX PRO 6000",
    severity: "warning",
    why: "An instance cannot be larger. Not an error, because Google writes the maximum for an instance, not for a sum of containers.",
    fix: "make the sidecars smaller",
    source: CPU_PAGE,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.containers.length < 2 || (!workload.hasNoGpu && workload.gpu !== "l4")) continue;
        const sizes = sizesOf(workload);
        const cpu = sizes.reduce((sum, size) => sum + (size.cpu ?? 0), 0);
        const memory = sizes.reduce((sum, size) => sum + (size.memory ?? 0), 0);
        if (cpu > 8 || memory > 32 * GiB)
          report(workload.resource, `${workload.at}.containers`, undefined, `${cpu} CPU, ${gib(memory)} in all`);
      }
    },
  },
  {
    id: "run-fractional-cpu",
    title: "below 1 CPU an instance serves one request at a time, in the first generation, billed by request",
    severity: "error",
    why: "Google Cloud rejects a higher concurrency, the second generation and cpu_idle = false at apply.",
    fix: "give 1 CPU, or set max_instance_request_concurrency = 1, cpu_idle = true and leave execution_environment out",
    source: CPU_PAGE,
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (service.containers.length !== 1 || !service.containersKnown) continue;
        const [size] = sizesOf(service);
        if (size?.cpu === undefined || size.cpu >= 1) continue;
        const concurrency = numberOf(service.block.max_instance_request_concurrency);
        if (concurrency !== undefined && concurrency > 1)
          report(service.resource, `${service.at}.max_instance_request_concurrency`, concurrency);
        if (textOf(service.block.execution_environment) === "EXECUTION_ENVIRONMENT_GEN2")
          report(service.resource, `${service.at}.execution_environment`, service.block.execution_environment);
        const idle = blockOf(service.containers[0]?.block.resources)?.cpu_idle;
        if (booleanOf(idle) === false)
          report(service.resource, `${service.containers[0]!.at}.resources.cpu_idle`, idle);
      }
    },
  },
  {
    id: "run-gen2-memory",
    title: "the second generation has at least 512 MiB",
    severity: "error",
    why: "Google Cloud rejects less at apply.",
    fix: "give 512Mi, or leave execution_environment out",
    source: MEMORY_PAGE,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (textOf(workload.block.execution_environment) !== "EXECUTION_ENVIRONMENT_GEN2") continue;
        if (workload.containers.length !== 1 || !workload.containersKnown) continue;
        for (const size of sizesOf(workload)) {
          if (size.memory !== undefined && size.memory < 512e6)
            report(size.resource, `${size.at}.memory`, size.limits.memory);
        }
      }
    },
  },
  {
    id: "run-cpu-idle-explicit",
    title: "a service that sets resources says cpu_idle too",
    severity: "warning",
    why: "With resources set, cpu_idle is false unless it is written: the instance is billed for its whole life. Not an error, because it may be meant.",
    fix: "set cpu_idle = true to be billed by request, false to be billed by instance",
    source: "Cloud Run Admin API v2, ResourceRequirements.cpuIdle, read 2026-11-22",
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (!service.hasNoGpu) continue;
        for (const container of service.containers) {
          for (const resources of nested(container, "resources")) {
            if (isAbsent(resources.block, "cpu_idle")) report(service.resource, `${resources.at}.cpu_idle`, undefined);
          }
        }
      }
    },
  },
];
