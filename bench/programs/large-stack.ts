import { createRequire } from "node:module";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, type TerraformResource, TerraformStack } from "cdktf";
import { soleReference } from "../../lib/language/reference";
import { type Resource, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { largeApi } from "./large-api";

/**
 * `large-stack.ts SERVICES [bare]`: services in all regions, by this library, or `bare`: the same
 * resources by cdktf alone.
 */
const [, , services = "10", bare] = process.argv;
/**
 * The same resources by the bindings' own classes, with the same references, as somebody would
 * write them without this library.
 */
function withoutLibrary(app: App, resources: readonly Described[]): void {
  const stack = new TerraformStack(app, "large");
  new GoogleProvider(stack, "Google", { project: "large-project" });
  const made = new Map<string, TerraformResource>();
  for (const { address, binding, id, attributes, newer } of resources) {
    const resource = new binding(stack, id, referring(attributes, made) as object);
    for (const [path, value] of newer) resource.addOverride(path, value);
    made.set(address, resource);
  }
}

interface Described {
  readonly address: string;
  readonly binding: new (scope: TerraformStack, id: string, config: object) => TerraformResource;
  readonly id: string;
  readonly attributes: unknown;
  /** What the bindings do not know yet, by path. */
  readonly newer: readonly [path: string, value: unknown][];
}

/** Literal references as tokens of the resources that are made already. */
function referring(value: unknown, made: ReadonlyMap<string, TerraformResource>): unknown {
  if (typeof value === "string") {
    const reference = soleReference(value);
    const target = reference && made.get(reference.address);
    return target ? target.interpolationForAttribute(reference.attribute).toString() : value;
  }
  if (Array.isArray(value)) return value.map((each) => referring(each, made));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, referring(each, made)]));
}

/** In the order of their references, each with its binding. */
function describe(json: unknown): Described[] {
  const document = TerraformDocument.parse(json);
  const topology = new Topology(document);
  const described = new Map<string, Described>();
  const add = (resource: Resource) => {
    if (described.has(resource.address)) return;
    for (const address of topology.dependencies(resource)) add(document.at(address)!);
    const { "//": _comment, depends_on, ...attributes } = resource.values;
    described.set(resource.address, {
      address: resource.address,
      binding: bindingOf(resource.type),
      id: resource.name,
      newer: topology
        .places(resource.type, "template.containers")
        .flatMap(({ resource: of, at, block }) =>
          of === resource && block.readiness_probe !== undefined
            ? [[`${at}.readiness_probe`, block.readiness_probe] as [string, unknown]]
            : [],
        ),
      attributes: { ...(camel(attributes) as object), dependsOn: asDependables(depends_on) },
    });
  };
  document.resources.filter(({ isData }) => !isData).forEach(add);
  return [...described.values()];
}

function asDependables(addresses: unknown): { fqn: string }[] | undefined {
  return Array.isArray(addresses) ? addresses.map((fqn) => ({ fqn: String(fqn) })) : undefined;
}

function bindingOf(type: string): Described["binding"] {
  const name = type.replace("google_", "");
  const module = createRequire(__filename)(`@cdktf/provider-google/lib/${name.replaceAll("_", "-")}`);
  return Object.values(module as Record<string, Described["binding"] & { tfResourceType?: string }>).find(
    ({ tfResourceType }) => tfResourceType === type,
  )!;
}

/** As the bindings name attributes; the keys of maps stay. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      /^(limits|labels)$/.test(name) ? each : camel(each),
    ]),
  );
}

/** What to build with cdktf alone, found out before the clock starts. */
const described = bare
  ? describe(JSON.parse(JSON.stringify(largeApi(new App(), Number(services)).toTerraform())))
  : undefined;

const start = process.hrtime.bigint();
const startCpu = process.cpuUsage();
const app = new App();
if (described) withoutLibrary(app, described);
else largeApi(app, Number(services));
app.synth();
const figures = globalThis as unknown as { benchmarkFigures: Record<string, number> };
const { user, system } = process.cpuUsage(startCpu);
figures.benchmarkFigures.synthMs = Number(process.hrtime.bigint() - start) / 1e6;
figures.benchmarkFigures.synthCpuMs = (user + system) / 1000;
