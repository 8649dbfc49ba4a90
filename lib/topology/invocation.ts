import { isExpression, referencesIn } from "../language/reference";
import { blockOf, type Resource } from "./document";
import { append } from "./group-by";
import { type Grant, iamOf, PUBLIC } from "./iam";
import { nestedPlaces } from "./place";
import type { Topology } from "./topology";
import { booleanOf, isUnset, textOf } from "./value";

const SERVICE = "google_cloud_run_v2_service";
const JOB = "google_cloud_run_v2_job";
const MAY_EXECUTE =
  /^roles\/(run\.(invoker|admin|developer|jobsExecutor|jobsExecutorWithOverrides|sourceDeveloper)|owner|editor)$/;
const MAY_INVOKE = /^roles\/(run\.(invoker|admin|servicesInvoker|sourceDeveloper)|owner|editor)$/;

/** A call of a Cloud Run service of this document, by something that Google runs. */
export interface Call {
  /** The subscription, job or trigger. */
  readonly resource: Resource;
  readonly service: Resource;
  /** Path of the account that the call's token is for, or of the block for it. */
  readonly accountAt: string;
  /** The account; undefined where there surely is none. */
  readonly email?: unknown;
}

/**
 * Calls of Cloud Run services by push subscriptions, Cloud Scheduler jobs and Eventarc triggers.
 */
export function callsOf(topology: Topology): readonly Call[] {
  return topology.once(readCalls);
}

function readCalls(topology: Topology): Call[] {
  return [
    ...httpCalls(topology, "google_pubsub_subscription", "push_config", "push_endpoint"),
    ...httpCalls(topology, "google_cloud_scheduler_job", "http_target", "uri"),
    ...topology.places("google_eventarc_trigger", "destination.cloud_run_service").flatMap(({ resource, block }) => {
      const service = topology.document.target(block.service);
      if (service?.type !== SERVICE || service.isData || isUnset(resource.values, "service_account")) return [];
      return [{ resource, service, accountAt: "service_account", email: resource.values.service_account }];
    }),
  ];
}

function httpCalls(topology: Topology, type: string, name: string, url: string): Call[] {
  return nestedPlaces(topology.places(type), name).flatMap(({ resource, block }) => {
    const service = serviceIn(topology, block[url]);
    const hasNone = isUnset(block, "oidc_token");
    const email = blockOf(block.oidc_token)?.service_account_email;
    if (!service || (email === undefined && !hasNone)) return [];
    const accountAt = `${name}.oidc_token${hasNone ? "" : ".service_account_email"}`;
    return [{ resource, service, accountAt, email }];
  });
}

/** The Cloud Run service whose own address (`.uri`, `.urls`) a URL is made of. */
export function serviceIn(topology: Topology, url: unknown): Resource | undefined {
  for (const { address, attribute } of referencesIn(url)) {
    const service = topology.document.at(address);
    if (service?.type === SERVICE && !service.isData && /^(uri|urls)\b/.test(attribute)) return service;
  }
  return undefined;
}

/** An execution of a Cloud Run job of this document, started by Cloud Scheduler. */
export interface Start extends Omit<Call, "service"> {
  readonly job: Resource;
}

/** Cloud Scheduler jobs that start Cloud Run jobs by the Admin API. */
export function startsOf(topology: Topology): readonly Start[] {
  return nestedPlaces(topology.places("google_cloud_scheduler_job"), "http_target").flatMap(({ resource, block }) => {
    const job = referencesIn(block.uri)
      .map(({ address }) => topology.document.at(address))
      .find((each) => each?.type === JOB && !each.isData);
    const hasNone = isUnset(block, "oauth_token");
    const email = blockOf(block.oauth_token)?.service_account_email;
    if (!job || !/:run$/.test(String(block.uri)) || (email === undefined && !hasNone)) return [];
    const accountAt = `http_target.oauth_token${hasNone ? "" : ".service_account_email"}`;
    return [{ resource, job, accountAt, email }];
  });
}

interface Invokers {
  /** Grants on one service or job, by its address, or by its name where that is a literal. */
  readonly byService: ReadonlyMap<string, readonly Grant[]>;
  /** Grants on projects and above, and on those that are not known. */
  readonly general: readonly Grant[];
}

const readInvokers = (topology: Topology) => readGrants(topology, /^google_cloud_run_(v2_)?service$/, MAY_INVOKE);
const readExecutors = (topology: Topology) => readGrants(topology, /^google_cloud_run_v2_job$/, MAY_EXECUTE);

function readGrants(topology: Topology, families: RegExp, roles: RegExp): Invokers {
  const byService = new Map<string, Grant[]>();
  const general: Grant[] = [];
  for (const grant of iamOf(topology).grants) {
    const { family, role, iam } = grant;
    if (role !== undefined && !roles.test(role) && !role.includes("/roles/")) continue;
    if (/^google_(project|folder|organization)$/.test(family)) general.push(grant);
    if (!families.test(family)) continue;
    const on = iam.resource.values.name ?? iam.resource.values.service;
    const key = topology.document.target(on)?.address ?? textOf(on);
    if (key === undefined) general.push(grant);
    else append(byService, key, grant);
  }
  return { byService, general };
}

/**
 * Who may call a service or execute a job, by all grants that this document has on it, its project
 * and above.
 */
export function invokers(topology: Topology, service: Resource): readonly Grant[] {
  const { byService, general } = topology.once(service.type === JOB ? readExecutors : readInvokers);
  const keys = [service.address, textOf(service.values.name) ?? ""];
  return [...keys.flatMap((key) => byService.get(key) ?? []), ...general];
}

/** Whether anyone may call a service; undefined where that is not known. */
export function isPublicService(topology: Topology, service: Resource): boolean | undefined {
  const check = service.values.invoker_iam_disabled;
  if (booleanOf(check) === true) return true;
  if (isExpression(check)) return undefined;
  const grants = invokers(topology, service);
  if (grants.some(({ member }) => PUBLIC.includes(member))) return true;
  const mayBeAnyone = (member: string) =>
    /^\$\{[^}]*\}$/.test(member) &&
    topology.document.references(member).every(({ address }) => topology.document.at(address)?.isData);
  return grants.some(({ member }) => mayBeAnyone(member)) ? undefined : false;
}

/**
 * Whether an account is among those that may call a service or execute a job, as far as this
 * document says; true where it may be.
 */
export function mayInvoke(topology: Topology, service: Resource, email: unknown): boolean {
  if (service.type !== JOB && isPublicService(topology, service) !== false) return true;
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
