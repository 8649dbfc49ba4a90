import { pipelinesDocument } from "./pipelines";
import { adding, changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";
import { EU, protectedDocument, US, wholeDocument, without } from "./whole-document";

const CALL = "google_cloud_scheduler_job.call";
const PUSH = "google_pubsub_subscription.push";
const UPLOADS = "google_eventarc_trigger.uploads";
const MODELS = "google_storage_bucket.models";
const FILES = "google_compute_backend_bucket.files";
const HOST = "projects/host-project/regions/europe-west1/subnetworks/run";

const bucket = (name: string): Json => ({
  name: `my-project-${name}`,
  location: "EU",
  uniform_bucket_level_access: true,
  public_access_prevention: "enforced",
});

const reader = (account: string): Json => ({
  bucket: "${google_storage_bucket.models.name}",
  role: "roles/storage.objectViewer",
  member: `serviceAccount:\${google_service_account.${account}.email}`,
});

/** The protected API, called by a job and a subscription at its domain; its services mount a bucket in a Shared VPC. */
function valid(): Json {
  const document = protectedDocument();
  document.provider = { google: [{ project: "my-project" }] };
  const oidc_token = {
    service_account_email: "${google_service_account.caller.email}",
    audience: "https://api.example.com",
  };
  adding({
    [CALL]: {
      name: "call",
      region: "europe-west1",
      schedule: "*/5 * * * *",
      time_zone: "Europe/Berlin",
      attempt_deadline: "600s",
      retry_config: { retry_count: 3 },
      http_target: { uri: "https://api.example.com/tick", http_method: "POST", oidc_token: { ...oidc_token } },
    },
    "google_pubsub_topic.work": { name: "work" },
    "google_pubsub_topic.dead": { name: "dead" },
    [PUSH]: {
      name: "push",
      topic: "${google_pubsub_topic.work.id}",
      ack_deadline_seconds: 600,
      expiration_policy: { ttl: "" },
      push_config: { push_endpoint: "https://api.example.com/work", oidc_token },
      retry_policy: { minimum_backoff: "10s", maximum_backoff: "600s" },
      dead_letter_policy: { dead_letter_topic: "projects/my-project/topics/dead", max_delivery_attempts: 5 },
    },
    "google_pubsub_subscription_iam_member.push": {
      subscription: "${google_pubsub_subscription.push.id}",
      role: "roles/pubsub.subscriber",
      member: "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com",
    },
    "google_service_account.chat": { account_id: "chat-runner", display_name: "Runs the API" },
    [MODELS]: bucket("models"),
    "google_storage_bucket_iam_member.models": reader("chat"),
    "google_compute_subnetwork_iam_member.run": {
      project: "host-project",
      region: "europe-west1",
      subnetwork: "run",
      role: "roles/compute.networkUser",
      member: "serviceAccount:service-1@serverless-robot-prod.iam.gserviceaccount.com",
    },
    "google_storage_bucket.files": bucket("files"),
    "google_storage_bucket_iam_member.files": {
      bucket: "${google_storage_bucket.files.name}",
      role: "roles/storage.objectViewer",
      member: "serviceAccount:service-1@https-lb.iam.gserviceaccount.com",
    },
    [FILES]: {
      name: "files",
      bucket_name: "${google_storage_bucket.files.name}",
      lifecycle: { create_before_destroy: true },
    },
    "google_storage_bucket.archive": bucket("archive"),
    "google_storage_bucket_iam_member.archive": {
      bucket: "${google_storage_bucket.archive.name}",
      role: "roles/storage.objectCreator",
      member: "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com",
    },
    "google_pubsub_subscription.archive": {
      name: "archive",
      topic: "${google_pubsub_topic.work.id}",
      ack_deadline_seconds: 300,
      expiration_policy: { ttl: "" },
      cloud_storage_config: { bucket: "${google_storage_bucket.archive.name}", max_duration: "300s" },
      depends_on: ["google_storage_bucket_iam_member.archive"],
    },
  })(document);
  delete ((document.resource as Json).google_pubsub_topic as Json).dead;
  document.output = { files: { value: `\${${FILES}.id}` } };
  const template = resourceAt(document, EU).template as Json;
  template.service_account = "${google_service_account.chat.email}";
  template.volumes = [{ name: "models", gcs: { bucket: "${google_storage_bucket.models.name}", read_only: true } }];
  (template.containers as Json[])[0]!.volume_mounts = [{ name: "models", mount_path: "/models" }];
  template.vpc_access = { network_interfaces: [{ subnetwork: HOST }], egress: "PRIVATE_RANGES_ONLY" };
  return document;
}

function withTrigger(document: Json): void {
  const { resource } = pipelinesDocument() as { resource: Record<string, Json> };
  const { google_eventarc_trigger, google_storage_bucket } = resource;
  adding({
    [UPLOADS]: { ...(google_eventarc_trigger!.uploads as Json), location: "europe-west1" },
    "google_storage_bucket.uploads": google_storage_bucket!.uploads as Json,
  })(document);
  (resourceAt(document, UPLOADS).destination as Json).cloud_run_service = {
    service: "${google_cloud_run_v2_service.eu.name}",
    region: "europe-west1",
  };
}

/** A job that calls a service at its own address. */
function ownCall(values: Json): (document: Json) => void {
  return adding({
    "google_cloud_scheduler_job.own": {
      name: "own",
      region: "europe-west1",
      schedule: "*/5 * * * *",
      time_zone: "Europe/Berlin",
      attempt_deadline: "600s",
      retry_config: { retry_count: 3 },
      http_target: {
        uri: "${google_cloud_run_v2_service.eu.uri}/tick",
        http_method: "POST",
        oidc_token: { service_account_email: "${google_service_account.caller.email}" },
      },
      ...values,
    },
  });
}

describeGroup(
  "access",
  valid,
  [
    ...on(US, ["access-audience", "custom_audiences", undefined]),
    ...on(
      CALL,
      ["access-call-audience", "http_target.oidc_token.audience", undefined],
      ["access-call-audience", "http_target.oidc_token.audience", "https://chat-1234-ew.a.run.app"],
      ["access-call-audience", "http_target.oidc_token", undefined],
    ),
    ...on(PUSH, ["access-call-audience", "push_config.oidc_token.audience", "https://api.example.com/work"]),
    changed("access-call-ingress", "google_cloud_scheduler_job.own", ownCall({ project: "other-project" }), {
      at: "project",
    }),
    changed("access-shared-vpc", EU, without("google_compute_subnetwork_iam_member.run"), {
      at: "template.vpc_access.network_interfaces.subnetwork",
    }),
    changed("access-mounted-bucket", EU, without("google_storage_bucket_iam_member.models"), {
      at: "template.volumes.gcs.bucket",
    }),
    changed(
      "access-mounted-bucket",
      EU,
      (document) => Object.assign(resourceAt(document, "google_storage_bucket_iam_member.models"), reader("caller")),
      { at: "template.volumes.gcs.bucket" },
    ),
    changed(
      "access-mounted-bucket",
      EU,
      (document) => {
        resourceAt(document, "google_storage_bucket_iam_member.models").role = "roles/storage.objectCreator";
      },
      { at: "template.volumes.gcs.bucket" },
    ),
    changed(
      "access-pubsub-export",
      "google_pubsub_subscription.archive",
      (document) => {
        without("google_storage_bucket_iam_member.archive")(document);
        delete resourceAt(document, "google_pubsub_subscription.archive").depends_on;
      },
      { at: "cloud_storage_config.bucket" },
    ),
    changed("access-event-receiver", UPLOADS, withTrigger, { at: "service_account" }),
    changed("access-served-bucket", FILES, without("google_storage_bucket_iam_member.files"), { at: "bucket_name" }),
  ],
  [
    "access-audience",
    "access-call-audience",
    "access-call-ingress",
    "access-event-receiver",
    "access-pubsub-export",
    "access-served-bucket",
    "access-shared-vpc",
  ],
);

function changedBy(...changes: readonly ((document: Json) => void)[]): string[] {
  const document = valid();
  for (const change of changes) change(document);
  return ids(document).filter((id) => id.startsWith("access-"));
}

test("a service that anybody may call, that IAP guards, or that nobody is bound to, needs no audience", () => {
  const open = wholeDocument();
  expect(ids(open)).toEqual([]);
  const unbound = wholeDocument();
  delete resourceAt(unbound, EU).invoker_iam_disabled;
  expect(ids(unbound)).toEqual(["run-invokers"]);
  const internal = protectedDocument();
  delete resourceAt(internal, EU).custom_audiences;
  resourceAt(internal, EU).custom_audiences = "${var.audiences}";
  expect(ids(internal).filter((id) => id.startsWith("access-"))).toEqual([]);
  const iap = protectedDocument();
  delete resourceAt(iap, EU).custom_audiences;
  resourceAt(iap, EU).iap_enabled = true;
  expect(ids(iap).filter((id) => id.startsWith("access-"))).toEqual([]);
});

test("a token whose audience is computed, or for a host that is not this load balancer's, is not judged", () => {
  const target = (document: Json) => resourceAt(document, CALL).http_target as Json;
  expect(
    changedBy((document) => {
      (target(document).oidc_token as Json).audience = "${var.audience}";
    }),
  ).toEqual([]);
  expect(
    changedBy((document) => {
      target(document).uri = "https://elsewhere.example.org/tick";
      delete (target(document).oidc_token as Json).audience;
    }),
  ).toEqual([]);
  expect(
    changedBy((document) => {
      resourceAt(document, US).invoker_iam_disabled = true;
      delete (target(document).oidc_token as Json).audience;
    }),
  ).toEqual([]);
});

test("calls from the own project, from an unknown one, or of a service for the internet are let in", () => {
  expect(changedBy(ownCall({}))).toEqual([]);
  expect(changedBy(ownCall({ project: "${var.project}" }))).toEqual([]);
  expect(
    changedBy(ownCall({ project: "other-project" }), (document) => {
      resourceAt(document, EU).ingress = "INGRESS_TRAFFIC_ALL";
    }),
  ).toEqual([]);
});

test("a subnetwork of the own or an unknown project needs no grant, and one finding is enough for a host project", () => {
  const drop = without("google_compute_subnetwork_iam_member.run");
  const inProject = (subnetwork: string) => (document: Json) => {
    ((resourceAt(document, EU).template as Json).vpc_access as Json).network_interfaces = [{ subnetwork }];
  };
  expect(changedBy(drop, inProject("projects/my-project/regions/europe-west1/subnetworks/run"))).toEqual([]);
  expect(changedBy(drop, inProject("${var.subnetwork}"))).toEqual([]);
  expect(
    changedBy(drop, (document) => {
      delete document.provider;
    }),
  ).toEqual([]);
  const both = valid();
  drop(both);
  (resourceAt(both, US).template as Json).vpc_access = {
    network_interfaces: [{ subnetwork: HOST.replace("europe-west1", "us-central1") }],
    egress: "PRIVATE_RANGES_ONLY",
  };
  const found = findingsOf(both).filter(({ rule }) => rule === "access-shared-vpc");
  expect(found.map(({ address }) => address)).toEqual([EU]);
  expect(found[0]?.fix).toContain("roles/compute.networkUser");
});

test("the grant to the Cloud Run agent may be on the host project, or by an address that is computed", () => {
  const grant = (type: string, values: Json) => (document: Json) => {
    without("google_compute_subnetwork_iam_member.run")(document);
    adding({ [`${type}.run`]: values })(document);
  };
  const role = "roles/compute.networkUser";
  const member =
    "serviceAccount:service-${data.google_project.this.number}@serverless-robot-prod.iam.gserviceaccount.com";
  expect(changedBy(grant("google_project_iam_member", { project: "host-project", role, member }))).toEqual([]);
  expect(
    changedBy(grant("google_compute_subnetwork_iam_member", { subnetwork: "run", role, member: "${var.agent}" })),
  ).toEqual([]);
});

test("a bucket that somebody unknown may read, or that an access control list opens, is not judged", () => {
  const drop = without("google_storage_bucket_iam_member.models");
  const project = (values: Json) =>
    adding({ "google_project_iam_member.x": { project: "my-project", role: "roles/storage.objectViewer", ...values } });
  expect(changedBy(drop, project({ member: "serviceAccount:${google_service_account.chat.email}" }))).toEqual([]);
  expect(changedBy(drop, project({ member: "${var.member}" }))).toEqual([]);
  const acl = { bucket: "${google_storage_bucket.models.name}", role: "READER", entity: "user-a@example.com" };
  expect(
    changedBy(drop, adding({ "google_storage_bucket_access_control.x": acl }), (document) => {
      resourceAt(document, MODELS).uniform_bucket_level_access = false;
    }),
  ).toEqual([]);
  expect(
    changedBy(drop, (document) => {
      (resourceAt(document, EU).template as Json).service_account = "chat@my-project.iam.gserviceaccount.com";
    }),
  ).toEqual([]);
});

test("a trigger for messages needs no receiver, and a subscription with an account of its own no agent", () => {
  expect(
    changedBy(withTrigger, (document) => {
      resourceAt(document, UPLOADS).matching_criteria = [
        { attribute: "type", value: "google.cloud.pubsub.topic.v1.messagePublished" },
      ];
    }),
  ).toEqual([]);
  expect(
    changedBy(without("google_storage_bucket_iam_member.archive"), (document) => {
      const { cloud_storage_config } = resourceAt(document, "google_pubsub_subscription.archive");
      (cloud_storage_config as Json).service_account_email = "${google_service_account.caller.email}";
    }),
  ).toEqual([]);
});
