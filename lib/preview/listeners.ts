import type { Block } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import type { Topology } from "../topology/topology";
import { numberOf, textOf } from "../topology/value";
import { armorChain } from "./armor";
import { COMPRESSORS, cacheChain } from "./cdn";
import { type Envoy, extension, loopback, seconds } from "./envoy";
import { ERROR_FILTER } from "./error-responses";
import { CLIENT } from "./headers";
import { type PreviewFrontend, previewFrontends, type Running } from "./plan";
import { routeConfiguration } from "./virtual-hosts";

/** A listener for each front end that runs. */
export function listeners(topology: Topology, running: Running): Envoy[] {
  const frontends = topology.once(previewFrontends).filter(({ name }) => name in running.listeners);
  const https = frontends.find(({ protocol }) => protocol === "https");
  const httpsPort = https && running.listeners[https.name];
  return frontends.map((frontend) => {
    const proxy = proxyOf(topology, frontend);
    return {
      name: frontend.name,
      address: loopback(running.listeners[frontend.name]!),
      filter_chains: [
        {
          filters: [connectionManager(topology, frontend, proxy, httpsPort)],
          ...(frontend.protocol === "https" && running.certificate ? tls(topology, proxy, running.certificate) : {}),
        },
      ],
    };
  });
}

function proxyOf(topology: Topology, { urlMap, protocol }: PreviewFrontend): Block {
  const isSame = (frontend: Frontend) =>
    frontend.urlMap?.address === urlMap && frontend.protocol?.toLowerCase() === protocol;
  return topology.frontends.find(isSame)?.proxy?.values ?? {};
}

/**
 * Seconds for which a proxy keeps an unused connection to a client
 * (docs.cloud.google.com/load-balancing/docs/https#timeout-keepalive-client, read 2026-11-28).
 */
const KEEP_ALIVE_SECONDS = 610;

function connectionManager(
  topology: Topology,
  { name, urlMap }: PreviewFrontend,
  proxy: Block,
  httpsPort: number | undefined,
): Envoy {
  const scope = { topology, urlMap: topology.document.at(urlMap)!, httpsPort };
  return extension(
    "envoy.filters.network.http_connection_manager",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      stat_prefix: name,
      via: "1.1 google",
      server_header_transformation: "PASS_THROUGH",
      generate_request_id: false,
      stream_idle_timeout: "0s",
      common_http_protocol_options: {
        idle_timeout: seconds(numberOf(proxy.http_keep_alive_timeout_sec) ?? KEEP_ALIVE_SECONDS),
      },
      upgrade_configs: [{ upgrade_type: "websocket" }],
      original_ip_detection_extensions: [CLIENT_ADDRESS],
      route_config: routeConfiguration(scope),
      http_filters: filters(topology),
      access_log: [ACCESS_LOG],
    },
  );
}

const CLIENT_ADDRESS = extension(
  "client address",
  "envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig",
  { header_name: CLIENT.ip, allow_extension_to_set_address_as_trusted: true },
);

/** In the order in which the load balancer applies its features to a request. */
function filters(topology: Topology): Envoy[] {
  const hasErrorBodies = topology.document.ofType("google_compute_backend_bucket").length > 0;
  return [
    ...armorChain(topology, "edge"),
    extension("envoy.filters.http.cors", "envoy.extensions.filters.http.cors.v3.Cors"),
    ...(hasErrorBodies ? [ERROR_FILTER] : []),
    ...COMPRESSORS,
    ...cacheChain(topology),
    ...armorChain(topology, "backend"),
    extension("envoy.filters.http.fault", "envoy.extensions.filters.http.fault.v3.HTTPFault"),
    extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {
      suppress_envoy_headers: true,
    }),
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
        frontend: "%FILTER_CHAIN_NAME%",
        method: "%REQ(:method)%",
        host: "%REQ(:authority)%",
        path: "%REQ(:path)%",
        status: "%RESPONSE_CODE%",
        milliseconds: "%DURATION%",
        route: "%ROUTE_NAME%",
        backend: "%UPSTREAM_CLUSTER%",
        upstream: "%UPSTREAM_METADATA(preview:id)%",
        details: "%RESPONSE_CODE_DETAILS%",
        armor: "%FILTER_STATE(envoy.extensions.filters.http.composite.matched_actions)%",
      },
    },
  },
);

const TLS_VERSIONS: Readonly<Record<string, string>> = { TLS_1_1: "TLSv1_1", TLS_1_2: "TLSv1_2", TLS_1_3: "TLSv1_3" };

function tls(topology: Topology, proxy: Block, { certificateFile, keyFile }: NonNullable<Running["certificate"]>) {
  const policy = topology.document.target(proxy.ssl_policy)?.values;
  const minimum = TLS_VERSIONS[textOf(policy?.min_tls_version) ?? ""] ?? "TLSv1_0";
  return {
    transport_socket: extension(
      "envoy.transport_sockets.tls",
      "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
      {
        common_tls_context: {
          alpn_protocols: ["h2", "http/1.1"],
          tls_params: { tls_minimum_protocol_version: minimum },
          tls_certificates: [{ certificate_chain: { filename: certificateFile }, private_key: { filename: keyFile } }],
        },
      },
    ),
  };
}
