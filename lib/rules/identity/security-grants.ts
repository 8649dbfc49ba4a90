import { blockOf } from "../../topology/document";
import { iamOf, isServiceAccount } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { textOf, textsOf } from "../../topology/value";
import { workloadsOf } from "../cloud-run/cloud-run-workload";
import type { OldRule as Rule } from "../old-rule";

const PUBLIC = ["allUsers", "allAuthenticatedUsers"];
const WIDE = /^google_(project|folder|organization)$/;
const BASIC = ["roles/owner", "roles/editor"];
/** Roles that let their holder become any service account of the project. */
const IMPERSONATION = [
  "roles/iam.serviceAccountTokenCreator",
  "roles/iam.serviceAccountUser",
  "roles/iam.serviceAccountKeyAdmin",
  "roles/iam.workloadIdentityUser",
];
const DEFAULT_ACCOUNT =
  /^(serviceAccount:)?(\d+-compute@developer\.gserviceaccount\.com|[a-z][-a-z0-9]*@appspot\.gserviceaccount\.com)$/;
const TEMPLATES = [
  "google_compute_instance_template",
  "google_compute_region_instance_template",
  "google_compute_instance",
];
const PUBLIC_ACLS = ["publicRead", "publicReadWrite", "authenticatedRead"];
const BUCKET_ACLS = [
  "google_storage_bucket_access_control",
  "google_storage_default_object_access_control",
  "google_storage_object_access_control",
];
const CHOICE = "Not an error, because it may be meant.";

function usesDefaultAccount(topology: Topology, value: unknown): boolean {
  const target = topology.document.target(value);
  return target?.type === "google_compute_default_service_account" || DEFAULT_ACCOUNT.test(textOf(value) ?? "");
}

