import type { Backend } from "../../topology/backends";
import { blocksOf } from "../../topology/document";
import { probedPort, probesServingPort } from "../../topology/health-checks";
import { numberOf, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { protocolOf, serviceRule } from "./backend-rule";

const PROXIES = [
  "google_compute_target_tcp_proxy",
  "google_compute_target_ssl_proxy",
  "google_compute_region_target_tcp_proxy",
];
const HTTP_ONLY = ["custom_request_headers", "custom_response_headers", "compression_mode", "outlier_detection"];
/** Kinds that read what comes first on a connection; TCP checks only open it. */
const READERS = ["http", "https", "http2", "ssl", "grpc"].map((kind) => `${kind}_health_check`);

/** Proxy network load balancers: TCP and SSL proxies, and the backend services of streams behind them. */
export const streamProxyRules: readonly Rule[] = [
  serviceRule(
    {
      id: "backend-stream-http",
      title: "a backend service of protocol TCP or SSL has no settings of requests and answers",
      why: "A stream has neither headers nor status codes: headers, compression and outlier detection are rejected or do nothing.",
      fix: "take them away, or set protocol = HTTP behind an HTTP proxy",
      source: "Compute API v1, BackendService, from general knowledge of the settings' meaning, 2026-11",
    },
    (backend, blame) => {
      const protocol = protocolOf(backend);
      if (protocol !== "TCP" && protocol !== "SSL") return;
      for (const name of HTTP_ONLY) {
        const value = backend.resource.values[name];
        if (isSet(value) && value !== "DISABLED") blame(name, value, `protocol ${protocol}`);
      }
    },
  ),
  {
    id: "proxy-header-health-check",
    title: "a health check of a port that expects the PROXY protocol sends it too",
    severity: "warning",
    why: "With proxy_header = PROXY_V1 on the proxy, machines take the first line of a connection for the client's address: a health check without it fails everywhere. Not an error, because a machine may take both.",
    fix: "set proxy_header = PROXY_V1 in the health check, or check by TCP or another port",
    source: "haproxy.org, PROXY protocol specification, section 2, from general knowledge, 2026-11",
    check(topology, report) {
      for (const proxy of PROXIES.flatMap((type) => topology.document.ofType(type))) {
        if (proxy.values.proxy_header !== "PROXY_V1") continue;
        const backend = topology.backendOf(topology.document.target(proxy.values.backend_service));
        const checks = backend?.kind === "service" ? backend.resource.values.health_checks : undefined;
        const check = topology.document.target(Array.isArray(checks) ? checks[0] : checks);
        if (!backend || !check || check.isData) continue;
        for (const kind of READERS) {
          const [block] = blocksOf(check.values[kind]);
          if (!block || textOrDefault(block.proxy_header, "NONE") !== "NONE") continue;
          const port = probedPort(check.values)?.port;
          const serving =
            probesServingPort(check.values) || (port !== undefined && servingPorts(backend).includes(port));
          if (serving) report(check, `${kind}.proxy_header`, block.proxy_header, proxy.address);
        }
      }
    },
  },
];

/** The ports by which the groups of a backend service serve, as far as the document says. */
function servingPorts(backend: Backend): (number | undefined)[] {
  const name = textOf(backend.resource.values.port_name);
  return backend.groups.flatMap(({ resource }) =>
    blocksOf(resource?.values.named_port)
      .filter((port) => port.name === name)
      .map(({ port }) => numberOf(port)),
  );
}
