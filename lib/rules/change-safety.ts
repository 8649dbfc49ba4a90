import { blockOf, blocksOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, numberOf, textOf, textsOf } from "../topology/value";
import { changeDriftRules } from "./change-drift";
import type { OldRule as Rule } from "./old-rule";

const MEASURED = "measured with Terraform 1.11.4 and hashicorp/google 6.50.0, 2026-10";
const CERTIFICATES = "Certificate Manager API v1, Certificate.managed.domains (immutable), read 2026-11-22";

/** What may stand between a request and its answer, and what refers to it there. */
const REPLACEABLE = [
  "google_compute_region_network_endpoint_group",
  "google_compute_backend_service",
  "google_compute_region_backend_service",
  "google_compute_backend_bucket",
  "google_compute_url_map",
  "google_compute_region_url_map",
  "google_compute_target_http_proxy",
  "google_compute_target_https_proxy",
  "google_compute_region_target_http_proxy",
  "google_compute_region_target_https_proxy",
  "google_compute_ssl_policy",
  "google_compute_region_ssl_policy",
  "google_compute_security_policy",
  "google_compute_region_security_policy",
  "google_compute_health_check",
  "google_compute_region_health_check",
  "google_compute_instance_template",
  "google_compute_region_instance_template",
  "google_compute_managed_ssl_certificate",
  "google_compute_ssl_certificate",
  "google_certificate_manager_certificate",
  "google_certificate_manager_dns_authorization",
];

const FORWARDING_RULES = ["google_compute_global_forwarding_rule", "google_compute_forwarding_rule"];
const ADDRESSES = ["google_compute_global_address", "google_compute_address"];

/** Whether someone has said that the environment may not be destroyed at once. */
function isProtected(topology: Topology): boolean {
  return topology.document
    .ofType("google_cloud_run_v2_service")
    .some((service) => booleanOf(service.values.deletion_protection) === true);
}

