import { blocksOf } from "../topology/document";
import { portOfFrontend } from "../topology/hosts";
import type { Topology } from "../topology/topology";
import { textOf, textsOf } from "../topology/value";
import { untranslated } from "./untranslated";
import { type PreviewUpstream, previewUpstreams } from "./upstreams";

export type { PreviewUpstream } from "./upstreams";

/** What runs on this machine in place of a deployed document. */
export interface PreviewPlan {
  readonly frontends: readonly PreviewFrontend[];
  /** Domains that the document declares, in lower case, wildcards included: for the certificate. */
  readonly hosts: readonly string[];
  readonly upstreams: readonly PreviewUpstream[];
  /** A sentence for each thing that the preview leaves out or answers in another way. */
  readonly notTranslated: readonly string[];
}

/** A listener. IPv4 and IPv6 of one URL map and port are one. */
export interface PreviewFrontend {
  /** Unique in the plan: `https-443`, with the region or the URL map's name where that is needed. */
  readonly name: string;
  readonly protocol: "http" | "https";
  /** In the cloud. */
  readonly port: number;
  /** Address of the URL map's resource. */
  readonly urlMap: string;
  /** Of a regional front end. */
  readonly region?: string;
  /** What its certificates and its URL map name, in lower case, wildcards included. */
  readonly hosts: readonly string[];
}

/** What the load balancer finds out about a client, for requests that do not say it themselves. */
export interface PreviewClient {
  /** CLDR code of the country: `DE`. */
  readonly region?: string;
  /** `USCA`. */
  readonly subdivision?: string;
  readonly city?: string;
  /** Latitude and longitude of the city: `50.1,8.7`. */
  readonly position?: string;
  /** Milliseconds between the client and the edge of Google's network. */
  readonly roundTripMs?: string;
  readonly ip?: string;
  readonly asn?: string;
}

/** Where the parts of a preview listen on 127.0.0.1. */
export interface Running {
  /** Port by name of the front end. */
  readonly listeners: Readonly<Record<string, number>>;
  /** By id of the upstream. */
  readonly upstreams: Readonly<Record<string, RunningUpstream>>;
  readonly adminPort: number;
  /** PEM files for the HTTPS front ends. */
  readonly certificate?: { readonly certificateFile: string; readonly keyFile: string };
  /** The nearest to the client first. Regions that are not named come last, by round trip. */
  readonly regionsByDistance: readonly string[];
  readonly client?: PreviewClient;
}

export interface RunningUpstream {
  readonly port: number;
  /** Where `readiness` is asked for, over HTTP/1.1; by default where requests go. */
  readonly readinessPort?: number;
  /** Between client and region. What answers there adds it; Envoy only orders regions by it. */
  readonly roundTripMs: number;
}

/** Reads what has to run for a preview of a document. */
export function readPreview(topology: Topology): PreviewPlan {
  return {
    frontends: topology.once(previewFrontends),
    hosts: hostsOf(topology),
    upstreams: [...topology.once(previewUpstreams).values()],
    notTranslated: topology.once(untranslated),
  };
}

/** What commands may name: regions, and the services in them. */
export function targetsOf({ upstreams }: Pick<PreviewPlan, "upstreams">): string[] {
  return [...new Set(upstreams.flatMap(({ region, id }) => (region ? [region, id] : [id])))];
}

/** The HTTP and HTTPS front ends whose URL map is in the document. */
export function previewFrontends({ frontends, routes }: Topology): readonly PreviewFrontend[] {
  const found = new Map<string, Omit<PreviewFrontend, "name"> & { readonly mapName: string }>();
  for (const frontend of frontends) {
    const { protocol: spoken, urlMap, rule } = frontend;
    if (!urlMap || (spoken !== "HTTP" && spoken !== "HTTPS")) continue;
    const protocol = spoken === "HTTP" ? "http" : "https";
    const port = portOfFrontend(frontend) ?? (protocol === "http" ? 80 : 443);
    const region = frontend.isGlobal ? undefined : textOf(rule.values.region);
    const mapName = textOf(urlMap.values.name) ?? urlMap.name;
    const routed = routes.filter((route) => route.urlMap === urlMap).flatMap(({ hosts }) => hosts);
    const hosts = namesIn([...(frontend.certifiedHosts ?? []), ...routed]);
    const { address } = urlMap;
    found.set(`${address} ${protocol} ${port}`, { protocol, port, urlMap: address, region, hosts, mapName });
  }
  const all = [...found.values()].map(({ mapName, ...frontend }) => {
    const short = `${frontend.protocol}-${frontend.port}`;
    return { frontend, names: [short, `${short}-${frontend.region ?? "global"}`, `${short}-${mapName}`] };
  });
  return all.map(({ frontend, names }) => {
    const isUnique = (name: string) => all.filter((other) => other.names.includes(name)).length === 1;
    return { name: names.find(isUnique) ?? `${names[0]}-${frontend.urlMap}`, ...frontend };
  });
}

/** Hosts that URL maps route and certificates name. */
function hostsOf(topology: Topology): string[] {
  const routed = topology.routes.flatMap(({ hosts }) => hosts);
  const certified = topology.frontends.flatMap(({ certifiedHosts }) => certifiedHosts ?? []);
  const authorized = topology.document
    .ofType("google_compute_managed_ssl_certificate")
    .flatMap(({ values }) => blocksOf(values.managed).flatMap(({ domains }) => textsOf(domains)));
  return namesIn([...certified, ...authorized, ...routed]);
}

function namesIn(hosts: readonly string[]): string[] {
  const names = hosts.map((host) => host.replace(/:\d+$/, "").replace(/\.$/, "").toLowerCase());
  return [...new Set(names)].filter((host) => host !== "*" && /^(\*\.)?[a-z0-9._-]+$/.test(host));
}
