import { isServerless } from "../topology/backends";
import { type Block, blockOf, blocksOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { numberOf, textOf } from "../topology/value";
import { armorFilters } from "./armor";
import { cdnFilters } from "./cdn";
import { durationOf, type Envoy, seconds } from "./envoy";
import { customHeaders } from "./headers";
import { SERVICE_TIMEOUT_SECONDS, timeoutOf } from "./timeouts";

/** The cluster of backends that are not in the document: it has no endpoint. */
export const NOWHERE = "not in the document";

/** The cluster of the backend that a URL map names. */
export function clusterOf(topology: Topology, value: unknown): string {
  return topology.backendOf(topology.document.target(value))?.resource.address ?? NOWHERE;
}

/** What a route has to know of a backend. */
export interface BackendRoute {
  readonly cluster: string;
  readonly timeoutSeconds: number;
  readonly requestHeaders: readonly Envoy[];
  readonly responseHeaders: readonly Envoy[];
  readonly hashPolicy: readonly Envoy[];
  /** What turns on the filters of the backend's policies. */
  readonly filters: Envoy;
}

/**
 * @param cachePolicy Of the route, which takes the place of the backend's.
 * @param headerActions Of the URL map: what they set, the backend does not
 * (docs.cloud.google.com/load-balancing/docs/https/custom-headers-global, read 2026-11-28).
 */
export function backendRoute(
  topology: Topology,
  value: unknown,
  cachePolicy: Block | undefined,
  headerActions: readonly unknown[],
): BackendRoute {
  const backend = topology.backendOf(topology.document.target(value));
  if (!backend)
    return {
      cluster: NOWHERE,
      timeoutSeconds: SERVICE_TIMEOUT_SECONDS.machines,
      requestHeaders: [],
      responseHeaders: [],
      hashPolicy: [],
      filters: {},
    };
  const { address, values } = backend.resource;
  const without = (headers: readonly Envoy[], list: string) => {
    const set = new Set(
      headerActions.flatMap((action) =>
        blocksOf(blockOf(action)?.[list]).map(({ header_name: name }) => String(name).toLowerCase()),
      ),
    );
    return headers.filter(({ header }) => !set.has((header as { key: string }).key.toLowerCase()));
  };
  return {
    cluster: address,
    timeoutSeconds: timeoutOf(backend.resource, isServerless(backend)),
    requestHeaders: without(customHeaders(values.custom_request_headers), "request_headers_to_add"),
    responseHeaders: without(customHeaders(values.custom_response_headers), "response_headers_to_add"),
    hashPolicy: hashPolicy(values),
    filters: { ...armorFilters(backend), ...cdnFilters(backend, cachePolicy) },
  };
}

/** Which requests stay with one endpoint, by the backend's session affinity. */
function hashPolicy(values: Block): Envoy[] {
  const hash = blockOf(values.consistent_hash);
  const cookie = blockOf(hash?.http_cookie);
  switch (textOf(values.session_affinity)) {
    case "CLIENT_IP":
    case "CLIENT_IP_PORT_PROTO":
    case "CLIENT_IP_PROTO":
      return [{ connection_properties: { source_ip: true } }];
    case "GENERATED_COOKIE":
    case "STRONG_COOKIE_AFFINITY":
      return [{ cookie: { name: "GCLB", ttl: seconds(numberOf(values.affinity_cookie_ttl_sec) ?? 0), path: "/" } }];
    case "HEADER_FIELD":
      return [{ header: { header_name: textOf(hash?.http_header_name) ?? "" } }];
    case "HTTP_COOKIE":
      return [
        {
          cookie: {
            name: textOf(cookie?.name) ?? "GCLB",
            path: textOf(cookie?.path) ?? "/",
            ttl: durationOf(cookie?.ttl) ?? seconds(0),
          },
        },
      ];
    default:
      return [];
  }
}
