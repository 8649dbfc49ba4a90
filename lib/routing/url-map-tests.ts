import type { ComputeUrlMapTest } from "@cdktf/provider-google/lib/compute-url-map";
import type { IConstruct } from "constructs";
import { ANY_HOST, type PathPattern } from "./checked-route";
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
 * One test for each plain route of each host: Google Cloud runs them when it takes the URL map and refuses it when one fails. A path that a route with
 * conditions may take first has no test, since Google Cloud alone knows the answer.
 */
export function renderTests(where: IConstruct, hosts: readonly HostRoutes[]): ComputeUrlMapTest[] {
  const known = new Set(hosts.map(({ host }) => host));
  return hosts
    .flatMap(({ host, entries }) => {
      const sampleHost = host === ANY_HOST ? `${SAMPLE}.invalid` : host.replace("*", SAMPLE);
      if (sampleHost !== host && known.has(sampleHost)) return [];
      return entries.flatMap((entry) => renderTest(where, sampleHost, entry, entries) ?? []);
    })
    .slice(0, MAX_TESTS);
}

function renderTest(
  where: IConstruct,
  host: string,
  entry: RankedEntry,
  entries: readonly RankedEntry[],
): ComputeUrlMapTest | undefined {
  if (!entry.route.isPlain) return undefined;
  const [{ text: pattern }] = entry.patterns as [PathPattern];
  const path = pattern.replace("*", SAMPLE);
  const first = entries.find(({ patterns }) => patterns.some((each) => mayMatch(each, path)));
  if (first !== entry) return undefined;
  const { backend, redirect } = entry.route.props;
  if (!redirect) return { host, path, service: backend!.backendId };
  return {
    host,
    path,
    expectedOutputUrl: redirect._target(where, host, path, pattern),
    expectedRedirectResponseCode: redirect._status,
  };
}

/** Templates are taken to match all that begins like them. */
function mayMatch({ text, isTemplate }: PathPattern, path: string): boolean {
  if (isTemplate) return path.startsWith(text.slice(0, text.search(/[{*]/)));
  return text.endsWith("*") ? path.startsWith(text.slice(0, -1)) : text === path;
}
