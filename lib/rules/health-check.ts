import { api, unconfirmed } from "../google/source";
import { protocolOf } from "../topology/backends";
import { probedPort, probeOf, probesServingPort } from "../topology/health-checks";
import { readHealing, readServedChecks } from "../topology/instance-groups";
import { isSet } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");

/**
 * What a backend service speaks to its groups, before the checks that speak otherwise. TCP passes
 * on what clients speak.
 */
const MISMATCH = /^((HTTP|H2C) (https|http2|ssl)|(HTTPS|HTTP2|SSL) (http|grpc))_health_check$/;

/** Health checks, and who uses them. */
export const healthCheckRules: readonly Rule[] = [
  rule("health-check-regions-use", blocks("google_compute_health_check"), {
    title: "a health check with source_regions must not be used by backend services or instance groups",
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
    why: "A port that speaks only one of the two fails every probe, and no request is answered.",
    fix: "for HTTPS, HTTP2 and SSL use https_, http2_ or ssl_health_check, for HTTP and H2C http_ or grpc_, for all tcp_",
    source: compute("HealthCheck.type"),
    judge({ resource: { values }, backend, port }, blame) {
      const [protocol, kind = ""] = [protocolOf(backend), probeOf(values)?.kind];
      if (!MISMATCH.test(`${protocol} ${kind}`)) return;
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
      if (port === undefined || !probed?.isDefault || probed.port === port) return;
      const detail = `probes ${probed.port}, ${group.address} serves on ${port}`;
      blame(`${probeOf(resource.values)!.kind}.port`, undefined, detail);
    },
  }),
  rule("group-healing-check", (topology) => topology.once(readHealing), {
    title: "auto-healing must have a health check of its own",
    advice: true,
    why: "With the load balancer's check, which is quick, a short overload recreates the whole group.",
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
