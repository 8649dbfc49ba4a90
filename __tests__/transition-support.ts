import { factsOf } from "../lib/google/all-types";
import { EVERYTHING } from "../lib/google/resource-type";
import { contains, ipv4Range, overlap } from "../lib/language/ip-range";
import type { Resource, TerraformDocument } from "../lib/topology/document";
import { attributes } from "./support";
import { keptWhenLeftOut } from "./transition-kept";

/** What a change of the configuration does to the resources; construct paths without stack and `Resource`, sorted. */
export interface Transition {
  readonly added: string[];
  readonly removed: string[];
  /** In place. */
  readonly changed: string[];
  readonly replaced: string[];
}

/** Attributes whose change replaces a resource, besides `project`, of types that have no table (yet). */
const WITHOUT_TABLE: Readonly<Record<string, readonly string[] | typeof EVERYTHING>> = {
  // The build block forces replacement too, but the constructs ignore its changes: the name says what is built.
  docker_image: ["name", "platform", "pull_triggers", "triggers"],
  docker_registry_image: ["name", "triggers"],
  docker_tag: EVERYTHING,
  google_artifact_registry_repository: [
    "location",
    "repository_id",
    "format",
    "mode",
    "kms_key_name",
    "remote_repository_config",
  ],
  google_artifact_registry_repository_iam_member: EVERYTHING,
  google_binary_authorization_attestor: ["name"],
  google_binary_authorization_policy: [],
  google_certificate_manager_certificate: ["name", "location", "scope", "managed", "self_managed"],
  google_certificate_manager_certificate_map: ["name"],
  google_certificate_manager_certificate_map_entry: ["name", "map", "hostname", "matcher"],
  google_certificate_manager_dns_authorization: ["name", "domain", "type", "location"],
  google_cloud_run_v2_service: ["name", "location"],
  google_cloud_run_v2_service_iam_member: EVERYTHING,
  google_compute_address: [
    "name",
    "address",
    "address_type",
    "description",
    "ip_version",
    "network",
    "network_tier",
    "purpose",
    "region",
    "subnetwork",
  ],
  google_compute_backend_bucket: ["name"],
  google_compute_backend_bucket_signed_url_key: EVERYTHING,
  google_compute_backend_service: ["name"],
  google_compute_backend_service_signed_url_key: EVERYTHING,
  google_compute_firewall: ["name", "direction"],
  google_compute_forwarding_rule: [
    "name",
    "description",
    "ip_address",
    "ip_protocol",
    "ip_version",
    "load_balancing_scheme",
    "network",
    "network_tier",
    "port_range",
    "region",
    "subnetwork",
  ],
  google_compute_global_address: ["name", "address", "address_type", "description", "ip_version", "network", "purpose"],
  google_compute_global_forwarding_rule: [
    "name",
    "description",
    "ip_address",
    "ip_protocol",
    "ip_version",
    "load_balancing_scheme",
    "network_tier",
    "port_range",
  ],
  google_compute_health_check: ["name"],
  google_compute_network: ["name", "auto_create_subnetworks", "description"],
  google_compute_region_autoscaler: ["name", "region"],
  google_compute_region_instance_group_manager: [
    "name",
    "base_instance_name",
    "description",
    "distribution_policy_zones",
    "region",
  ],
  // Not its region: the provider looks for it in the new one.
  google_compute_region_backend_service: ["name", "load_balancing_scheme"],
  google_compute_region_health_check: ["name", "region"],
  google_compute_region_instance_template: EVERYTHING,
  google_compute_region_network_endpoint_group: EVERYTHING,
  google_compute_region_security_policy: ["name", "type", "region"],
  google_compute_region_ssl_policy: ["name", "description", "region"],
  google_compute_region_target_http_proxy: ["name", "description", "http_keep_alive_timeout_sec", "region"],
  google_compute_region_target_https_proxy: ["name", "description", "http_keep_alive_timeout_sec", "region"],
  // Not its region: the provider looks for it in the new one.
  google_compute_region_url_map: ["name"],
  google_compute_router: ["name", "network", "region"],
  google_compute_router_nat: ["name", "router", "region", "type", "endpoint_types", "initial_nat_ips"],
  google_compute_security_policy: ["name", "type"],
  google_compute_ssl_policy: ["name", "description"],
  // Its range too, unless it is extended: see `isMoved`.
  google_compute_subnetwork: ["name", "network", "description", "region"],
  google_compute_target_http_proxy: ["name", "description", "http_keep_alive_timeout_sec", "proxy_bind"],
  google_compute_target_https_proxy: [
    "name",
    "description",
    "http_keep_alive_timeout_sec",
    "proxy_bind",
    "tls_early_data",
  ],
  google_compute_target_ssl_proxy: ["name", "description"],
  google_compute_target_tcp_proxy: ["name", "description", "proxy_bind"],
  google_compute_url_map: ["name"],
  google_container_analysis_note: ["name"],
  google_container_analysis_note_iam_member: EVERYTHING,
  google_dns_managed_zone: ["name", "dns_name", "visibility"],
  google_dns_record_set: ["name", "type", "managed_zone"],
  google_iap_web_backend_service_iam_member: EVERYTHING,
  google_network_security_backend_authentication_config: ["name", "client_certificate", "trust_config"],
  google_project_iam_member: EVERYTHING,
  google_project_service: ["service"],
  google_service_account: ["account_id"],
  google_storage_bucket_iam_member: EVERYTHING,
};

