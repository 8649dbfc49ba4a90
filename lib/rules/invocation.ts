import { page } from "../google/source";
import { callsOf, isPublicService, mayInvoke } from "../topology/invocation";
import { type Rule, rule } from "./rule";

const source = page("run/docs/triggering/pubsub-push");

/** Calls of Cloud Run services by subscriptions, jobs and triggers. */
export const invocationRules: readonly Rule[] = [
  rule("invocation-token", callsOf, {
    title: "what calls a Cloud Run service that is not public must send an OIDC token",
    advice: true,
    why: "Cloud Run answers 403, and the message or job fails every time. The service may be made public in another stack.",
    fix: "set oidc_token with a service account that has roles/run.invoker on the service",
    source,
    judge({ service, accountAt, email }, blame, topology) {
      if (email === undefined && isPublicService(topology, service) === false)
        blame(accountAt, undefined, service.address);
    },
  }),
  rule("invocation-grant", callsOf, {
    title: "the account that calls a Cloud Run service must be allowed to invoke it",
    advice: true,
    why: "Cloud Run answers 403, and the message or job fails every time. The grant may be in another stack.",
    fix: "grant roles/run.invoker on the service to the account",
    source,
    judge({ service, accountAt, email }, blame, topology) {
      if (email !== undefined && !mayInvoke(topology, service, email))
        blame(accountAt, email, `no grant on ${service.address}`);
    },
  }),
];
