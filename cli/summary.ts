import { blockOf, type Resource, type TerraformDocument } from "../lib/topology/document";
import { readFrontends } from "../lib/topology/frontends";
import { append } from "../lib/topology/group-by";
import { builtImage, readRegionWorkloads, shortDigest } from "../lib/topology/region-workloads";
import { Topology } from "../lib/topology/topology";
import { backends, callers } from "./backends";
import { machineGroups } from "./machines";
import { pipelines } from "./pipelines";
import { routes } from "./routes";

/** What an environment will be, in a few lines, read from its Terraform JSON alone. */
export function summarize(name: string, document: TerraformDocument, jsonPath: string): string {
  const places = placesOf(document);
  const machines = machineGroups(document);
  const pools = workerPools(document);
  const rows: [string, string[]][] = [
    ["regions", regions([...places, ...machines, ...pools])],
    ...(places.length > 0 || machines.length + pools.length === 0
      ? [
          row(
            "services",
            places.map((place) => ({ ...place, description: describeService(document, place.service) })),
          ),
        ]
      : []),
    ...(machines.length > 0 ? [row("machines", machines)] : []),
    ...(pools.length > 0 ? [row("workers", pools)] : []),
    ["routes", routes(document)],
    ...labelled("pipelines", pipelines(document)),
    ["backends", backends(document)],
    ["addresses", addresses(document)],
    ["resources", [resourceCounts(document)]],
    ["JSON", [jsonPath]],
  ];
  const lines = rows.flatMap(([label, values]) =>
    (values.length > 0 ? values : ["none"]).map(
      (value, index) => `  ${(index === 0 ? label : "").padEnd(10)} ${value}`,
    ),
  );
  return [name, ...lines].join("\n");
}

/** A row that is left out where there is nothing to say. */
function labelled(label: string, values: string[]): [string, string[]][] {
  return values.length > 0 ? [[label, values]] : [];
}

/** A region of one service, and whether a load balancer sends it requests. */
interface Place {
  readonly service: Resource;
  readonly region: string;
  readonly draining: boolean;
}

/** Every service in every region. */
function placesOf(document: TerraformDocument): Place[] {
  return Topology.of(document)
    .once(readRegionWorkloads)
    .filter(({ kind }) => kind === "service")
    .map(({ resource: service, isDraining: draining }) => ({
      service,
      region: text(service.values.location),
      draining,
    }));
}

/** Cloud Run worker pools, which nothing reaches and nothing drains. */
function workerPools(document: TerraformDocument) {
  return document.ofType("google_cloud_run_v2_worker_pool").map((pool) => {
    const instances = text(blockOf(pool.values.scaling)?.manual_instance_count ?? 1);
    const description = `${nameAndImage(pool)}; ${sizeOf(pool)}; ${instances} instances`;
    return { region: text(pool.values.location), draining: false, description };
  });
}

function regions(places: readonly Pick<Place, "region" | "draining">[]): string[] {
  const names = [...new Set(places.map(({ region }) => region))].sort();
  const drained = (name: string) => places.every(({ region, draining }) => region !== name || draining);
  return names.length > 0 ? [names.map((name) => marked(name, drained(name))).join(", ")] : [];
}

/** What is the same in several regions, in one line. */
function row(
  label: string,
  places: readonly (Pick<Place, "region" | "draining"> & { readonly description: string })[],
): [string, string[]] {
  const byDescription = new Map<string, string[]>();
  for (const { description, region, draining } of places) {
    append(byDescription, description, marked(region, draining));
  }
  return [label, [...byDescription].map(([description, where]) => `${description} in ${where.sort().join(", ")}`)];
}

function marked(region: string, draining: boolean): string {
  return draining ? `${region} (draining)` : region;
}

function describeService(document: TerraformDocument, service: Resource): string {
  const scaling = blockOf(blockOf(service.values.template)?.scaling);
  const own = Number(blockOf(service.values.scaling)?.min_instance_count ?? 0);
  const least = own || Number(scaling?.min_instance_count ?? 0);
  const instances = `${least} to ${text(scaling?.max_instance_count)} instances, ${least || "none"} always warm`;
  return `${nameAndImage(service)}; ${callers(document, service)}; ${sizeOf(service)}; ${instances}`;
}

function nameAndImage({ values }: Resource): string {
  const image = text(blockOf(blockOf(values.template)?.containers)?.image);
  return `${text(values.name)}: ${builtImage(image) ?? shortDigest(image)}`;
}

/** Of an instance. */
function sizeOf({ values }: Resource): string {
  const template = blockOf(values.template);
  const container = blockOf(template?.containers);
  const limits = blockOf(blockOf(container?.resources)?.limits);
  const gpu = blockOf(template?.node_selector)?.accelerator;
  const size = [`${text(limits?.cpu)} CPU`, text(limits?.memory), ...(gpu ? [text(gpu)] : [])].join(", ");
  return size;
}

function addresses(document: TerraformDocument): string[] {
  const found = new Map<string, string[]>();
  for (const { rule, isGlobal, address, ipVersion = "IPV4", portRange, protocol } of readFrontends(document)) {
    const name = address ? `${ipVersion} ${text(address.values.name)}` : text(rule.values.ip_address);
    const key = isGlobal ? name : `${text(rule.values.region)} ${name}`;
    append(found, key, `${(protocol ?? "http").toLowerCase()} ${text(portRange)}`);
  }
  return [...found].map(([address, listeners]) => `${address}: ${listeners.join(", ")}`);
}

function resourceCounts(document: TerraformDocument): string {
  const managed = document.resources.filter((resource) => !resource.isData);
  const kinds = new Set(managed.map((resource) => resource.type));
  return `${managed.length} of ${kinds.size} types`;
}

function text(value: unknown): string {
  return value === undefined ? "?" : String(value);
}
