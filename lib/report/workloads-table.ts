import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import { groupBy } from "../topology/group-by";
import { extrasOf, type ManagedGroup, readInstanceGroups } from "../topology/instance-groups";
import { type Pipeline, pipelinesOf } from "../topology/pipelines";
import { builtImage, type RegionWorkload, readRegionWorkloads, shortDigest } from "../topology/region-workloads";
import type { Topology } from "../topology/topology";
import { numberOf, textOf } from "../topology/value";
import { type Content, code, html, lines, table } from "./html";
import { counted, named, nameOf, type Report, regionList, resourceLink, unwrapped } from "./report";

const KINDS: Readonly<Record<RegionWorkload["kind"], string>> = {
  service: "Cloud Run service",
  job: "Cloud Run job",
  workerPool: "Cloud Run worker pool",
  machines: "machines",
};

/** What runs, and what processes objects; the same thing in several regions is one row. */
export function workloadsTable({ topology }: Report): Content {
  const workloads = topology.once(readRegionWorkloads);
  if (workloads.length === 0) return undefined;
  const rows = workloads.map((workload) => ({ workload, cells: describe(topology, workload) }));
  const alike = ({ workload: { resource, kind }, cells }: (typeof rows)[number]) =>
    JSON.stringify([kind, kind === "machines" ? partOf(resource) : resource.values.name, cells]);
  return [
    table(
      "What runs",
      ["Name", "Kind", "Regions", "Runs", "Size", "Instances"],
      [...groupBy(rows, alike).values()].map((same) => {
        const { workload, cells } = same[0]!;
        const [draining, serving] = [true, false].map((is) =>
          regionsWhere(
            same.map((each) => each.workload),
            is,
          ),
        );
        return [
          resourceLink(workload.resource, nameOf(workload.resource)),
          KINDS[workload.kind],
          lines([
            ...(serving!.length > 0 ? [regionList(serving!)] : []),
            ...(draining!.length > 0 ? [html`<span class="tag">draining</span> ${regionList(draining!)}`] : []),
          ]),
          ...cells,
        ];
      }),
    ),
    pipelinesTable(topology),
  ];
}

function regionsWhere(workloads: readonly RegionWorkload[], isDraining: boolean): string[] {
  return workloads.filter((each) => each.isDraining === isDraining).map(({ region = "not known" }) => region);
}

/** Groups of machines have a name in each region: what their paths have in common tells them apart. */
function partOf({ path, address, values }: Resource): string {
  return (path ?? address).replace(String(values.region ?? values.zone), "");
}

/** Image, size and number of instances. */
function describe(
  topology: Topology,
  { resource, kind, warmInstances, gpu }: RegionWorkload,
): [Content, string, string] {
  if (kind === "machines") {
    const group = topology.once(readInstanceGroups).find((each) => each.resource === resource);
    return [
      "",
      machineType(group),
      instances(warmInstances, group?.scaling?.max_replicas ?? resource.values.target_size),
    ];
  }
  const outer = blockOf(resource.values.template) ?? {};
  const template = kind === "job" ? (blockOf(outer.template) ?? {}) : outer;
  const containers = blocksOf(template.containers);
  const most = kind === "job" ? (outer.task_count ?? 1) : blockOf(template.scaling)?.max_instance_count;
  const size = [...containers.map(limits), ...(gpu === undefined ? [] : [gpu])].filter(Boolean).join(", ");
  return [
    lines(containers.map(({ image }) => imageOf(image))),
    size,
    kind === "job"
      ? typeof most === "number"
        ? counted(most, "task")
        : "tasks known at apply only"
      : kind === "workerPool"
        ? instances(warmInstances, warmInstances)
        : instances(warmInstances, most),
  ];
}

function imageOf(image: unknown): Content {
  const text = String(image ?? "?");
  return builtImage(text) ?? code(shortDigest(unwrapped(text)));
}

function limits(container: Block): string {
  const { cpu, memory } = blockOf(blockOf(container.resources)?.limits) ?? {};
  return [cpu ? `${unwrapped(cpu)} CPU` : "", memory ? unwrapped(memory) : ""].filter(Boolean).join(", ");
}

function machineType(group: ManagedGroup | undefined): string {
  const template = group?.templates[0]?.values ?? {};
  return [textOf(template.machine_type) ?? "", ...extrasOf(template)].filter(Boolean).join(", ");
}

function instances(least: number | undefined, most: unknown): string {
  const [from, to] = [least, numberOf(most)].map((each) => each?.toLocaleString("en-US"));
  if (from === undefined) return to === undefined ? "" : `up to ${to}`;
  return to === undefined ? `at least ${from}` : from === to ? from : `${from} to ${to}`;
}

function pipelinesTable(topology: Topology): Content {
  const pipelines = pipelinesOf(topology);
  if (pipelines.length === 0) return undefined;
  return html`<h3>Pipelines</h3>${table(
    "Pipelines",
    ["From", "By", "Regions", "To", "Failures"],
    pipelines.map((each) => pipelineRow(topology, each)),
  )}`;
}

function pipelineRow(
  topology: Topology,
  { subscription, topic, notifications, workloads, isPush, results }: Pipeline,
): Content[] {
  const link = (each: Resource) => resourceLink(each, nameOf(each));
  const sources = notifications.map(({ bucket }) => link(bucket));
  const dead = blockOf(subscription.values.dead_letter_policy)?.dead_letter_topic;
  return [
    lines(sources.length > 0 ? sources : [link(topic)]),
    [lines(workloads.map(({ resource }) => link(resource))), ` (${isPush ? "push" : "pull"})`],
    regionList(workloads.flatMap(({ region }) => region ?? [])),
    lines(results.map(link)),
    dead === undefined ? "are not kept" : ["kept in ", named(topology, dead)],
  ];
}
