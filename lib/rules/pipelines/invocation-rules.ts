import { type Block, blockOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { isPublicService, mayInvoke, serviceIn } from "./invocation";
import { SUBSCRIPTION } from "./pubsub-limits";
import { JOB, TRIGGER } from "./trigger-limits";

const PUSH = "docs.cloud.google.com/run/docs/triggering/pubsub-push, as of 2026-11";

/** A call of a Cloud Run service of this document, by something that Google runs. */
interface Call {
  readonly caller: Resource;
  readonly service: Resource;
  /** Path of the address, and of the account that the token is for. */
  readonly at: string;
  readonly accountAt: string;
  readonly email?: unknown;
  readonly usesUri: boolean;
}

const CACHE = new WeakMap<Topology, readonly Call[]>();

function callsOf(topology: Topology): readonly Call[] {
  const known = CACHE.get(topology);
  if (known) return known;
  const { document } = topology;
  const calls = [
    ...document
      .ofType(SUBSCRIPTION)
      .flatMap((caller) =>
        readHttp(topology, caller, "push_config", "push_endpoint", blockOf(caller.values.push_config)),
      ),
    ...document
      .ofType(JOB)
      .flatMap((caller) => readHttp(topology, caller, "http_target", "uri", blockOf(caller.values.http_target))),
    ...document.ofType(TRIGGER).flatMap((caller): Call[] => {
      const service = document.target(blockOf(blockOf(caller.values.destination)?.cloud_run_service)?.service);
      if (service?.type !== "google_cloud_run_v2_service" || service.isData) return [];
      const email = caller.values.service_account;
      const at = "destination.cloud_run_service.service";
      return isSet(email) ? [{ caller, service, at, accountAt: "service_account", email, usesUri: false }] : [];
    }),
  ];
  CACHE.set(topology, calls);
  return calls;
}

function readHttp(topology: Topology, caller: Resource, block: string, url: string, target: Block | undefined): Call[] {
  const service = target && serviceIn(topology, target[url]);
  if (!service) return [];
  return [
    {
      caller,
      service,
      at: `${block}.${url}`,
      accountAt: `${block}.oidc_token`,
      email: blockOf(target.oidc_token)?.service_account_email,
      usesUri: true,
    },
  ];
}

/** Calls of Cloud Run services by subscriptions, jobs and triggers. */
export const invocationRules: readonly Rule[] = [
  {
    id: "pipelines-invoke-token",
    title: "what calls a Cloud Run service that is not public sends an OIDC token",
    severity: "warning",
    why: "Cloud Run answers 403, and the message or job fails every time. Not an error, because the service may be made public in another stack.",
    fix: "set oidc_token with a service account that has roles/run.invoker on the service",
    source: PUSH,
    check(topology, report) {
      for (const { caller, service, accountAt, email } of callsOf(topology)) {
        if (email === undefined && isPublicService(topology, service) === false)
          report(caller, accountAt, undefined, service.address);
      }
    },
  },
  {
    id: "pipelines-invoker",
    title: "the account that calls a Cloud Run service may invoke it",
    severity: "warning",
    why: "Cloud Run answers 403, and the message or job fails every time. Not an error, because the grant may be in another stack.",
    fix: "grant roles/run.invoker on the service to the account",
    source: PUSH,
    check(topology, report) {
      for (const { caller, service, accountAt, email } of callsOf(topology)) {
        if (email !== undefined && !mayInvoke(topology, service, email))
          report(caller, accountAt, email, `no grant on ${service.address}`);
      }
    },
  },
  {
    id: "pipelines-uri-disabled",
    title: "a Cloud Run service that is called at its own address has one",
    severity: "error",
    why: "default_uri_disabled takes the run.app address away: nothing answers there.",
    fix: "take default_uri_disabled away, or call the service through the load balancer",
    source: "provider documentation of google_cloud_run_v2_service 7.45.0, default_uri_disabled",
    check(topology, report) {
      for (const { caller, service, at, usesUri } of callsOf(topology)) {
        if (usesUri && booleanOf(service.values.default_uri_disabled) === true)
          report(caller, at, true, service.address);
      }
    },
  },
];
