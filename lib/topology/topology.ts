import { isExpression, type Reference } from "../language/reference";
import { type Backend, readBackends } from "./backends";
import { type CloudRunTarget, readCloudRunTargets } from "./cloud-run-targets";
import { blockOf, type Resource, type TerraformDocument } from "./document";
import { type Frontend, readFrontends } from "./frontends";
import { append, groupBy } from "./group-by";
import { nestedPlaces, type Place } from "./place";
import { type Route, readRoutes } from "./routes";
import { booleanOf } from "./value";

const TOPOLOGIES = new WeakMap<TerraformDocument, Topology>();

/**
 * The request path of a Terraform JSON document as a graph: front ends → routes → backends →
 * targets. References are resolved; what cannot be resolved (variables, data sources, literals of
 * things that exist already) is undefined, and `known` beside it is false.
 */
export class Topology {
  /** The topology of a document: one for all that ask, because reading it takes longer than most uses of it. */
  public static of(document: TerraformDocument): Topology {
    const topology = TOPOLOGIES.get(document) ?? new Topology(document);
    TOPOLOGIES.set(document, topology);
    return topology;
  }

  private readonly cache = new Map<unknown, unknown>();

  public constructor(public readonly document: TerraformDocument) {}

  /** Forwarding rules with what stands behind them, global and regional. */
  public get frontends(): readonly Frontend[] {
    return this.once("frontends", () => readFrontends(this.document));
  }

  /** Every way through every URL map. */
  public get routes(): readonly Route[] {
    return this.once("routes", () => readRoutes(this.document));
  }

  /** Backend services, global and regional, and backend buckets. */
  public get backends(): readonly Backend[] {
    return this.once("backends", () => readBackends(this.document));
  }

  /** Cloud Run services with their invokers and the NEGs that lead to them. */
  public get cloudRunTargets(): readonly CloudRunTarget[] {
    return this.once("cloudRunTargets", () => readCloudRunTargets(this.document));
  }

  /** The routes of one URL map. */
  public routesOf(urlMap: Resource | undefined): readonly Route[] {
    if (!urlMap) return [];
    const byUrlMap = this.once("routesByUrlMap", () => groupBy(this.routes, (route) => route.urlMap.address));
    return byUrlMap.get(urlMap.address) ?? [];
  }

  /** The backend that a resource is. */
  public backendOf(resource: Resource | undefined): Backend | undefined {
    return (
      resource &&
      this.once("backendsByAddress", () => new Map(this.backends.map((each) => [each.resource.address, each]))).get(
        resource.address,
      )
    );
  }

  /** The Cloud Run target that a service is. */
  public cloudRunOf(resource: Resource | undefined): CloudRunTarget | undefined {
    return (
      resource &&
      this.once(
        "cloudRunByAddress",
        () => new Map(this.cloudRunTargets.map((each) => [each.service.address, each])),
      ).get(resource.address)
    );
  }

  /** The Cloud Run service that a serverless NEG leads to. */
  public cloudRunBehind(neg: Resource): CloudRunTarget | undefined {
    return this.once(
      "cloudRunByNeg",
      () =>
        new Map(this.cloudRunTargets.flatMap((target) => target.negs.map((each) => [each.address, target] as const))),
    ).get(neg.address);
  }

  /** Backends that some URL map sends requests to, each once. */
  public get routedBackends(): readonly Backend[] {
    return this.once("routedBackends", () => [
      ...new Set(
        this.routes.flatMap((route) => route.targets.flatMap((target) => this.backendOf(target.backend) ?? [])),
      ),
    ]);
  }

  /**
   * Addresses that Terraform creates before it destroys their predecessor: those that say so, and
   * all that they depend on, because Terraform hands it down.
   */
  public get createdBeforeDestroy(): ReadonlySet<string> {
    return this.once("createdBeforeDestroy", () => {
      const reached = new Set<string>();
      const queue = this.document.resources.filter(
        (each) => booleanOf(blockOf(each.values.lifecycle)?.create_before_destroy) === true,
      );
      for (let resource = queue.pop(); resource; resource = queue.pop()) {
        if (reached.has(resource.address)) continue;
        reached.add(resource.address);
        for (const address of this.dependencies(resource)) {
          const dependency = this.document.at(address);
          if (dependency && !reached.has(address)) queue.push(dependency);
        }
      }
      return reached;
    });
  }

