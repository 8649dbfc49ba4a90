import { page } from "../google/source";
import { callsOf, isPublicService, mayInvoke, startsOf } from "../topology/invocation";
import { type Rule, rule } from "./rule";

/** Calls of Cloud Run services by subscriptions, jobs and triggers, and schedules of Cloud Run jobs. */
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
  rule("invocation-job-grant", startsOf, {
    title: "a schedule of a Cloud Run job must send the token of an account that may execute it",
    advice: true,
    why: "The Cloud Run Admin API answers 401 or 403, and the job never starts. The grant may be in another stack.",
    fix: "set oauth_token with a service account, and grant it roles/run.invoker with google_cloud_run_v2_job_iam_member",
    source: page("run/docs/execute/jobs-on-schedule", "2026-11-28"),
    judge({ job, accountAt, email }, blame, topology) {
      if (email === undefined) blame(accountAt, email, `no token for ${job.address}`);
      else if (!mayInvoke(topology, job, email)) blame(accountAt, email, `no grant on ${job.address}`);
    },
  }),
];
