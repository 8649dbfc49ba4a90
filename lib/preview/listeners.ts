import type { Block } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import type { Topology } from "../topology/topology";
import { numberOf, textOf } from "../topology/value";
import { armorChain } from "./armor";
import { NOWHERE } from "./backend-route";
import { COMPRESSORS, cacheChain, cacheModes, cachesOf } from "./cdn";
import { type Envoy, extension, HTTP2_UPSTREAM, loopback, seconds } from "./envoy";
import { ERROR_FILTER } from "./error-responses";
import { CLIENT, identify } from "./headers";
import { type PreviewFrontend, previewFrontends, type Running } from "./plan";
import { usedBackends } from "./upstreams";
import { ANSWER, clusterBehind, type RouteScope, routeConfiguration } from "./virtual-hosts";

/**
 * A listener for each front end that runs. Envoy's cache asks a cluster by itself, without the
 * filters and routes that come after it. So a front end that caches has a second listener, inside
 * Envoy, for all that comes behind the cache.
 */
export function listeners(topology: Topology, running: Running): Envoy[] {
  const frontends = runningFrontends(topology, running);
  const https = frontends.find(({ protocol }) => protocol === "https");
  const httpsPort = https && running.listeners[https.name];
  return frontends.flatMap((frontend) => {
    const scope: RouteScope = { topology, urlMap: topology.document.at(frontend.urlMap)!, httpsPort };
    const proxy = proxyOf(topology, frontend);
    const { name, protocol } = frontend;
    const caches = cachesOf(topology, scope.urlMap);
    const before = [
      identify(running.client ?? {}),
      ...armorChain(topology, "edge"),
      ...COMPRESSORS,
      ...cacheChain(caches),
    ];
    const after = behindCache(topology, caches);
    const isCaching = caches.length > 0;
    const first = isCaching
      ? manager(name, proxy, { ...scope, origin: originOf(name) }, before)
      : manager(name, proxy, scope, [...before, ...after]);
    const isTls = protocol === "https" && running.certificate;
    const listener = {
      name,
      address: loopback(running.listeners[name]!),
      // Without it, Envoy does not know the name that a client asks for in TLS.
      ...(isTls ? { listener_filters: [TLS_INSPECTOR] } : {}),
      filter_chains: [{ filters: [first], ...(isTls ? tls(topology, proxy, isTls) : {}) }],
    };
    const second = {
      name: originOf(name),
      internal_listener: {},
      filter_chains: [{ filters: [manager(originOf(name), proxy, scope, after)] }],
    };
    return isCaching ? [listener, second] : [listener];
  });
}

/**
 * The clusters that lead to listeners inside Envoy: one for each backend, because the cache tells
 * answers apart by cluster.
 */
export function originClusters(topology: Topology, running: Running): Envoy[] {
  const backends = [...topology.once(usedBackends).map(({ resource }) => resource.address), NOWHERE];
  return runningFrontends(topology, running)
    .filter(({ urlMap }) => cachesOf(topology, topology.document.at(urlMap)!).length > 0)
    .flatMap(({ name }) => backends.map((backend) => ({ name, cluster: clusterBehind(originOf(name), backend) })))
    .map(({ name, cluster }) => ({
      name: cluster,
      type: "STATIC",
      load_assignment: {
        cluster_name: cluster,
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { address: { envoy_internal_address: { server_listener_name: originOf(name) } } } },
            ],
          },
        ],
      },
      transport_socket: extension(
        "envoy.transport_sockets.internal_upstream",
        "envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport",
        {
          transport_socket: extension(
            "envoy.transport_sockets.raw_buffer",
            "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
          ),
        },
      ),
      typed_extension_protocol_options: HTTP2_UPSTREAM,
    }));
}

/** What lets Envoy have listeners inside itself. */
export const INTERNAL_LISTENERS = extension(
  "envoy.bootstrap.internal_listener",
  "envoy.extensions.bootstrap.internal_listener.v3.InternalListener",
);

function originOf(name: string): string {
  return `${name} behind the cache`;
}

function runningFrontends(topology: Topology, running: Running): PreviewFrontend[] {
  return topology.once(previewFrontends).filter(({ name }) => name in running.listeners);
}

function proxyOf(topology: Topology, { urlMap, protocol }: PreviewFrontend): Block {
  const isSame = (frontend: Frontend) =>
    frontend.urlMap?.address === urlMap && frontend.protocol?.toLowerCase() === protocol;
  return topology.frontends.find(isSame)?.proxy?.values ?? {};
}

/**
 * Seconds for which a proxy keeps an unused connection to a client
 * (docs.cloud.google.com/load-balancing/docs/https/request-distribution, read 2026-11-28).
 */