  /** Addresses that a resource refers to, by attribute or depends_on. */
  public dependencies(resource: Resource): ReadonlySet<string> {
    return this.once("dependencies", () => this.readDependencies()).get(resource.address) ?? new Set();
  }

  /** Whether a resource waits for another, directly or over others. */
  public dependsOn(resource: Resource, address: string): boolean {
    const seen = new Set<string>();
    const queue = [...this.dependencies(resource)];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === address) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      const dependency = this.document.at(next);
      if (dependency) queue.push(...this.dependencies(dependency));
    }
    return false;
  }

  /** Resources that refer to a resource, by attribute or depends_on. */
  public referrers(address: string): readonly Resource[] {
    return this.once("referrers", () => this.readReferrers()).get(address) ?? [];
  }

  private readDependencies(): Map<string, Set<string>> {
    const known = new Map<unknown, readonly Reference[]>();
    const all = new Map<string, Set<string>>();
    for (const { address, values } of this.document.resources) {
      const addresses = new Set<string>();
      for (const name in values) {
        const value = values[name];
        if (typeof value !== "object" && !isExpression(value)) continue;
        let references = known.get(value);
        if (references === undefined) {
          // With its name, which says how lists of addresses are written.
          references = this.document.references({ [name]: value });
          known.set(value, references);
        }
        for (const reference of references) addresses.add(reference.address);
      }
      addresses.delete(address);
      all.set(address, addresses);
    }
    return all;
  }

  private readReferrers(): Map<string, Resource[]> {
    const referrers = new Map<string, Resource[]>();
    for (const resource of this.document.resources) {
      for (const target of this.dependencies(resource)) append(referrers, target, resource);
    }
    return referrers;
  }

  /**
   * What a reader makes of the topology, made once: `topology.once(readWorkloads)`. A key takes the
   * place of a reader that is no constant.
   */
  public once<T>(key: ((topology: Topology) => T) | string, read = key as (topology: Topology) => T): T {
    if (!this.cache.has(key)) this.cache.set(key, read(this));
    return this.cache.get(key) as T;
  }

  /** The resources of a type, those together of which the attributes of these names are equal. */
  public alike(type: string, names: readonly string[]): readonly (readonly Resource[])[] {
    const resources = this.document.ofType(type);
    const varying = resources.length < 2 ? [] : names.filter((name) => this.numbers(type, name).size > 1);
    if (varying.length === 0) return resources.length === 0 ? [] : [resources];
    return this.once(`alike ${type} ${varying.join(" ")}`, () => {
      const numbers = varying.map((name) => this.numbers(type, name));
      const keyOf = ({ values }: Resource) => varying.map((name, index) => numbers[index]!.get(values[name])).join(" ");
      return [...groupBy(resources, keyOf).values()];
    });
  }

  /** The values that an attribute has in the resources of a type, numbered. */
  private numbers(type: string, name: string): ReadonlyMap<unknown, number> {
    return this.once(`numbers ${type} ${name}`, () => {
      const numbers = new Map<unknown, number>();
      for (const { values } of this.document.ofType(type))
        if (!numbers.has(values[name])) numbers.set(values[name], numbers.size);
      return numbers;
    });
  }

  /**
   * The blocks at a path within the resources of some types.
   *
   * @param types Separated by `|`.
   * @param path Of blocks, each of which may stand there once or repeated: `template.containers`;
   * empty for the resources themselves.
   */
  public places(types: string, path = ""): readonly Place[] {
    return this.once(`${types} ${path}`, () => {
      if (path !== "") {
        const end = path.lastIndexOf(".");
        return nestedPlaces(this.places(types, path.slice(0, Math.max(end, 0))), path.slice(end + 1));
      }
      return types
        .split("|")
        .flatMap((type) => this.document.ofType(type))
        .map((resource) => ({ resource, at: "", block: resource.values }));
    });
  }
}
