import { isExpression, referencesIn, soleReference } from "../../language/reference";
import type { Resource } from "../../topology/document";
import { type Grant, iamOf } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { textOf } from "../../topology/value";

const SERVICE = "google_cloud_run_v2_service";
const PUBLIC = ["allUsers", "allAuthenticatedUsers"];
const MAY_INVOKE = /^roles\/(run\.(invoker|admin|servicesInvoker|sourceDeveloper)|owner|editor)$/;

/** The Cloud Run service whose own address (`.uri`, `.urls`) a URL is made of. */
export function serviceIn(topology: Topology, url: unknown): Resource | undefined {
  for (const { address, attribute } of referencesIn(url)) {
    const service = topology.document.at(address);
    if (service?.type === SERVICE && !service.isData && /^(uri|urls)\b/.test(attribute)) return service;
  }
  return undefined;
}

interface Invokers {
  /** Grants on one service, by its address, or by its name where that is a literal. */
  readonly byService: ReadonlyMap<string, readonly Grant[]>;
  /** Grants on projects and above, and on services that are not known. */
  readonly general: readonly Grant[];
}

const CACHE = new WeakMap<Topology, Invokers>();

function readInvokers(topology: Topology): Invokers {
  const known = CACHE.get(topology);
  if (known) return known;
  const byService = new Map<string, Grant[]>();
  const general: Grant[] = [];
  for (const grant of iamOf(topology).grants) {
    const { family, role, iam } = grant;
    if (role !== undefined && !MAY_INVOKE.test(role) && !role.includes("/roles/")) continue;
    if (/^google_(project|folder|organization)$/.test(family)) general.push(grant);
    if (family !== "google_cloud_run_v2_service" && family !== "google_cloud_run_service") continue;
    const on = iam.resource.values.name ?? iam.resource.values.service;
    const key = topology.document.target(on)?.address ?? textOf(on);
    if (key === undefined) general.push(grant);
    else byService.set(key, [...(byService.get(key) ?? []), grant]);
  }
  const invokers = { byService, general };
  CACHE.set(topology, invokers);
  return invokers;
}

/** Who may call a service, by all grants that this document has on it, its project and above. */
function invokers(topology: Topology, service: Resource): readonly Grant[] {
  const { byService, general } = readInvokers(topology);
  const own = byService.get(service.address) ?? [];
  const named = byService.get(textOf(service.values.name) ?? "") ?? [];
  return own.length + named.length === 0 ? general : [...own, ...named, ...general];
}

/** Whether anyone may call a service; undefined where that is not known. */
export function isPublicService(topology: Topology, service: Resource): boolean | undefined {
  const check = service.values.invoker_iam_disabled;
  if (check === true || check === "true") return true;
  if (isExpression(check)) return undefined;
  const grants = invokers(topology, service);
  if (grants.some(({ member }) => PUBLIC.includes(member))) return true;
  return grants.some(({ member }) => soleReference(member) && !topology.document.target(member)) ? undefined : false;
}

/** Whether an account is among those that may call a service, as far as this document says; true where it may be. */
export function mayInvoke(topology: Topology, service: Resource, email: unknown): boolean {
  if (isPublicService(topology, service) !== false) return true;
  const account = topology.document.target(email);
  if (!account && isExpression(email)) return true;
  return invokers(topology, service).some(({ member }) => {
    const references = topology.document.references(member);
    if (account && references.some(({ address }) => address === account.address)) return true;
    if (references.length === 0 && isExpression(member)) return true;
    const literal = textOf(email) ?? textOf(account?.values.email);
    return literal !== undefined && member === `serviceAccount:${literal}`;
  });
}
