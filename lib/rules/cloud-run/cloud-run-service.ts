import { REGIONS } from "../../google/regions";
import { type Block, blockOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, isKnown, numberOf, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isAbsent, JOB, nested, SERVICE, servicesOf, WORKER_POOL } from "./cloud-run-workload";

const API = "Cloud Run Admin API v2";
const REGION_NAMES = new Set(REGIONS.map((region) => region.name));
const FOREIGN_NAMESPACE =
  /^([^/]+\.)?(run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|autoscaling\.knative\.dev)\//;

function allResources(topology: Topology): Resource[] {
  return [SERVICE, JOB, WORKER_POOL].flatMap((type) => topology.document.ofType(type));
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

interface Bounds {
  readonly resource: Resource;
  readonly at: string;
  readonly block: Block;
}

/** Scaling blocks of services, revisions and worker pools. */
function scalings(topology: Topology): Bounds[] {
  return [
    ...[SERVICE, WORKER_POOL].flatMap((type) =>
      topology.document
        .ofType(type)
        .flatMap((resource) => nested({ resource, at: "", block: resource.values }, "scaling")),
    ),
    ...servicesOf(topology).flatMap((service) => nested(service, "scaling")),
  ];
}

/** Regions, scaling, labels and policies of services, jobs and worker pools. */
export const cloudRunServiceRules: readonly Rule[] = [
  {
    id: "run-region-known",
    title: "the location is a region of Cloud Run",
    severity: "warning",
    why: "Google Cloud rejects a region that does not exist. Not an error, because Google may have opened one since the list was read.",
    fix: "correct the name of the region",
    source: "docs.cloud.google.com/run/docs/locations, read 2026-10-01",
    check(topology, report) {
      for (const resource of allResources(topology)) {
        const region = textOf(resource.values.location);
        if (region !== undefined && region !== "global" && !REGION_NAMES.has(region))
          report(resource, "location", region);
      }
    },
  },
  {
    id: "run-multi-region",
    title: 'a service is at location "global" when, and only when, it has multi_region_settings',
    severity: "error",
    why: "Google Cloud rejects a global service without regions, and regions of a regional service.",
    fix: 'set location = "global" and multi_region_settings.regions, or neither',
    source: "provider documentation of google_cloud_run_v2_service 7.45.0, multi_region_settings",
    check(topology, report) {
      for (const service of topology.document.ofType(SERVICE)) {
        const location = textOf(service.values.location);
        if (location === undefined || isComputed(service.values, "multi_region_settings")) continue;
        const settings = blockOf(service.values.multi_region_settings);
        const regions = settings?.regions;
        if ((location === "global") !== (settings !== undefined)) report(service, "location", location);
        else if (Array.isArray(regions) && regions.length === 0)
          report(service, "multi_region_settings.regions", regions);
        textsOf(regions).forEach((region) => {
          if (!/^[a-z]+(-[a-z]+)+\d+$/.test(region)) report(service, "multi_region_settings.regions", region);
        });
      }
    },
  },
  {
    id: "run-min-max-instances",
    title: "the minimum number of instances is not above the maximum",
    severity: "error",
    why: "Google Cloud rejects it at apply.",
    fix: "raise max_instance_count or lower min_instance_count",
    source: `${API}, RevisionScaling.minInstanceCount, read 2026-11-22`,
    check(topology, report) {
      for (const { resource, at, block } of scalings(topology)) {
        const min = numberOf(block.min_instance_count);
        const max = numberOf(block.max_instance_count);
        if (min !== undefined && max !== undefined && max > 0 && min > max)
          report(resource, `${at}.min_instance_count`, min, `the maximum is ${max}`);
      }
    },
  },
  {
    id: "run-service-min-revision-max",
    title: "the minimum of a service is not above the maximum of its revision",
    severity: "warning",
    why: "A revision never has more instances than its own maximum, so the service does not keep its minimum. Not an error, because several revisions may share the traffic.",
    fix: "raise template.scaling.max_instance_count",
    source: `${API}, ServiceScaling.minInstanceCount, read 2026-11-22`,
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        const min = numberOf(blockOf(service.resource.values.scaling)?.min_instance_count);
        const max = numberOf(blockOf(service.block.scaling)?.max_instance_count);
        if (min !== undefined && max !== undefined && max > 0 && min > max)
          report(service.resource, "scaling.min_instance_count", min, `a revision has at most ${max}`);
      }
    },
  },
  {
    id: "run-manual-scaling",
    title: "manual scaling says how many instances, and automatic scaling does not",
    severity: "warning",
    why: "manual_instance_count counts in the mode MANUAL only, minimum and maximum in AUTOMATIC only (the default of a worker pool is MANUAL). Not an error, because the API accepts what it does not use.",
    fix: "set scaling_mode = MANUAL with manual_instance_count, or AUTOMATIC with min_instance_count and max_instance_count",
    source: `${API}, ServiceScaling.scalingMode and WorkerPoolScaling.scalingMode, read 2026-11-22`,
    check(topology, report) {
      for (const type of [SERVICE, WORKER_POOL]) {
        for (const resource of topology.document.ofType(type)) {
          const scaling = blockOf(resource.values.scaling);
          if (!scaling || !isKnown(scaling.scaling_mode)) continue;
          const mode = scaling.scaling_mode ?? (type === SERVICE ? "AUTOMATIC" : "MANUAL");
          if (mode !== "MANUAL" && scaling.manual_instance_count !== undefined)
            report(resource, "scaling.manual_instance_count", scaling.manual_instance_count);
          if (mode !== "MANUAL") continue;
          if (scaling.scaling_mode === "MANUAL" && scaling.manual_instance_count === undefined)
            report(resource, "scaling.manual_instance_count", undefined);
          for (const name of ["min_instance_count", "max_instance_count"]) {
            if (scaling[name] !== undefined) report(resource, `scaling.${name}`, scaling[name]);
          }
        }
      }
    },
  },
  {
    id: "run-gpu-max-instances",
    title: "a service with a GPU says how many instances it may have",
    severity: "warning",
    why: "The GPU quota counts the maximum, and the default maximum is whatever the quota allows: a second service of the region then finds none left, and a surge of requests costs accordingly.",
    fix: "set template.scaling.max_instance_count",
    source: "docs.cloud.google.com/run/docs/configuring/services/gpu, read 2026-10-01",
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (!service.hasGpu) continue;
        const root = service.resource.values;
        const blocks = [service.block, root];
        if (blocks.some((block) => isComputed(block, "scaling"))) continue;
        if (blocks.every((block) => blockOf(block.scaling)?.max_instance_count === undefined))
          report(service.resource, `${service.at}.scaling.max_instance_count`, undefined);
      }
    },
  },
  {
    id: "run-job-parallelism-tasks",
    title: "a job runs at most as many tasks at once as it has",
    severity: "error",
    why: "The API demands parallelism ≤ task_count; task_count is 1 by default.",
    fix: "lower parallelism or raise task_count",
    source: "provider documentation of google_cloud_run_v2_job 7.45.0, template.parallelism",
    check(topology, report) {
      for (const job of topology.document.ofType(JOB)) {
        const [template] = nested({ resource: job, at: "", block: job.values }, "template");
        if (!template) continue;
        const tasks = isAbsent(template.block, "task_count") ? 1 : numberOf(template.block.task_count);
        const parallelism = numberOf(template.block.parallelism);
        if (tasks !== undefined && parallelism !== undefined && parallelism > tasks)
          report(job, `${template.at}.parallelism`, parallelism, `${tasks} tasks`);
      }
    },
  },
  {
    id: "run-job-tokens",
    title: "a job has one execution token, and name and token have fewer than 63 characters together",
    severity: "error",
    why: "The provider rejects two tokens, Google Cloud a longer name of the execution.",
    fix: "keep start_execution_token or run_execution_token, and shorten it",
    source: `${API}, Job.runExecutionToken, read 2026-11-22`,
    check(topology, report) {
      for (const job of topology.document.ofType(JOB)) {
        const { name, run_execution_token: run, start_execution_token: start } = job.values;
        if (run !== undefined && start !== undefined) report(job, "start_execution_token", start);
        const token = textOf(run ?? start);
        const length = (textOf(name)?.length ?? 0) + (token?.length ?? 0);
        if (token !== undefined && length >= 63) report(job, "run_execution_token", token, `${length} characters`);
      }
    },
  },
  {
    id: "run-reserved-labels",
    title: "labels and annotations are outside of Google's and Knative's namespaces",
    severity: "error",
    why: "API v2 rejects keys of run.googleapis.com, cloud.googleapis.com, serving.knative.dev and autoscaling.knative.dev.",
    fix: "use the attribute that replaced the key: scaling, ingress, vpc_access, launch_stage …",
    source: `${API}, Service.annotations and Service.labels, read 2026-11-22`,
    check(topology, report) {
      const judge = (resource: Resource, at: string, block: Block) => {
        for (const name of ["labels", "annotations"]) {
          for (const key of keysOf(block[name])) {
            if (FOREIGN_NAMESPACE.test(key)) report(resource, `${at}${name}`, key);
          }
        }
      };
      for (const resource of allResources(topology)) {
        judge(resource, "", resource.values);
        for (const { at, block } of nested({ resource, at: "", block: resource.values }, "template"))
          judge(resource, `${at}.`, block);
      }
    },
  },
  {
    id: "run-binary-authorization",
    title: "binary_authorization names one policy, and breaks glass only where a policy applies",
    severity: "error",
    why: "The API takes use_default or policy, and no justification while Binary Authorization is off.",
    fix: "keep use_default = true, or policy",
    source: `${API}, BinaryAuthorization, read 2026-11-22`,
    check(topology, report) {
      for (const resource of allResources(topology)) {
        for (const { block, at } of nested({ resource, at: "", block: resource.values }, "binary_authorization")) {
          const isDefault = booleanOf(block.use_default);
          if (isDefault === true && block.policy !== undefined) report(resource, `${at}.policy`, block.policy);
          if (isDefault === false && block.policy === undefined && block.breakglass_justification !== undefined)
            report(resource, `${at}.breakglass_justification`, block.breakglass_justification);
        }
      }
    },
  },
];