/** Who may do more than it should. */
export const securityGrantRules: readonly Rule[] = [
  {
    id: "security-public-bucket",
    title: "a bucket is not open to everybody",
    severity: "warning",
    why: `Anyone on the internet reads what is in it. ${CHOICE}`,
    fix: "name the readers, or serve the bucket through a backend bucket with signed URLs",
    source: "docs.cloud.google.com/storage/docs/access-control/making-data-public, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, family } of iamOf(topology).grants) {
        if (/^google_storage_(bucket|managed_folder)$/.test(family) && PUBLIC.includes(member))
          report(resource, at, member);
      }
      for (const type of BUCKET_ACLS) {
        for (const acl of topology.document.ofType(type)) {
          if (PUBLIC.includes(textOf(acl.values.entity) ?? "")) report(acl, "entity", acl.values.entity);
        }
      }
      for (const type of [
        "google_storage_bucket_acl",
        "google_storage_default_object_acl",
        "google_storage_object_acl",
      ]) {
        for (const acl of topology.document.ofType(type)) {
          if (PUBLIC_ACLS.includes(textOf(acl.values.predefined_acl) ?? ""))
            report(acl, "predefined_acl", acl.values.predefined_acl);
          const entity = textsOf(acl.values.role_entity).find((each) => /:all(Authenticated)?Users$/.test(each));
          if (entity) report(acl, "role_entity", entity);
        }
      }
    },
  },
  {
    id: "security-public-prevented",
    title: "a bucket that prevents public access has no public grant",
    severity: "error",
    why: "Google Cloud rejects the grant at apply, because public_access_prevention is enforced.",
    fix: "name the readers, or set public_access_prevention = inherited",
    source: "docs.cloud.google.com/storage/docs/public-access-prevention, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, family, iam } of iamOf(topology).grants) {
        if (family !== "google_storage_bucket" || !PUBLIC.includes(member)) continue;
        const bucket = topology.document.target(iam.resource.values.bucket);
        if (textOf(bucket?.values.public_access_prevention) === "enforced")
          report(resource, at, member, bucket?.address);
      }
    },
  },
  {
    id: "security-public-grant",
    title: "nothing but a service or a bucket is open to everybody",
    severity: "warning",
    why: `Anyone on the internet gets the role. ${CHOICE}`,
    fix: "name the members",
    source: "docs.cloud.google.com/iam/docs/principals-overview, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, family, role } of iamOf(topology).grants) {
        if (member !== "allUsers" || /^google_storage_(bucket|managed_folder)$/.test(family)) continue;
        const mayBePublic = /^google_(cloud_run|cloudfunctions|iap_)/.test(family);
        if (!mayBePublic) report(resource, at, member, role);
      }
    },
  },
  {
    id: "security-all-authenticated",
    title: "nobody is let in for having any Google account",
    severity: "warning",
    why: `allAuthenticatedUsers is everybody on the internet who has a Google account, not your organization. ${CHOICE}`,
    fix: "use domain:, group:, or the members themselves",
    source: "docs.cloud.google.com/iam/docs/principals-overview, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, family } of iamOf(topology).grants) {
        if (member === "allAuthenticatedUsers" && !/^google_storage_(bucket|managed_folder)$/.test(family))
          report(resource, at, member);
      }
    },
  },
  {
    id: "security-invoker-role",
    title: "the public gets no role on a service but roles/run.invoker",
    severity: "warning",
    why: `Anyone on the internet could change or delete the service. ${CHOICE}`,
    fix: "grant roles/run.invoker, or set invoker_iam_disabled = true",
    source: "docs.cloud.google.com/run/docs/reference/iam/roles, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, family, role } of iamOf(topology).grants) {
        if (!PUBLIC.includes(member) || !/^google_cloud_run/.test(family) || role === undefined) continue;
        if (/^roles\/(run\.(admin|developer|sourceDeveloper|builder)|owner|editor)$/.test(role))
          report(resource, at, member, role);
      }
    },
  },
  {
    id: "security-basic-role",
    title: "a service account is neither owner nor editor",
    severity: "warning",
    why: `Whoever takes over the workload has the whole project. ${CHOICE}`,
    fix: "grant the roles that the code needs, on the resources that it uses",
    source: "docs.cloud.google.com/iam/docs/roles-overview, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, role } of iamOf(topology).grants) {
        if (role !== undefined && BASIC.includes(role) && isServiceAccount(topology.document, member))
          report(resource, at, member, role);
      }
    },
  },
  {
    id: "security-admin-role",
    title: "a service account does not administrate a service of the whole project",
    severity: "warning",
    why: `Whoever takes over the workload administrates everything of that service. ${CHOICE}`,
    fix: "grant a narrower role, on the one resource",
    source: "docs.cloud.google.com/iam/docs/using-iam-securely, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, role, family } of iamOf(topology).grants) {
        if (role === undefined || !WIDE.test(family) || !/(^|[.a-z])admin$/i.test(role.split("/").at(-1)!)) continue;
        if (isServiceAccount(topology.document, member)) report(resource, at, member, role);
      }
    },
  },
  {
    id: "security-impersonation",
    title: "nobody may become every service account of the project",
    severity: "warning",
    why: `On the whole project the role covers each service account, the ones with more rights too. ${CHOICE}`,
    fix: "grant it with google_service_account_iam_member on the one service account",
    source: "docs.cloud.google.com/iam/docs/service-account-permissions, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, at, member, role, family } of iamOf(topology).grants) {
        // Google's own agents, as Pub/Sub's, need it; they are bound to their service.
        if (role !== undefined && WIDE.test(family) && IMPERSONATION.includes(role) && !/@gcp-sa-/.test(member))
          report(resource, at, member, role);
      }
    },
  },
  {
    id: "security-account-key",
    title: "no service account key is made by Terraform",
    severity: "warning",
    why: `The private key stands in the state, does not expire, and lets anyone who has it in. ${CHOICE}`,
    fix: "use the identity of the workload, or workload identity federation",
    source:
      "docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys, from general knowledge, 2026-11",
    check(topology, report) {
      for (const key of topology.document.ofType("google_service_account_key"))
        report(key, "service_account_id", key.values.service_account_id);
    },
  },
  {
    id: "security-default-account",
    title: "nothing runs as a default service account",
    severity: "warning",
    why: `All workloads of the project share the default service account, and it is an editor unless the organization forbids that. ${CHOICE}`,
    fix: "create a google_service_account for the workload",
    source: "docs.cloud.google.com/iam/docs/service-account-types, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology)) {
        if (usesDefaultAccount(topology, block.service_account))
          report(resource, `${at}.service_account`, block.service_account);
      }
      for (const resource of TEMPLATES.flatMap((type) => topology.document.ofType(type))) {
        const account = blockOf(resource.values.service_account);
        if (account && usesDefaultAccount(topology, account.email))
          report(resource, "service_account.email", account.email);
      }
      for (const { resource, at, member } of iamOf(topology).grants) {
        if (DEFAULT_ACCOUNT.test(member)) report(resource, at, member);
      }
    },
  },
];