const KEEP_ALIVE_SECONDS = { global: 610, regional: 600 } as const;

/**
 * Kibibytes that the headers of a request may have. Google Cloud is said to take about 64; no page
 * that states it was found on 2026-11-28, nor one about how many headers there may be.
 */
const HEADERS_KIB = 64;

/** For what the preview adds to a request before the listener behind the cache has it. */
const ADDED_KIB = 16;

/** Envoy's own limit is 100, which the headers that the preview adds would count towards. */
const MOST_HEADERS = 1000;

function manager(name: string, proxy: Block, scope: RouteScope, filters: readonly Envoy[]): Envoy {
  const isFirst = !name.endsWith(originOf(""));
  const isRegional = scope.urlMap.type === "google_compute_region_url_map";
  const keepAlive = KEEP_ALIVE_SECONDS[isRegional ? "regional" : "global"];
  return extension(
    "envoy.filters.network.http_connection_manager",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      stat_prefix: name,
      ...(scope.origin ? {} : { via: "1.1 google" }),
      server_header_transformation: "PASS_THROUGH",
      generate_request_id: false,
      stream_idle_timeout: "0s",
      common_http_protocol_options: {
        idle_timeout: seconds(numberOf(proxy.http_keep_alive_timeout_sec) ?? keepAlive),
        max_headers_count: MOST_HEADERS,
      },
      max_request_headers_kb: isFirst ? HEADERS_KIB : HEADERS_KIB + ADDED_KIB,
      // Clients may speak HTTP/1.0 (docs.cloud.google.com/load-balancing/docs/https/request-distribution,
      // read 2026-11-28).
      http_protocol_options: { accept_http_10: true },
      http2_protocol_options: { allow_connect: true },
      upgrade_configs: [{ upgrade_type: "websocket" }],
      original_ip_detection_extensions: [CLIENT_ADDRESS],
      route_config: routeConfiguration(scope),
      http_filters: [
        ...filters,
        extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {
          suppress_envoy_headers: true,
        }),
      ],
      ...(isFirst ? { access_log: [ACCESS_LOG] } : {}),
    },
  );
}

const CLIENT_ADDRESS = extension(
  "client address",
  "envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig",
  { header_name: CLIENT.ip, allow_extension_to_set_address_as_trusted: true },
);

/** In the order in which the load balancer applies its features to a request. */
function behindCache(topology: Topology, caches: Parameters<typeof cacheModes>[0]): Envoy[] {
  const hasErrorBodies = topology.document.ofType("google_compute_backend_bucket").length > 0;
  return [
    ...cacheModes(caches),
    extension("envoy.filters.http.cors", "envoy.extensions.filters.http.cors.v3.Cors"),
    ...(hasErrorBodies ? [ERROR_FILTER] : []),
    ...armorChain(topology, "backend"),
    extension("envoy.filters.http.fault", "envoy.extensions.filters.http.fault.v3.HTTPFault"),
  ];
}

/** A line of JSON on stdout for each request. */
const ACCESS_LOG = extension(
  "envoy.access_loggers.stdout",
  "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
  {
    log_format: {
      json_format: {
        time: "%START_TIME%",
        method: "%REQ(:method)%",
        scheme: "%REQ(x-forwarded-proto)%",
        host: "%REQ(:authority)%",
        path: "%REQ(:path)%",
        status: "%RESPONSE_CODE%",
        milliseconds: "%DURATION%",
        details: "%RESPONSE_CODE_DETAILS%",
        ...Object.fromEntries(Object.entries(ANSWER).map(([field, [header]]) => [field, `%RESP(${header})%`])),
      },
    },
  },
);

const TLS_INSPECTOR = extension(
  "envoy.filters.listener.tls_inspector",
  "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
);

const TLS_VERSIONS: Readonly<Record<string, string>> = { TLS_1_1: "TLSv1_1", TLS_1_2: "TLSv1_2", TLS_1_3: "TLSv1_3" };

function tls(topology: Topology, proxy: Block, { certificateFile, keyFile }: NonNullable<Running["certificate"]>) {
  const policy = topology.document.target(proxy.ssl_policy)?.values;
  const minimum = TLS_VERSIONS[textOf(policy?.min_tls_version) ?? ""] ?? "TLSv1_0";
  const type = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
  return {
    transport_socket: extension("envoy.transport_sockets.tls", type, {
      common_tls_context: {
        alpn_protocols: ["h2", "http/1.1"],
        tls_params: { tls_minimum_protocol_version: minimum },
        tls_certificates: [{ certificate_chain: { filename: certificateFile }, private_key: { filename: keyFile } }],
      },
    }),
  };
}