const IDENTITIES_WITHOUT_TABLE = /^google_compute_(global_)?(address|forwarding_rule)$/;

/** Whether clients outside Terraform hold on to it. */
function isIdentity({ type }: Resource): boolean {
  return factsOf(type)?.isIdentity ?? IDENTITIES_WITHOUT_TABLE.test(type);
}

export function transition(before: TerraformDocument, after: TerraformDocument): Transition {
  const replaced = replacedIn(before, after);
  // A data source is read, not created.
  const labels = (resources: readonly Resource[]) =>
    resources
      .filter(({ isData }) => !isData)
      .map(label)
      .sort();
  return {
    added: labels(after.resources.filter(({ address }) => !before.at(address))),
    removed: labels(before.resources.filter(({ address }) => !after.at(address))),
    changed: labels(
      after.resources.filter(({ address }) => {
        const old = before.at(address);
        return old && !replaced.has(address) && differs(old, after.at(address)!, EVERYTHING);
      }),
    ),
    replaced: labels([...replaced].map((address) => after.at(address)!)),
  };
}

/** Why a change would not apply in one go, or would interrupt the service. */
export function obstacles(before: TerraformDocument, after: TerraformDocument): string[] {
  const replaced = replacedIn(before, after);
  const gone = before.resources.filter(({ address }) => !after.at(address));
  const found: string[] = [];
  const check = (document: TerraformDocument, resources: readonly Resource[], what: string) => {
    const first = createdFirst(document);
    for (const resource of resources) {
      const old = before.at(resource.address)!;
      const { prevent_destroy } = (old.values.lifecycle ?? {}) as { prevent_destroy?: boolean };
      if (prevent_destroy || old.values.deletion_protection) found.push(`${label(resource)} is protected, but ${what}`);
      const users = usersOf(document, resource.address).filter(({ address }) => after.at(address));
      if (!first.has(resource.address) && users.length > 0)
        found.push(`${label(resource)} is ${what} while ${label(users[0]!)} still refers to it`);
    }
  };
  check(before, gone, "removed");
  check(
    after,
    [...replaced].map((address) => after.at(address)!),
    "replaced",
  );
  for (const address of replaced) {
    const [old, now] = [before.at(address)!, after.at(address)!];
    if (isIdentity(now)) found.push(`${label(now)} is replaced, but clients hold on to it`);
    const sameName =
      nameOf(old) === nameOf(now) && !after.references(nameOf(now)).some((each) => replaced.has(each.address));
    if (sameName && createdFirst(after).has(address))
      found.push(`${label(now)} is created beside a predecessor of the same name`);
    const ranges = [old, now].map(({ values }) => ipv4Range(String(values.ip_cidr_range)));
    if (createdFirst(after).has(address) && ranges[0] && ranges[1] && overlap(ranges[0], ranges[1]))
      found.push(`${label(now)} is created beside a predecessor of overlapping range`);
  }
  for (const now of after.resources) {
    const old = replaced.has(now.address) ? undefined : before.at(now.address);
    for (const path of old ? keptWhenLeftOut(old, now) : [])
      found.push(`${label(now)} leaves out ${path}, which then stays as it was`);
  }
  for (const address of createdFirst(after)) {
    // A NAT holds on to its addresses by their ids, and nothing that changes replaces them.
    const ofNat = usersOf(after, address).some(({ type }) => type === "google_compute_router_nat");
    if (isIdentity(after.at(address)!) && !ofNat)
      found.push(`${label(after.at(address)!)} would be created beside its predecessor`);
  }
  return found;
}

