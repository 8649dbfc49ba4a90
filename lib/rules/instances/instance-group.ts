import { blocksOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, numberOf, textOf } from "../../topology/value";
import { protocolOf } from "../load-balancer/backend-rule";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { autoscalerRules } from "./autoscaler";
import { autoscalerLimits } from "./autoscaler-limits";
import { autoscalerLoadRules } from "./autoscaler-load";
import { HEALTH_CHECKS, healthCheckRules, probedPort, probesServingPort } from "./health-check";
import { instanceGroupLimits } from "./instance-group-limits";
import { groupsOf, type ManagedGroup } from "./instance-group-model";
import { groupRule, instanceGroupUpdateRules } from "./instance-group-update";
import { instanceTemplateRules } from "./instance-template";
import { instanceTemplateDiskRules } from "./instance-template-disks";
import { instanceTemplateLimits } from "./instance-template-limits";
import { instanceTemplateMetadataRules } from "./instance-template-metadata";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** The named ports of a group by name; undefined where they are not all known. */
function namedPorts(topology: Topology, { manager }: ManagedGroup): Map<string, number | undefined> | undefined {
  if (isComputed(manager.values, "named_port")) return undefined;
  const elsewhere = topology.referrers(manager.address);
  if (elsewhere.some(({ type }) => type === "google_compute_instance_group_named_port")) return undefined;
  const ports = new Map<string, number | undefined>();
  for (const { name, port } of blocksOf(manager.values.named_port)) {
    const known = textOf(name);
    if (known === undefined) return undefined;
    ports.set(known, numberOf(port));
  }
  return ports;
}

/** The name of the port that a proxy sends to; undefined where that is not known. */
function portName(backend: ManagedGroup["backends"][number]["backend"]): string | undefined {
  const name = backend.resource.values.port_name;
  if (isSet(name)) return textOf(name);
  return protocolOf(backend) === "HTTP" ? "http" : undefined;
}

/** What a backend service speaks to its groups. TCP passes on what clients speak. */
const SPEAKS_TLS: ReadonlyMap<string, boolean> = new Map([
  ["HTTP", false],
  ["H2C", false],
  ["HTTPS", true],
  ["HTTP2", true],
  ["SSL", true],
]);
const PLAIN_CHECKS = ["http_health_check", "grpc_health_check"];
const TLS_CHECKS = ["https_health_check", "http2_health_check", "ssl_health_check"];

