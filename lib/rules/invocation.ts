import { page } from "../google/source";
import { callsOf, isPublicService, mayInvoke } from "../topology/invocation";
import { type Rule, rule } from "./rule";

/** Calls of Cloud Run services by subscriptions, jobs and triggers. */
export const invocationRules: readonly Rule[] = [
  rule("invocation-grant", callsOf, {
    title: "what calls a Cloud Run service must send the token of an account that may invoke it",
    advice: true,
    why: "Cloud Run answers 403, and the message or job fails every time. The grant may be in another stack.",
    fix: "set oidc_token with a service account, and grant it roles/run.invoker on the service",
    source: page("run/docs/triggering/pubsub-push"),
    judge({ service, accountAt, email }, blame, topology) {
      const isRefused =
        email === undefined ? isPublicService(topology, service) === false : !mayInvoke(topology, service, email);
      if (isRefused)
        blame(accountAt, email, `${email === undefined ? "no token for" : "no grant on"} ${service.address}`);
    },
  }),
];