/** Addresses of what Terraform creates before it destroys a predecessor: so marked, or used by what is. */
export function createdFirst(document: TerraformDocument): Set<string> {
  const marked = document.resources.filter(
    ({ values }) => (values.lifecycle as { create_before_destroy?: boolean } | undefined)?.create_before_destroy,
  );
  const found = new Set<string>();
  const pending = marked.map(({ address }) => address);
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (found.has(address)) continue;
    found.add(address);
    pending.push(...document.references(document.at(address)?.values).map((reference) => reference.address));
  }
  return found;
}

/** Addresses of the resources whose replacement is forced by their own attributes, or by a forced one that refers to such a resource. */
function replacedIn(before: TerraformDocument, after: TerraformDocument): Set<string> {
  const replaced = new Set<string>();
  const isReplaced = (resource: Resource) => {
    const old = before.at(resource.address);
    if (!old || resource.isData) return false;
    const forced = forceNew(resource.type);
    if (differs(old, resource, forced) || isMoved(old, resource)) return true;
    return Object.entries(attributes(resource)).some(
      ([name, value]) =>
        (forced === EVERYTHING || forced.includes(name)) &&
        after.references(value).some(({ address }) => replaced.has(address)),
    );
  };
  for (let size = -1; size < replaced.size; ) {
    size = replaced.size;
    for (const resource of after.resources) if (isReplaced(resource)) replaced.add(resource.address);
  }
  return replaced;
}

/** Whether a subnet loses addresses; one that only gains some is extended in place. */
function isMoved(before: Resource, after: Resource): boolean {
  const [old, now] = [before, after].map(({ values }) => ipv4Range(String(values.ip_cidr_range)));
  return old !== undefined && now !== undefined && !contains(now, old);
}

function forceNew(type: string): readonly string[] | typeof EVERYTHING {
  const forced = factsOf(type)?.replacedBy ?? WITHOUT_TABLE[type];
  if (!forced) throw new Error(`say in replacedBy of its table what replaces a ${type}`);
  return forced === EVERYTHING ? forced : [...forced, "project"];
}

function differs(before: Resource, after: Resource, names: readonly string[] | typeof EVERYTHING): boolean {
  const [old, now] = [attributes(before), attributes(after)];
  const compared = names === EVERYTHING ? [...new Set([...Object.keys(old), ...Object.keys(now)])] : names;
  return compared.some((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
}

function usersOf(document: TerraformDocument, address: string): Resource[] {
  return document.resources.filter(
    (resource) =>
      resource.address !== address &&
      document.references(resource.values).some((reference) => reference.address === address),
  );
}

/** What tells it from others of its type; a binding's is that of the service that it refers to. */
function nameOf({ values }: Resource): unknown {
  return values.name ?? values.target_image ?? values.account_id ?? values.repository_id ?? values.service;
}

function label(resource: Resource): string {
  return (resource.path ?? resource.address).replace(/^[^/]+\//, "").replace(/\/Resource$/, "");
}

/** Expects exactly these resources to be touched, what is left out being none, and nothing to stand in the way of one deploy. */
export function expectTransition(
  before: TerraformDocument,
  after: TerraformDocument,
  { added = [], removed = [], changed = [], replaced = [] }: Partial<Transition>,
): void {
  expect(transition(before, after)).toEqual({
    added: added.toSorted(),
    removed: removed.toSorted(),
    changed: changed.toSorted(),
    replaced: replaced.toSorted(),
  });
  expect(obstacles(before, after)).toEqual([]);
}
