import { plainPattern } from "../language/regular-expression";
import { isBlock } from "../topology/document";
import { regionsOf } from "../topology/region-workloads";
import { isSet } from "../topology/value";
import type { Report } from "./report";
import { withoutSecrets } from "./without-secrets";

/** A resource as the page's script shows it. */
export interface ResourceData {
  readonly path?: string;
  /** Attributes by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that several resources share: places in `shared`. */
  readonly blocks: Readonly<Record<string, number>>;
}

/** A front end that asks a URL map. */
export interface ListenerData {
  readonly urlMap: string;
  readonly protocol?: string;
  readonly portRange?: string;
  /** Region of its address; absent for a global one. */
  readonly region?: string;
  /** Hosts of its certificates; absent where they are not all known, and without TLS. */
  readonly hosts?: readonly string[];
}

/** What the page's script works with. */
export interface PageData {
  readonly resources: Readonly<Record<string, ResourceData>>;
  readonly shared: readonly unknown[];
  readonly findings: readonly FindingData[];
  readonly urlMaps: readonly string[];
  readonly listeners: readonly ListenerData[];
  /** Regions behind each backend. */
  readonly regions: Readonly<Record<string, readonly string[]>>;
}

export interface FindingData {
  readonly address: string;
  readonly severity: string;
  readonly title: string;
  readonly attribute: string;
  readonly fix: string;
  /** Why it is meant, where it is suppressed. */
  readonly reason?: string;
}

export function pageData({ topology, evaluation }: Report): PageData {
  const { document, frontends, backends, routes } = topology;
  const shared: unknown[] = [];
  const places = new Map<unknown, number>();
  const resources = document.resources.map(({ address, path, values }) => {
    const own: Record<string, unknown> = {};
    const blocks: Record<string, number> = {};
    for (const [name, value] of Object.entries(values)) {
      if (name === "//") continue;
      if (typeof value !== "object" || value === null) own[name] = withoutSecrets(name, value);
      else {
        // Equal blocks of resources of one type are one object.
        const place = places.get(value) ?? shared.push(withoutSecrets(name, value)) - 1;
        places.set(value, place);
        blocks[name] = place;
      }
    }
    return [address, { path, values: own, blocks }] as const;
  });
  const findings = [...evaluation.findings, ...evaluation.suppressed].map((each) => {
    const { address, severity, title, attribute, fix } = each;
    return { address, severity, title, attribute, fix, ...("reason" in each ? { reason: String(each.reason) } : {}) };
  });
  return {
    resources: Object.fromEntries(resources),
    shared,
    findings,
    urlMaps: [...new Set(routes.map(({ urlMap }) => urlMap.address))],
    listeners: frontends.flatMap(({ urlMap, protocol, portRange, isGlobal, region, certifiedHosts }) =>
      urlMap
        ? [
            {
              urlMap: urlMap.address,
              protocol,
              portRange,
              hosts: certifiedHosts,
              ...(isGlobal ? {} : { region: region ?? "a region that is known at apply only" }),
            },
          ]
        : [],
    ),
    regions: Object.fromEntries(backends.map((backend) => [backend.resource.address, regionsOf(backend).sort()])),
  };
}

/** Whether a URL map has patterns that only RE2 itself understands: most do not, and its code is large. */
export function asksRe2({ topology: { routes } }: Pick<Report, "topology">): boolean {
  const patterns = (value: unknown): unknown[] =>
    isBlock(value) || Array.isArray(value)
      ? Object.entries(value).flatMap(([name, each]) => (name === "regex_match" ? [each] : patterns(each)))
      : [];
  const all = new Set(routes.flatMap(({ block }) => patterns(block.match_rules)));
  return [...all].some((pattern) => isSet(pattern) && plainPattern(String(pattern)) === undefined);
}
