import { page, provider, unconfirmed } from "../google/source";
import { isExpression } from "../language/reference";
import { behindExternal } from "../topology/cloud-run-reach";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import { holdersOf, readHolders } from "../topology/holders";
import { frontendsOf, needsToken, servedBy } from "../topology/hosts";
import { iamOf, mayGrantAgent } from "../topology/iam";
import { callsOf } from "../topology/invocation";
import { nested, nestedPlaces } from "../topology/place";
import { PUBSUB_AGENT } from "../topology/pubsub-grants";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { workloadsOf } from "../topology/workloads";
import { type Rule, rule } from "./rule";

const AUDIENCES = page("run/docs/configuring/custom-audiences", "2026-11-28");
const BUCKET = "google_storage_bucket";
const IAP_AGENT = /gcp-sa-iap/;

/** Services behind an external load balancer that some callers may call, and not everybody. */
function protectedServices(topology: Topology) {
  return topology.once(behindExternal).filter((target) => {
    const { values } = target.service;
    const members = target.invokerBindings.flatMap(({ values: { member, members } }) =>
      typeof member === "string" ? [member] : textsOf(members),
    );
    const isIap = booleanOf(values.iap_enabled) === true || target.backends.some(({ iap }) => iap);
    return !isIap && needsToken(topology, target) && members.some((member) => !IAP_AGENT.test(member));
  });
}

