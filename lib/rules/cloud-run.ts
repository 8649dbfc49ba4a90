import { memoryRange } from "../google/cloud-run";
import { api, page, quoted } from "../google/source";
import { blockOf } from "../topology/document";
import { nested } from "../topology/place";
import { booleanOf, isKnown, isUnset, numberOf, textOf } from "../topology/value";
import { type Container, containersOf, type Template, type Within, workloadsOf } from "../topology/workloads";
import { blocks, type Rule, rule } from "./rule";

const run = api("Cloud Run Admin API v2");
const CPU = page("run/docs/configuring/services/cpu");
const GPU = page("run/docs/configuring/services/gpu", "2026-10-01");
const SERVICE = "google_cloud_run_v2_service";
const MIB = 2 ** 20;

const size = (bytes: number) => (bytes < 1024 * MIB ? `${bytes / MIB}Mi` : `${bytes / MIB / 1024}Gi`);

/** Whether it is surely the only container of its instance. */
const isAlone = ({ containers, containersKnown }: Template) => containers.length === 1 && containersKnown;

/** What a service without GPU gives a container. */
const resourcesBilledByRequest = (container: Container & Within) =>
  container.workload.kind === "service" && container.workload.hasNoGpu ? nested(container, "resources") : [];

const sizing: readonly Rule[] = [
  rule("run-cpu-memory", containersOf, {
    title: "memory must fit the number of CPUs",
    fix: "1 CPU to 4Gi, 2 to 8Gi, 4 from 2Gi to 16Gi, 6 from 4Gi to 24Gi, 8 from 4Gi to 32Gi; unset is 1 CPU, 512Mi",
    source: CPU,
    judge({ workload, limits, limitsAt, ...given }, blame) {
      if (!limits || !workload.hasNoGpu || !isAlone(workload)) return;
      const cpu = isUnset(limits, "cpu") ? 1 : given.cpu;
      const memory = isUnset(limits, "memory") ? 512 * MIB : given.memory;
      if (cpu === undefined) return;
      const range = memoryRange(cpu);
      if (!range) blame(`${limitsAt}.cpu`, limits.cpu, "without a GPU");
      else if (memory !== undefined && (memory < range.min * 1e6 || memory > range.max * MIB))
        blame(`${limitsAt}.memory`, limits.memory, `${cpu} CPU, ${size(memory)}`);
    },
  }),
  rule("run-cpu-idle-explicit", (topology) => containersOf(topology).flatMap(resourcesBilledByRequest), {
    title: "cpu_idle must be written where a service sets resources",
    advice: true,
    why: "With resources, the default is false: the instance is billed for its whole life.",
    fix: "set cpu_idle = true to be billed by request, false to be billed by instance",
    source: run("ResourceRequirements.cpuIdle"),
    judge({ block }, blame) {
      if (isUnset(block, "cpu_idle")) blame("cpu_idle", undefined);
    },
  }),
  rule("run-gpu-size", containersOf, {
    title: "an instance with a GPU must have the CPUs and the memory that go with it",
    fix: "L4: 4 to 8 CPUs, 16 to 32 GiB; RTX PRO 6000: 20 to 44 CPUs, 80 to 176 GiB",
    source: GPU,
    judge({ workload, limits, limitsAt, cpu, memory, hasGpuLimit }, blame) {
      const { gpu, containersKnown } = workload;
      if (!gpu || !limits || !containersKnown || !(hasGpuLimit || isAlone(workload))) return;
      const given = { cpu: [cpu, gpu.cpu], memory: [memory && memory / MIB, gpu.memoryMiB] } as const;
      for (const [what, [value = Number.NaN, { min, max }]] of Object.entries(given))
        if ((value < min && isAlone(workload)) || value > max)
          blame(`${limitsAt}.${what}`, limits[what], gpu.accelerator);
    },
  }),
  rule("run-gpu-count", (topology) => containersOf(topology).filter(({ hasGpuLimit }) => hasGpuLimit), {
    title: "one container of an instance must have one GPU",
    fix: 'keep "nvidia.com/gpu" = "1" in the container that uses it, and scale by instances',
    source: GPU,
    judge({ workload, at, limits, limitsAt }, blame) {
      const count = limits!["nvidia.com/gpu"];
      const isFirst = workload.containers.find(({ hasGpuLimit }) => hasGpuLimit)?.at === at;
      if (!isFirst || (isKnown(count) && numberOf(count) !== 1)) blame(`${limitsAt}.nvidia.com/gpu`, count);
    },
  }),
  rule("run-gpu-startup-probe", (topology) => containersOf(topology).filter(({ workload }) => workload.hasGpu), {
    title: "with a GPU, a container that serves requests or has a liveness probe must have a startup probe",
    advice: true,
    why: "The default waits for an open port, at most 240 seconds: requests come before the model is loaded, or it never is.",
    fix: "add startup_probe with http_get on a path that answers once the model is loaded",
    source: page("run/docs/configuring/healthchecks"),
    judge({ workload, servesRequests, block }, blame) {
      const liveness = blockOf(block.liveness_probe);
      const delay = liveness && (isUnset(liveness, "initial_delay_seconds") ? 0 : liveness.initial_delay_seconds);
      const isAwaited = servesRequests && booleanOf(workload.block.health_check_disabled) !== true;
      if (isUnset(block, "startup_probe") && (isAwaited || numberOf(delay) === 0)) blame("startup_probe", undefined);
    },
  }),
];

const traffic: readonly Rule[] = [
  rule("run-traffic-tag-length", blocks(SERVICE, "traffic"), {
    title: "name of the service and tag must have at most 46 characters together",
    why: "They become one label of a host name.",
    fix: "shorten the tag",
    source: quoted("Combined traffic tag and service name cannot exceed 46 characters", "firebase-tools #6137"),
    judge({ resource, block }, blame) {
      const [name, tag] = [textOf(resource.values.name), textOf(block.tag)];
      if (name && tag && name.length + tag.length > 46) blame("tag", tag, `${name.length + tag.length} characters`);
    },
  }),
  rule("run-revision-name", workloadsOf, {
    title: "the name of a revision must start with the name of its service and a hyphen",
    fix: "write SERVICE-SUFFIX, or leave it out to have one generated",
    source: page("run/docs/deploying", "2026-10-07"),
    judge({ block, resource }, blame) {
      const [name, revision] = [textOf(resource.values.name), textOf(block.revision)];
      if (revision && name && !revision.startsWith(`${name}-`)) blame("revision", revision);
    },
  }),
  rule("run-job-token-length", blocks("google_cloud_run_v2_job"), {
    title: "name and execution token of a job must have fewer than 63 characters together",
    fix: "shorten the token",
    source: run("Job.runExecutionToken"),
    judge({ block }, blame) {
      for (const attribute of ["run_execution_token", "start_execution_token"]) {
        const [name = "", token = ""] = [textOf(block.name), textOf(block[attribute])];
        if (token && name.length + token.length >= 63) blame(attribute, token);
      }
    },
  }),
];

/** Size, GPU, traffic and revisions of Cloud Run services, jobs and worker pools. */
export const cloudRunRules: readonly Rule[] = [...sizing, ...traffic];
