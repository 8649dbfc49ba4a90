import type { ComputeUrlMapTest } from "@cdktf/provider-google/lib/compute-url-map";
import { ANY_HOST, type PathPattern } from "./checked-route";
import { matchesTemplate } from "./path-template";
import type { RankedEntry } from "./route-order";

/** Compute API v1, UrlMap.tests, read 2026-11-22. */
const MAX_TESTS = 100;
const SAMPLE = "url-map-test";

/** A host and its routes in the order in which they are tried. */
export interface HostRoutes {
  readonly host: string;
  readonly entries: readonly RankedEntry[];
}

/**
 * One test per host for each plain route to a backend: Google Cloud runs them on each URL map
 * update and refuses it if one fails. Paths that a route with conditions may match first are not
 * tested, since only Google Cloud knows the result.
 */
export function renderTests(hosts: readonly HostRoutes[]): ComputeUrlMapTest[] {
  const known = new Set(hosts.map(({ host }) => host));
  return hosts
    .flatMap(({ host, entries }) => {
      const asked = sampleHost(host);
      if (asked !== host && known.has(asked)) return [];
      return entries.flatMap((entry) => renderTest(asked, entry, entries) ?? []);
    })
    .slice(0, MAX_TESTS);
}

function renderTest(host: string, entry: RankedEntry, entries: readonly RankedEntry[]): ComputeUrlMapTest | undefined {
  if (!entry.route.isPlain) return undefined;
  const [{ text: pattern }] = entry.patterns as [PathPattern];
  const path = samplePath(pattern);
  if (firstFor(entries, path) !== entry) return undefined;
  const { backend } = entry.route.props;
  // A redirect's test must name the whole URL, and the scheme is not documented: a wrong guess
  // would make Google Cloud refuse the URL map.
  return backend && { host, path, service: backend.backendId };
}

/** A host that the host rule matches. */
export function sampleHost(host: string): string {
  return host === ANY_HOST ? `${SAMPLE}.invalid` : host.replace("*", SAMPLE);
}

/** A path that the pattern matches. */
export function samplePath(pattern: string): string {
  return pattern.replace(/\{[^{}]*\}|\*+/g, SAMPLE);
}

/** The first that may match, ignoring its conditions. */
export function firstFor(entries: readonly RankedEntry[], path: string): RankedEntry | undefined {
  return entries.find(({ patterns }) => patterns.some((pattern) => matches(pattern, path)));
}

function matches({ text, isTemplate }: PathPattern, path: string): boolean {
  if (isTemplate) return matchesTemplate(text, path);
  return text.endsWith("*") ? path.startsWith(text.slice(0, -1)) : text === path;
}