const servingRules: readonly Rule[] = [
  {
    id: "group-health-check-tls",
    title: "a health check of the port that serves speaks TLS where the load balancer does, and only there",
    severity: "warning",
    why: "A port speaks TLS or it does not: the check fails on every instance, and no request is answered. Not an error, because a server may take both on one port.",
    fix: "check HTTPS, HTTP2 and SSL by https_, http2_ or ssl_health_check, HTTP and H2C by http_ or grpc_health_check; tcp_health_check suits all",
    source: `${api("HealthCheck.type")}; which of them speak TLS from general knowledge`,
    check(topology, report) {
      for (const group of groupsOf(topology)) {
        const ports = group.backends.length > 0 ? namedPorts(topology, group) : undefined;
        if (!ports) continue;
        for (const { backend } of group.backends) {
          const checks = backend.resource.values.health_checks;
          const check = topology.document.target(Array.isArray(checks) ? checks[0] : checks);
          const tls = SPEAKS_TLS.get(protocolOf(backend) ?? "");
          if (!check || check.isData || tls === undefined) continue;
          const wrong = (tls ? PLAIN_CHECKS : TLS_CHECKS).find((kind) => isSet(check.values[kind]));
          const probed = probedPort(check.values)?.port;
          const isServing = probed !== undefined && probed === ports.get(portName(backend) ?? "");
          if (wrong && (isServing || probesServingPort(check.values)))
            report(check, wrong, undefined, `${backend.resource.address} speaks ${protocolOf(backend)}`);
        }
      }
    },
  },
  {
    id: "group-health-check-port",
    title: "the health check of a group's backend service probes the port that serves",
    severity: "warning",
    why: "Without port and port_specification it probes its default port, 80 or 443, where the instances may not listen. Not an error, because they may listen there too.",
    fix: 'set port_specification = "USE_SERVING_PORT", or port',
    source: api("HTTPHealthCheck.port"),
    check(topology, report) {
      for (const group of groupsOf(topology)) {
        const ports = group.backends.length > 0 ? namedPorts(topology, group) : undefined;
        if (!ports) continue;
        for (const { backend } of group.backends) {
          const serving = ports.get(portName(backend) ?? "");
          const checks = backend.resource.values.health_checks;
          const check = topology.document.target(Array.isArray(checks) ? checks[0] : checks);
          const probed = check && !check.isData ? probedPort(check.values) : undefined;
          if (serving !== undefined && probed?.isDefault && probed.port !== serving)
            report(check!, "port", undefined, `probes ${probed.port}, ${group.manager.address} serves on ${serving}`);
        }
      }
    },
  },
  resourceRule(
    {
      id: "health-check-regions-use",
      title: "a health check from chosen regions is not used by backend services or instance groups",
      why: "The API rejects it there.",
      fix: "take source_regions away",
      source: api("HealthCheck.sourceRegions"),
    },
    HEALTH_CHECKS,
    (check, blame, topology) => {
      if (!isSet(check.values.source_regions)) return;
      const user = topology
        .referrers(check.address)
        .find(({ type }) => /backend_service$|instance_group_manager$/.test(type));
      if (user) blame("source_regions", check.values.source_regions, `used by ${user.address}`);
    },
  ),
  {
    id: "group-healing-check",
    title: "auto-healing has a health check of its own",
    severity: "warning",
    why: "The load balancer's check should be quick to stop traffic, the healing one slow to recreate an instance: with one for both, a short overload recreates the whole group. Not an error, because it works.",
    fix: "make a second health check with a longer interval and a higher unhealthy_threshold",
    source:
      "docs.cloud.google.com/compute/docs/instance-groups/autohealing-instances-in-migs, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { manager, check } of healing(topology)) {
        const user = topology.referrers(check.address).find(({ type }) => /backend_service$/.test(type));
        if (user) report(manager, "auto_healing_policies.health_check", check.address, `also ${user.address}`);
      }
    },
  },
  {
    id: "group-healing-port",
    title: "an auto-healing health check names its port",
    severity: "warning",
    why: "USE_SERVING_PORT asks the backend service for the port, which auto-healing has none of. Not an error, because it was not tried.",
    fix: "set port on the health check",
    source: api("HTTPHealthCheck.portSpecification"),
    check(topology, report) {
      for (const { manager, check } of healing(topology)) {
        if (probesServingPort(check.values)) report(manager, "auto_healing_policies.health_check", check.address);
      }
    },
  },
  groupRule(
    {
      id: "group-update-readiness",
      title: "a group behind a load balancer that replaces its instances by itself has a health check of its own",
      severity: "warning",
      why: "Without one a new instance counts as ready when it has booted, and the old ones go: for the time that the container takes to start, capacity is missing. Not an error, because the instances may serve at once.",
      fix: "set auto_healing_policies with a health check that says when an instance is ready",
      source: api("ManagedInstance.currentAction (VERIFYING)"),
    },
    ({ manager, update, backends }, blame) => {
      const name = "auto_healing_policies";
      if (backends.length === 0 || textOf(update?.type) !== "PROACTIVE" || isComputed(manager.values, name)) return;
      if (!isSet(manager.values[name])) blame(name, undefined);
    },
  ),
  {
    id: "group-template-region",
    title: "a regional instance template is of the region of its group",
    severity: "error",
    why: "The API rejects a template of another region.",
    fix: "make a template in the group's region, or use google_compute_instance_template",
    source: "Compute API v1, InstanceGroupManagerVersion.instanceTemplate, read 2026-11-22",
    check(topology, report) {
      for (const { manager, templates, region } of groupsOf(topology)) {
        for (const template of templates) {
          const own = template.type === "google_compute_region_instance_template" && textOf(template.values.region);
          if (own && region !== undefined && own !== region)
            report(manager, "version.instance_template", template.address, `${own}, the group is in ${region}`);
        }
      }
    },
  },
  groupRule(
    {
      id: "group-empty",
      title: "a group without an autoscaler has a target size",
      severity: "warning",
      why: "The default is no instance at all. Not an error, because an autoscaler of another stack may fill it.",
      fix: "add a google_compute_region_autoscaler, or set target_size",
      source: "provider documentation of google_compute_region_instance_group_manager 7.45.0, target_size",
    },
    ({ manager, autoscaler }, blame) => {
      if (!autoscaler && !isSet(manager.values.target_size)) blame("target_size", undefined);
    },
  ),
];

/** Groups that heal themselves, with the health check of this document. */
function healing(topology: Topology): { manager: Resource; check: Resource }[] {
  return groupsOf(topology).flatMap(({ manager }) =>
    blocksOf(manager.values.auto_healing_policies).flatMap((policy) => {
      const check = topology.document.target(policy.health_check);
      return check && !check.isData ? [{ manager, check }] : [];
    }),
  );
}

/** Instance groups: templates, health checks, updates, autoscalers, and what a load balancer needs of them. */
export const instanceGroupRules: readonly Rule[] = [
  ...instanceTemplateLimits,
  ...instanceTemplateRules,
  ...instanceTemplateDiskRules,
  ...instanceTemplateMetadataRules,
  ...healthCheckRules,
  ...instanceGroupLimits,
  ...autoscalerLimits,
  ...instanceGroupUpdateRules,
  ...servingRules,
  ...autoscalerRules,
  ...autoscalerLoadRules,
];
