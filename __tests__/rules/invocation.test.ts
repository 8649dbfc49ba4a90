import { pipelinesDocument } from "./pipelines";
import { changed, describeGroup, ids, type Json, on, resourceAt } from "./rule-support";

const PUSH = "google_pubsub_subscription.push";
const CALL = "google_cloud_scheduler_job.call";
const UPLOADS = "google_eventarc_trigger.uploads";
const SERVICE = "google_cloud_run_v2_service.worker";
const OTHER = "other@my-project.iam.gserviceaccount.com";

function withoutGrant(document: Json): void {
  delete (document.resource as Json).google_cloud_run_v2_service_iam_member;
}

describeGroup(
  "invocation",
  pipelinesDocument,
  [
    ...on(PUSH, ["invocation-grant", "push_config.oidc_token", undefined]),
    ...on(CALL, ["invocation-grant", "http_target.oidc_token", undefined]),
    ...on(PUSH, ["invocation-grant", "push_config.oidc_token.service_account_email", OTHER]),
    changed("invocation-grant", PUSH, withoutGrant, { at: "push_config.oidc_token.service_account_email" }),
    changed("invocation-grant", UPLOADS, withoutGrant, { at: "service_account" }),
  ],
  ["invocation-grant"],
);

test("the address of a service that has none is found once", () => {
  const document = pipelinesDocument();
  resourceAt(document, SERVICE).default_uri_disabled = true;
  expect(ids(document)).toEqual(["run-uri-disabled"]);
});

test("says nothing of calls whose service is public, or whose grants are not known", () => {
  const open = pipelinesDocument();
  resourceAt(open, SERVICE).invoker_iam_disabled = true;
  withoutGrant(open);
  delete (resourceAt(open, PUSH).push_config as Json).oidc_token;
  expect(ids(open).filter((id) => id.startsWith("invocation-"))).toEqual([]);

  const computed = pipelinesDocument();
  (computed.resource as Record<string, Json>).google_cloud_run_v2_service_iam_member!.caller = {
    name: "${google_cloud_run_v2_service.worker.name}",
    location: "europe-west1",
    role: "roles/run.invoker",
    member: "${var.caller}",
  };
  expect(ids(computed)).toEqual([]);

  const maybe = pipelinesDocument();
  (resourceAt(maybe, PUSH).push_config as Json).oidc_token = "${var.token}";
  expect(ids(maybe)).toEqual([]);

  const byProject = pipelinesDocument();
  withoutGrant(byProject);
  (byProject.resource as Json).google_project_iam_member = {
    caller: { project: "my-project", role: "roles/run.invoker", member: "${google_service_account.caller.member}" },
  };
  expect(ids(byProject).filter((id) => id.startsWith("invocation-"))).toEqual([]);
});