/** Changes that would fail half-way through an apply, or leave requests without an answer. */
export const changeSafetyRules: readonly Rule[] = [
  {
    id: "change-create-before-destroy",
    title: "what another resource of the request path refers to is created before its predecessor is destroyed",
    severity: "warning",
    why: "Removing or replacing it fails with 400 resourceInUseByAnotherResource, because Terraform destroys it before it changes what refers to it. Not an error, because the first apply works; it has to be applied before the removal.",
    fix: "set lifecycle.create_before_destroy, under a name that changes with what forces replacement",
    source: MEASURED,
    check(topology, report) {
      for (const type of REPLACEABLE) {
        for (const resource of topology.document.ofType(type)) {
          if (topology.createdBeforeDestroy.has(resource.address)) continue;
          const referrer = topology
            .referrers(resource.address)
            .find((each) => !each.isData && /^google_(compute|certificate_manager)_/.test(each.type));
          if (referrer)
            report(resource, "lifecycle.create_before_destroy", undefined, `${referrer.address} refers to it`);
        }
      }
    },
  },
  {
    id: "change-identity-replaced",
    title: "addresses and forwarding rules are not created before their predecessor is destroyed",
    severity: "error",
    why: "Two forwarding rules cannot hold one address and port, and two addresses cannot have one name: replacing it fails with 409.",
    fix: "take create_before_destroy off it and off what depends on it",
    source: MEASURED,
    check(topology, report) {
      for (const type of [...FORWARDING_RULES, ...ADDRESSES]) {
        for (const resource of topology.document.ofType(type)) {
          // The provider asks for it on the addresses of a NAT, which nothing else can hold on to.
          if (topology.referrers(resource.address).some(({ type: user }) => user === "google_compute_router_nat"))
            continue;
          const own = booleanOf(blockOf(resource.values.lifecycle)?.create_before_destroy) === true;
          const inherited = FORWARDING_RULES.includes(type) && topology.createdBeforeDestroy.has(resource.address);
          if (own || inherited) report(resource, "lifecycle.create_before_destroy", own);
        }
      }
    },
  },
  {
    id: "change-address-reserved",
    title: "a global forwarding rule has a reserved address",
    severity: "warning",
    why: "Without ip_address Google assigns one that goes with the rule: every replacement changes the address that DNS and clients hold on to.",
    fix: "reserve a google_compute_global_address and set ip_address to it",
    source: "Compute API v1, ForwardingRule.IPAddress, read 2026-11-22",
    check(topology, report) {
      for (const { rule, isGlobal } of topology.frontends) {
        if (isGlobal && rule.values.ip_address === undefined) report(rule, "ip_address", undefined);
      }
    },
  },
  {
    id: "change-address-protected",
    title: "where services are protected from deletion, the addresses of external forwarding rules are too",
    severity: "warning",
    why: "An address that is destroyed is lost, and with it every DNS record and client that holds on to it.",
    fix: "set lifecycle.prevent_destroy on the address",
    source: MEASURED,
    check(topology, report) {
      if (!isProtected(topology)) return;
      const used = new Set(
        topology.frontends.flatMap(({ address, isGlobal, scheme }) =>
          address && !address.isData && (isGlobal || scheme?.startsWith("EXTERNAL")) ? [address] : [],
        ),
      );
      for (const address of used) {
        const prevent = blockOf(address.values.lifecycle)?.prevent_destroy;
        if (isKnown(prevent) && booleanOf(prevent) !== true) report(address, "lifecycle.prevent_destroy", prevent);
      }
    },
  },
  {
    id: "change-certificate-per-domain",
    title: "a managed certificate is for one domain",
    severity: "warning",
    why: "Its domains cannot be changed: adding one replaces the certificate, and all of its domains are without until the new one has been issued. Not an error, because nothing is wrong until then.",
    fix: "make one certificate, DNS authorization and map entry per domain",
    source: CERTIFICATES,
    check(topology, report) {
      for (const type of ["google_certificate_manager_certificate", "google_compute_managed_ssl_certificate"]) {
        for (const certificate of topology.document.ofType(type)) {
          const domains = textsOf(blockOf(certificate.values.managed)?.domains);
          const bases = new Set(domains.map((domain) => domain.replace(/^\*\./, "")));
          if (bases.size > 1) report(certificate, "managed.domains", domains);
        }
      }
    },
  },
  {
    id: "change-proxy-waits-for-entries",
    title: "an HTTPS proxy depends on the entries of its certificate map",
    severity: "warning",
    why: "Nothing else makes Terraform create the entries first: for a while the proxy refuses every handshake. On destroy the map cannot go while entries are in use.",
    fix: "add the map entries to depends_on of the proxy",
    source: MEASURED,
    check(topology, report) {
      const { document } = topology;
      const entries = new Map<string, Resource[]>();
      for (const entry of document.ofType("google_certificate_manager_certificate_map_entry")) {
        const map = document.target(entry.values.map);
        if (map) entries.set(map.address, [...(entries.get(map.address) ?? []), entry]);
      }
      for (const proxy of document.ofType("google_compute_target_https_proxy")) {
        const maps = document.references(proxy.values.certificate_map).map((reference) => reference.address);
        const missing = maps
          .flatMap((map) => entries.get(map) ?? [])
          .filter((entry) => !topology.dependencies(proxy).has(entry.address));
        if (missing.length > 0)
          report(
            proxy,
            "depends_on",
            missing.map((entry) => entry.address),
          );
      }
    },
  },
  {
    id: "change-neg-waits-for-invoker",
    title: "a serverless NEG depends on the invoker bindings of its service",
    severity: "warning",
    why: "Without that edge the load balancer may reach a new region before its binding exists, and an old one after its binding has gone: clients get 403 for a while.",
    fix: "add the bindings to depends_on of the NEG",
    source: MEASURED,
    check(topology, report) {
      for (const target of topology.cloudRunTargets) {
        if (target.invokerCheckDisabled) continue;
        for (const neg of target.negs) {
          const missing = target.invokerBindings.filter((binding) => !topology.dependsOn(neg, binding.address));
          if (missing.length > 0)
            report(
              neg,
              "depends_on",
              missing.map((binding) => binding.address),
            );
        }
      }
    },
  },
  {
    id: "change-scheme-explicit",
    title: "global forwarding rules say their load_balancing_scheme",
    severity: "warning",
    why: "The provider's default, the classic EXTERNAL, changes in 8.0, and with it what the load balancer can do.",
    fix: 'set load_balancing_scheme, to "EXTERNAL_MANAGED" for the global external Application Load Balancer',
    source: "hashicorp/google upgrade guide to 8.0, read 2026-11-22",
    check(topology, report) {
      for (const type of ["google_compute_global_forwarding_rule"]) {
        for (const resource of topology.document.ofType(type)) {
          if (resource.values.load_balancing_scheme === undefined) report(resource, "load_balancing_scheme", undefined);
        }
      }
    },
  },
  {
    id: "change-deletion-protection-explicit",
    title: "Cloud Run services, jobs and worker pools say whether they are protected from deletion",
    severity: "warning",
    why: "deletion_protection is true by default: a destroy, or the removal of a region, fails half-way.",
    fix: "set deletion_protection to false where the environment must be destroyable, to true where it must not",
    source: "provider documentation of google_cloud_run_v2_service 7.45.0",
    check(topology, report) {
      for (const kind of ["service", "job", "worker_pool"]) {
        for (const resource of topology.document.ofType(`google_cloud_run_v2_${kind}`)) {
          if (resource.values.deletion_protection === undefined) report(resource, "deletion_protection", undefined);
        }
      }
    },
  },
  {
    id: "change-api-stays-enabled",
    title: "an enabled API is not disabled on destroy",
    severity: "warning",
    why: "disable_on_destroy is true by default before provider 7.0: destroying the stack takes the API from everything else in the project.",
    fix: "set disable_on_destroy = false",
    source: "provider documentation of google_project_service 7.45.0",
    check(topology, report) {
      for (const service of topology.document.ofType("google_project_service")) {
        const disable = service.values.disable_on_destroy;
        if (isKnown(disable) && booleanOf(disable) !== false) report(service, "disable_on_destroy", disable);
      }
    },
  },
  {
    id: "change-group-keeps-capacity",
    title: "a rolling update of a regional instance group never goes below capacity",
    severity: "warning",
    why: "Instances are taken away before their successors serve; with max_unavailable of the group's size, all at once.",
    fix: "set max_unavailable_fixed to 0 and max_surge_fixed to at least the number of zones",
    source: MEASURED,
    check(topology, report) {
      for (const group of topology.document.ofType("google_compute_region_instance_group_manager")) {
        for (const policy of blocksOf(group.values.update_policy)) {
          if (textOf(policy.type) !== "PROACTIVE") continue;
          const unavailable = numberOf(policy.max_unavailable_fixed);
          if (unavailable !== undefined && unavailable > 0)
            report(group, "update_policy.max_unavailable_fixed", unavailable);
        }
      }
    },
  },
  ...changeDriftRules,
];
