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

const NIGHTLY = "google_cloud_scheduler_job.nightly";

/** With a job that is started every night. */
function withJob(): Json {
  const document = pipelinesDocument();
  const resources = document.resource as Record<string, Json>;
  const { template } = resourceAt(document, SERVICE) as { template: Json };
  const [container] = template.containers as Json[];
  const { service_account } = template;
  resources.google_cloud_run_v2_job = {
    embed: {
      name: "embed",
      location: "europe-west1",
      deletion_protection: false,
      template: {
        template: {
          service_account,
          containers: [{ image: container!.image, resources: { limits: { cpu: "1", memory: "1Gi" } } }],
        },
      },
    },
  };
  resources.google_cloud_run_v2_job_iam_member = {
    caller: {
      name: "${google_cloud_run_v2_job.embed.name}",
      location: "europe-west1",
      role: "roles/run.invoker",
      member: "${google_service_account.caller.member}",
    },
  };
  resources.google_cloud_scheduler_job!.nightly = {
    name: "nightly",
    region: "europe-west1",
    schedule: "0 3 * * *",
    retry_config: { retry_count: 3 },
    http_target: {
      uri: "https://run.googleapis.com/v2/${google_cloud_run_v2_job.embed.id}:run",
      http_method: "POST",
      oauth_token: { service_account_email: "${google_service_account.caller.email}" },
    },
  };
  return document;
}

function withoutJobGrant(document: Json): void {
  delete (document.resource as Json).google_cloud_run_v2_job_iam_member;
}

describeGroup(
  "invocation",
  withJob,
  [
    ...on(PUSH, ["invocation-grant", "push_config.oidc_token", undefined]),
    ...on(CALL, ["invocation-grant", "http_target.oidc_token", undefined]),
    ...on(PUSH, ["invocation-grant", "push_config.oidc_token.service_account_email", OTHER]),
    changed("invocation-grant", PUSH, withoutGrant, { at: "push_config.oidc_token.service_account_email" }),
    changed("invocation-grant", UPLOADS, withoutGrant, { at: "service_account" }),
    ...on(
      NIGHTLY,
      ["invocation-job-grant", "http_target.oauth_token", undefined],
      ["invocation-job-grant", "http_target.oauth_token.service_account_email", OTHER],
    ),
    changed("invocation-job-grant", NIGHTLY, withoutJobGrant, { at: "http_target.oauth_token.service_account_email" }),
    changed("invocation-job-grant", NIGHTLY, (document) => {
      // May call services only.
      resourceAt(document, "google_cloud_run_v2_job_iam_member.caller").role = "roles/run.servicesInvoker";
    }),
  ],
  ["invocation-grant", "invocation-job-grant"],
);

test("says nothing of jobs whose grants may be elsewhere, and of other calls about them", () => {
  const byProject = withJob();
  withoutJobGrant(byProject);
  (byProject.resource as Record<string, Json>).google_project_iam_member!.executor = {
    project: "my-project",
    role: "roles/run.developer",
    member: "${google_service_account.caller.member}",
  };
  expect(ids(byProject)).toEqual([]);

  const unknown = withJob();
  withoutJobGrant(unknown);
  (resourceAt(unknown, NIGHTLY).http_target as Json).oauth_token = { service_account_email: "${var.caller}" };
  expect(ids(unknown)).toEqual([]);

  const reading = withJob();
  withoutJobGrant(reading);
  Object.assign(resourceAt(reading, NIGHTLY).http_target as Json, {
    uri: "https://run.googleapis.com/v2/${google_cloud_run_v2_job.embed.id}/executions",
    http_method: "GET",
  });
  expect(ids(reading)).toEqual([]);
});

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
