import type { ComputeUrlMapPathMatcher as PathMatcher } from "@cdktf/provider-google/lib/compute-url-map";
import type { Construct } from "constructs";
import type { IBackend } from "../backend/backend";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, hashedSlug } from "../core/naming";
import { type Canary, type CanaryProps, checkCanary, withCanaries } from "./canary";
import { ANY_HOST, type CheckedRoute, checkRoute } from "./checked-route";
import { cachePolicies, renderMatcher } from "./path-matcher";
import type { RouteProps } from "./route";
import { type Entry, entriesOf, ranked } from "./route-order";
import type { HostRoutes } from "./url-map-tests";

/** The routes of a URL map, global or regional. */
export class RouteTable {
  /** What each host's own routes match, by key. */
  private readonly hosts = new Map<string, Map<string, Entry>>();
  private canaries: readonly Canary[] = [];

  public constructor(
    private readonly owner: Construct,
    private readonly defaultBackend: IBackend,
  ) {}

  /** @throws ValidationError if a route has the same host, path and conditions, or priority. */
  public add(route: CheckedRoute): void {
    this.checkFree(route);
    for (const host of route.hosts) {
      const own = this.hosts.get(host) ?? new Map<string, Entry>();
      for (const entry of entriesOf(route)) own.set(entry.key, entry);
      this.hosts.set(host, own);
    }
  }

  /** @throws ValidationError for a share or headers that are taken. */
  public addCanary(props: CanaryProps): void {
    this.canaries = this.checkCanary(props);
  }

  /** The canaries with this one. */
  public checkCanary({ of = this.defaultBackend, backend, percent, headers = [] }: CanaryProps): readonly Canary[] {
    const canary = { of, backend, percent, headers };
    checkCanary(this.owner, canary, this.canaries);
    const all = [...this.canaries, canary];
    this.all(all);
    return all;
  }

  /** @throws ValidationError if a route has the same host, path and conditions, or priority. */
  public checkFree(route: CheckedRoute): void {
    const { priority } = route.props;
    const entries = entriesOf(route);
    const taken = route.hosts.flatMap((host) =>
      entries.filter(({ key }) => this.isTaken(host, key)).map(({ key }) => `${host}${key}`),
    );
    if (taken.length > 0) {
      throw new ValidationError(this.owner, {
        what: priority === undefined ? "route" : "priority",
        got: taken,
        allowed:
          priority === undefined
            ? "hosts and paths that have no route yet"
            : "a priority that no other route of an overlapping host has",
        fix: priority === undefined ? "remove one of the two routes" : "choose another number",
      });
    }
  }

  /** Each host with all its routes, sorted, so the order of `add` calls does not matter. */
  public all(canaries = this.canaries): HostRoutes[] {
    const hosts = this.withDefault(canaries);
    return [...hosts.keys()].sort().map((host) => {
      const entries = new Map(hostsOver(hosts, host).flatMap((each) => [...hosts.get(each)!]));
      return { host, entries: ranked(withCanaries(this.owner, [...entries.values()], canaries)) };
    });
  }

  public hostRules(): { hosts: string[]; pathMatcher: string }[] {
    return this.all().map(({ host }) => ({ hosts: [host], pathMatcher: matcherName(host) }));
  }

  public pathMatchers(): PathMatcher[] {
    return this.all().map(({ host, entries }) =>
      renderMatcher(this.owner, matcherName(host), entries, this.defaultBackend),
    );
  }

  /** The cache policies of routes, by index of matcher and rule; undefined for none. */
  public cachePolicies(): Record<string, object> | undefined {
    const matchers = this.all().flatMap(({ entries }, index): [string, object][] => {
      const rules = cachePolicies(this.owner, entries);
      return Object.keys(rules).length > 0 ? [[`${index}`, { route_rules: rules }]] : [];
    });
    return matchers.length > 0 ? Object.fromEntries(matchers) : undefined;
  }

  /** A canary of the default backend needs a route for what no route matches. */
  private withDefault(canaries: readonly Canary[]): ReadonlyMap<string, ReadonlyMap<string, Entry>> {
    const { hosts, defaultBackend: backend } = this;
    if (canaries.every(({ of }) => of.backendId !== backend.backendId)) return hosts;
    const rest = entriesOf(checkRoute(this.owner, { backend })).map((entry) => [entry.key, entry] as const);
    return new Map([...hosts, [ANY_HOST, new Map([...rest, ...(hosts.get(ANY_HOST) ?? [])])]]);
  }

  /** Paths of a narrower host take precedence over a wider one; equal priorities conflict. */
  private isTaken(host: string, key: string): boolean {
    const own = [...this.hosts].filter(
      ([other]) => other === host || (key.startsWith("priority") && (covers(other, host) || covers(host, other))),
    );
    return own.some(([, entries]) => entries.has(key));
  }
}

/**
 * Hosts whose routes apply to `host`, widest first, itself last: Google Cloud uses only the
 * narrowest host rule.
 */
function hostsOver(hosts: ReadonlyMap<string, unknown>, host: string): string[] {
  const wider = [...hosts.keys()].filter((each) => covers(each, host));
  return [...wider.sort((a, b) => a.length - b.length), host];
}

/** Whether the routes of a wildcard also apply to a narrower host. */
function covers(wildcard: string, host: string): boolean {
  return wildcard !== host && wildcard.startsWith(ANY_HOST) && host.endsWith(wildcard.slice(1));
}

/** One path matcher per host, so adding one does not change the others. */
function matcherName(host: string): string {
  return host === ANY_HOST ? "any-host" : hashedSlug(host, COMPUTE_NAME.maxLength);
}

/** All backends of a route. */
export function backendsOf({ backend, weightedBackends = [], mirrorTo }: RouteProps): IBackend[] {
  return [backend, ...weightedBackends.map((each) => each.backend), mirrorTo].filter((each) => each !== undefined);
}