/** Calls of hosts of this document's load balancer, with the audience of their token. */
function* callsOfHosts(topology: Topology) {
  for (const [type, name, url] of [
    ["google_pubsub_subscription", "push_config", "push_endpoint"],
    ["google_cloud_scheduler_job", "http_target", "uri"],
  ] as const) {
    for (const { resource, at, block } of nestedPlaces(topology.places(type), name)) {
      const text = textOf(block[url]);
      const [, host, port] = /^https:\/\/([^/:?#]+)(?::(\d+))?/.exec(text ?? "") ?? [];
      const frontends = host === undefined || port !== undefined ? undefined : frontendsOf(topology, host);
      const token = blockOf(block.oidc_token);
      if (!frontends || (!token && !isUnset(block, "oidc_token"))) continue;
      const audience = token && (isUnset(token, "audience") ? text : token.audience);
      yield { resource, at, frontends, hasToken: token !== undefined, audience };
    }
  }
}

const tokens: readonly Rule[] = [
  rule("access-audience", protectedServices, {
    title: "a service that asks for tokens behind a load balancer must accept a custom audience",
    advice: true,
    why: "Cloud Run takes a token only for the run.app address of the service in the region that answers, which no client can know: it answers 401. A client may ask for that address.",
    fix: 'set custom_audiences = ["https://DOMAIN"], the same in each region',
    source: AUDIENCES,
    judge({ service: { values }, backends }, blame) {
      if (isUnset(values, "custom_audiences"))
        blame("custom_audiences", undefined, `behind ${backends[0]!.resource.address}`);
    },
  }),
  rule("access-call-audience", callsOfHosts, {
    title: "a token for a host of the load balancer must have an audience that a service behind it accepts",
    advice: true,
    why: "Cloud Run answers 401, and the message or job fails every time. Without an audience of its own, the whole address is the audience.",
    fix: "set oidc_token.audience to one of custom_audiences of the services, such as https://DOMAIN",
    source: AUDIENCES,
    judge({ frontends, hasToken, audience }, blame, topology) {
      if (hasToken && textOf(audience) === undefined) return;
      const served = frontends.filter(({ protocol }) => protocol === "HTTPS").map((each) => servedBy(topology, each));
      const services = served.flatMap((each) => (each?.isProtected ? each.services : []));
      if (services.length === 0 || served.some((each) => !each?.isProtected || each.backends.some(({ iap }) => iap)))
        return;
      const accepted = services.map(({ service }) => service.values.custom_audiences ?? []);
      if (!accepted.every(isKnown) || accepted.some((list) => textsOf(list).includes(textOf(audience) ?? ""))) return;
      blame(hasToken ? "oidc_token.audience" : "oidc_token", audience, services[0]!.service.address);
    },
  }),
  rule("access-call-ingress", foreignCalls, {
    title: "what calls a service with internal ingress must be in its project",
    advice: true,
    why: "Subscriptions, jobs and triggers of another project count as the internet: they get 404. One VPC Service Controls perimeter around both projects lets them in.",
    fix: "make the subscription, job or trigger in the project of the service, or set ingress = INGRESS_TRAFFIC_ALL",
    source: page("run/docs/securing/ingress", "2026-11-28"),
    judge({ service, from, to }, blame) {
      const ingress = textOf(service.values.ingress);
      if (ingress?.startsWith("INGRESS_TRAFFIC_INTERNAL")) blame("project", from, `${service.address} is in ${to}`);
    },
  }),
];

/** Calls of services at their own address, from another project. */
function foreignCalls(topology: Topology) {
  const { document } = topology;
  return callsOf(topology).flatMap((call) => {
    const [from, to] = [call.resource, call.service].map((each) => document.projectOf(each));
    return from !== undefined && to !== undefined && from !== to ? [{ ...call, from, to }] : [];
  });
}

const HOST_PROJECT = /(?:^|\/)projects\/([^/]+)\/(?:regions|global)\//;

/** Workloads in a network of another project, once for both projects. */
function sharedNetworks(topology: Topology) {
  const { document } = topology;
  const found = new Map<string, { resource: Resource; at: string; name: string; value: unknown; host: string }>();
  for (const workload of workloadsOf(topology)) {
    const own = document.projectOf(workload.resource);
    for (const { resource, at, block } of nested(workload, "vpc_access").flatMap((access) =>
      nested(access, "network_interfaces"),
    )) {
      for (const name of ["subnetwork", "network"]) {
        const target = document.target(block[name]);
        const host = target
          ? (textOf(target.values.project) ?? (target.isData ? undefined : document.projectOf(target)))
          : HOST_PROJECT.exec(textOf(block[name]) ?? "")?.[1];
        if (own === undefined || host === undefined || own === host || found.has(`${own} ${host}`)) continue;
        found.set(`${own} ${host}`, { resource, at, name, value: block[name], host });
      }
    }
  }
  return found.values();
}

/** Buckets of this document that workloads mount with a service account of this document. */
function mounted(topology: Topology) {
  const { document } = topology;
  const isOurs = (each: Resource | undefined, type: string) => each?.type === type && !each.isData;
  return workloadsOf(topology).flatMap(({ resource, block: { service_account }, volumes }) => {
    const account = document.target(service_account);
    return volumes
      .flatMap((volume) => nested(volume, "gcs"))
      .flatMap(({ at, block }) => {
        const bucket = document.target(block.bucket);
        if (!isOurs(bucket, BUCKET) || !isOurs(account, "google_service_account")) return [];
        return [{ resource, at, value: block.bucket, bucket: bucket!, account: account! }];
      });
  });
}

const READS = /^roles\/(storage\.(?!hmacKeyAdmin|insightsCollectorService|objectCreator)|owner|editor|viewer)/;
const readers = (topology: Topology) => readHolders(topology, BUCKET, "bucket", READS);

/** Whether a bucket has access control lists, or grants on folders, in this document. */
function hasOther(topology: Topology, { address }: Resource): boolean {
  return topology
    .referrers(address)
    .some(({ type }) => /^google_storage_.*(_acl|_access_control)$|^google_storage_managed_folder/.test(type));
}

/** Tables and buckets of this document that Pub/Sub's service agent writes messages to. */
function* exported(topology: Topology) {
  const { document } = topology;
  for (const [name, attribute] of [
    ["cloud_storage_config", "bucket"],
    ["bigquery_config", "table"],
  ] as const) {
    for (const { resource, at, block } of topology.places("google_pubsub_subscription", name)) {
      if (!isUnset(block, "service_account_email")) continue;
      const named = document.references(block[attribute]).flatMap(({ address }) => document.at(address) ?? []);
      const things = named.flatMap((each) => [each, document.target(each.values.dataset_id) ?? each]);
      if (things.length > 0 && things.every(({ isData }) => !isData))
        yield { resource, at, attribute, value: block[attribute], things };
    }
  }
}

/** Triggers for events other than messages, with their account. */
function triggers({ document }: Topology) {
  return document.ofType("google_eventarc_trigger").flatMap((resource) => {
    const type = textOf(blocksOf(resource.values.matching_criteria).find((each) => each.attribute === "type")?.value);
    const account = document.target(resource.values.service_account);
    if (type === undefined || type === "google.cloud.pubsub.topic.v1.messagePublished") return [];
    return account?.type === "google_service_account" && !account.isData ? [{ resource, account }] : [];
  });
}

const RECEIVES = /^roles\/(eventarc\.(eventReceiver|admin|developer)|owner|editor)$/;
const receivers = (topology: Topology) => readHolders(topology, "google_project", "project", RECEIVES);

/** Buckets of this document behind backend buckets. */
function servedBuckets({ document }: Topology) {
  return document.ofType("google_compute_backend_bucket").flatMap((resource) => {
    const bucket = document.target(resource.values.bucket_name);
    return bucket?.type === BUCKET && !bucket.isData ? [{ resource, bucket }] : [];
  });
}

const resources: readonly Rule[] = [
  rule("access-shared-vpc", sharedNetworks, {
    title: "Cloud Run's service agent must be allowed to use a subnetwork of another project",
    advice: true,
    why: "The deploy fails with a permission error. The host project's owner may have granted it.",
    fix: "grant service-PROJECT_NUMBER@serverless-robot-prod.iam.gserviceaccount.com roles/compute.networkUser on the subnetwork, in the host project",
    source: page("run/docs/configuring/shared-vpc-direct-vpc", "2026-11-28"),
    judge({ name, value, host }, blame, topology) {
      const roles = /^roles\/(compute\.(networkUser|networkAdmin|admin)|owner|editor)$/;
      const [families, agent] = [/^google_compute_subnetwork/, "serverless-robot-prod"];
      const subnets = topology.document.ofType("google_compute_subnetwork");
      if (!mayGrantAgent(topology, agent, roles, families, subnets)) blame(name, value, `of project ${host}`);
    },
  }),
  rule("access-mounted-bucket", mounted, {
    title: "the service account of a workload must be allowed to read the buckets it mounts",
    why: "Both are created here, so nobody can have granted it before: the volume cannot be mounted, and no instance starts.",
    fix: "grant roles/storage.objectViewer, to write roles/storage.objectUser, to it with google_storage_bucket_iam_member",
    source: page("run/docs/configuring/services/cloud-storage-volume-mounts", "2026-11-28"),
    judge({ value, bucket, account }, blame, topology) {
      const { sure, maybe } = holdersOf(topology.once(readers), account, bucket.address, textOf(bucket.values.name));
      if (sure.length === 0 && !maybe && !hasOther(topology, bucket)) blame("bucket", value, account.address);
    },
  }),
  rule("access-pubsub-export", exported, {
    title: "Pub/Sub's service agent must be allowed to write to the table or bucket of a subscription",
    advice: true,
    why: "Creating the subscription fails, or messages stay. The grant may be on the project, or in another stack.",
    fix: "grant service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com roles/bigquery.dataEditor on the table, or roles/storage.objectCreator and roles/storage.legacyBucketReader on the bucket",
    source: provider("google_pubsub_subscription 7.45.0"),
    judge({ attribute, value, things }, blame, topology) {
      const roles = /^roles\/(storage\.|bigquery\.|pubsub\.serviceAgent|owner|editor)/;
      const families = /^google_(storage_bucket|bigquery_(dataset|table))/;
      if (!mayGrantAgent(topology, PUBSUB_AGENT, roles, families, things))
        blame(attribute, value, "no grant to the agent");
    },
  }),
  rule("access-event-receiver", triggers, {
    title: "the service account of a trigger must be allowed to receive events",
    advice: true,
    why: "Eventarc delivers only to accounts with roles/eventarc.eventReceiver; for messages of a topic of its own it is not needed.",
    fix: "grant roles/eventarc.eventReceiver to the account with google_project_iam_member",
    source: page("eventarc/docs/all-roles-permissions", "2026-11-28"),
    judge({ resource, account }, blame, topology) {
      const { sure, maybe } = holdersOf(topology.once(receivers), account);
      if (sure.length === 0 && !maybe) blame("service_account", resource.values.service_account, account.address);
    },
  }),
  rule("access-served-bucket", servedBuckets, {
    title: "somebody must be allowed to read a bucket behind a load balancer",
    advice: true,
    why: "The load balancer has no rights on a bucket by itself: every answer is 403. The grant may be in another stack.",
    fix: "grant roles/storage.objectViewer on the bucket to the load balancer's service agent, or to allUsers for public files",
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/https/setting-up-ext-https-lb-buckets"),
    judge({ resource, bucket }, blame, topology) {
      const { document } = topology;
      const isGranted = iamOf(topology).resources.some(
        ({ family, role, resource: { values } }) =>
          (family === BUCKET || /^google_(project|folder|organization)$/.test(family)) &&
          (role === undefined || READS.test(role) || !role.startsWith("roles/")) &&
          (family !== BUCKET || reaches(document.target(values.bucket), values, bucket)),
      );
      if (!isGranted && !hasOther(topology, bucket) && document.json.module === undefined)
        blame("bucket_name", resource.values.bucket_name, bucket.address);
    },
  }),
];

/** Whether a grant may be on a bucket. */
function reaches(target: Resource | undefined, { bucket: value }: Block, bucket: Resource): boolean {
  if (target) return target === bucket;
  return isExpression(value) || isExpression(bucket.values.name) || !isSet(value) || value === bucket.values.name;
}

/** Whether those may call, read and write who need to. */
export const accessRules: readonly Rule[] = [...tokens, ...resources];
