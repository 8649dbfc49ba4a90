import { api, unconfirmed } from "../google/source";
import type { Backend } from "../topology/backends";
import { protocolOf } from "../topology/backends";
import type { Resource } from "../topology/document";
import { probedPort, probeOf, probesServingPort } from "../topology/health-checks";
import { namedPorts, readHealing, readInstanceGroups } from "../topology/instance-groups";
import type { Topology } from "../topology/topology";
import { isSet, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");

/** What a backend service speaks to its groups, and which checks speak otherwise. TCP passes on what clients speak. */
const PLAIN = { protocols: ["HTTP", "H2C"], wrong: ["https_health_check", "http2_health_check", "ssl_health_check"] };
const TLS = { protocols: ["HTTPS", "HTTP2", "SSL"], wrong: ["http_health_check", "grpc_health_check"] };

/** Health checks, and who uses them. */
export const healthCheckRules: readonly Rule[] = [
  rule("health-check-regions-use", blocks("google_compute_health_check"), {
    title: "a health check with source_regions must not be used by backend services or instance groups",
    why: "The API rejects it there.",
    fix: "remove source_regions",
    source: compute("HealthCheck.sourceRegions"),
    judge({ resource, block }, blame, topology) {
      if (!isSet(block.source_regions)) return;
      const users = topology.referrers(resource.address);
      const user = users.find(({ type }) => /backend_service$|instance_group_manager$/.test(type));
      if (user) blame("source_regions", block.source_regions, `used by ${user.address}`);
    },
  }),
  rule("health-check-tls", (topology) => topology.once(readServedChecks), {
    title: "a health check of the serving port must speak TLS where the load balancer does, and only there",
    advice: true,
    why: "A port that speaks only one of the two fails every probe, and no request is answered. Some servers take both.",
    fix: "check HTTPS, HTTP2 and SSL by https_, http2_ or ssl_health_check, HTTP and H2C by http_ or grpc_health_check; tcp_health_check suits all",
    source: compute("HealthCheck.type"),
    judge({ resource: { values }, backend, port }, blame) {
      const protocol = protocolOf(backend) ?? "";
      const kind = probeOf(values)?.kind ?? "";
      if (![PLAIN, TLS].some(({ protocols, wrong }) => protocols.includes(protocol) && wrong.includes(kind))) return;
      const probed = probedPort(values)?.port;
      if (probesServingPort(values) || (probed !== undefined && probed === port))
        blame(kind, undefined, `${backend.resource.address} speaks ${protocol}`);
    },
  }),
  rule("health-check-default-port", (topology) => topology.once(readServedChecks), {
    title: "the health check of a backend service must probe the port that serves",
    advice: true,
    why: "Without port and port_specification it probes its default port, 80 or 443, where the instances may not listen.",
    fix: 'set port_specification = "USE_SERVING_PORT", or port',
    source: compute("HTTPHealthCheck.port"),
    judge({ resource, group, port }, blame) {
      const probed = probedPort(resource.values);
      if (port !== undefined && probed?.isDefault && probed.port !== port)
        blame(
          `${probeOf(resource.values)!.kind}.port`,
          undefined,
          `probes ${probed.port}, ${group.address} serves on ${port}`,
        );
    },
  }),
  rule("group-healing-check", (topology) => topology.once(readHealing), {
    title: "auto-healing must have a health check of its own",
    advice: true,
    why: "The load balancer's check should stop traffic quickly, the healing one recreate instances slowly: with one for both, a short overload recreates the whole group.",
    fix: "make a second health check with a longer interval and a higher unhealthy_threshold",
    source: unconfirmed("docs.cloud.google.com/compute/docs/instance-groups/autohealing-instances-in-migs"),
    judge({ check }, blame, topology) {
      const user = topology.referrers(check.address).find(({ type }) => /backend_service$/.test(type));
      if (user) blame("auto_healing_policies.health_check", check.address, `also ${user.address}`);
    },
  }),
  rule("group-healing-port", (topology) => topology.once(readHealing), {
    title: "an auto-healing health check must name its port",
    why: "USE_SERVING_PORT takes the port from a backend service, of which auto-healing knows none.",
    fix: "set port on the health check",
    source: unconfirmed("Compute API v1, HTTPHealthCheck.portSpecification"),
    judge({ check }, blame) {
      if (probesServingPort(check.values)) blame("auto_healing_policies.health_check", check.address);
    },
  }),
];

interface ServedCheck {
  /** The health check. */
  readonly resource: Resource;
  readonly backend: Backend;
  /** The group manager. */
  readonly group: Resource;
  /** The port that requests go to; undefined where it is not known. */
  readonly port?: number;
}

/** Health checks of backend services with instance groups: each once for a service and a port. */
function readServedChecks(topology: Topology): readonly ServedCheck[] {
  const checks = new Map<string, ServedCheck>();
  for (const group of topology.once(readInstanceGroups)) {
    const ports = group.backends.length > 0 ? namedPorts(topology, group) : undefined;
    if (!ports) continue;
    for (const { backend } of group.backends) {
      const { health_checks: listed, port_name: name } = backend.resource.values;
      const check = topology.document.target(Array.isArray(listed) ? listed[0] : listed);
      if (!check || check.isData) continue;
      const port = ports.get((name ? textOf(name) : protocolOf(backend) === "HTTP" ? "http" : undefined) ?? "");
      const served = { resource: check, backend, group: group.resource, port };
      const key = `${check.address} ${backend.resource.address} ${port}`;
      if (!checks.has(key)) checks.set(key, served);
    }
  }
  return [...checks.values()];
}
