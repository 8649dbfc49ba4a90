import { soleReference } from "../../language/reference";
import { type IamResource, iamOf, memberKey, memberProblem } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { iamLimitRules } from "./iam-limits";

const PROVIDER_IAM = "provider documentation of google_project_iam 7.45.0";
const BASIC_ROLES = ["roles/owner", "roles/editor", "roles/viewer"];
const PUBLIC = ["allUsers", "allAuthenticatedUsers"];
const CONDITIONS = "docs.cloud.google.com/iam/docs/conditions-overview, read 2026-11-22";
/** Which service's roles one grants on which resource. Basic and custom roles go everywhere. */
const ROLE_PREFIX: Readonly<Record<string, string>> = {
  google_artifact_registry_repository: "artifactregistry",
  google_cloud_run_v2_job: "run",
  google_cloud_run_v2_service: "run",
  google_cloud_run_v2_worker_pool: "run",
  google_kms_crypto_key: "cloudkms",
  google_kms_key_ring: "cloudkms",
  google_pubsub_subscription: "pubsub",
  google_pubsub_topic: "pubsub",
  google_secret_manager_secret: "secretmanager",
  google_storage_bucket: "storage",
};

/** IAM resources by what they grant on. */
function byTarget(topology: Topology): IamResource[][] {
  const groups = new Map<string, IamResource[]>();
  for (const iam of iamOf(topology).resources) {
    if (iam.on === undefined) continue;
    const same = groups.get(iam.on);
    if (same) same.push(iam);
    else groups.set(iam.on, [iam]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

const iamRelations: readonly Rule[] = [
  {
    id: "iam-service-account-reference",
    title: "a grant on a service account refers to its name or id",
    severity: "error",
    why: "The provider rejects an email address or account_id here.",
    fix: "use google_service_account.NAME.name",
    source: "provider documentation of google_service_account_iam 7.45.0",
    check(topology, report) {
      for (const { resource, family } of iamOf(topology).resources) {
        if (family !== "google_service_account") continue;
        const reference = soleReference(resource.values.service_account_id);
        if (reference && /^(email|account_id|unique_id|member)$/.test(reference.attribute))
          report(resource, "service_account_id", resource.values.service_account_id);
      }
    },
  },
  {
    id: "iam-member",
    title: "a member has a prefix and an address of that kind",
    severity: "error",
    why: "Google Cloud rejects the whole policy at apply.",
    fix: "write serviceAccount:EMAIL, user:EMAIL, group:EMAIL, domain:NAME, principal://…, principalSet://…, or google_service_account.NAME.member",
    source:
      "docs.cloud.google.com/iam/docs/principal-identifiers, from general knowledge; IAM API v1, Binding.members, read 2026-11-22",
    check(topology, report) {
      for (const { resource, at, member } of iamOf(topology).grants) {
        const problem = member.startsWith("deleted:") ? undefined : memberProblem(topology.document, member);
        if (problem) report(resource, at, member, problem);
      }
    },
  },
  {
    id: "iam-deleted-member",
    title: "no member is a deleted principal",
    severity: "error",
    why: "The provider refuses members that start with deleted:.",
    fix: "take the member away, or name the principal that has replaced it",
    source: "schema of google 7.45.0: terraform validate says so too, but later",
    check(topology, report) {
      for (const { resource, at, member } of iamOf(topology).grants) {
        if (member.startsWith("deleted:")) report(resource, at, member);
      }
    },
  },
  {
    id: "iam-duplicate",
    title: "each member gets a role on a resource once",
    severity: "error",
    why: "Two Terraform resources are one binding in the cloud: removing either takes the access away from both, and Terraform does not notice before the next plan.",
    fix: "remove one of them",
    source: "provider documentation of google_project_iam 7.45.0; tried with google 6.50.0, 2026-10",
    check(topology, report) {
      for (const group of byTarget(topology)) {
        const seen = new Map<string, string>();
        for (const { resource, kind, roleKey } of group) {
          if (kind !== "member" || roleKey === undefined || typeof resource.values.member !== "string") continue;
          const key = `${roleKey} ${memberKey(topology.document, resource.values.member)}`;
          const first = seen.get(key);
          if (first) report(resource, "member", resource.values.member, `the same as ${first}`);
          else seen.set(key, resource.address);
        }
      }
    },
  },
  {
    id: "iam-binding-and-member",
    title: "a role on a resource is either bound as a whole or granted member by member",
    severity: "error",
    why: "An iam_binding removes what the iam_member of the same role adds, and the other way round: every apply undoes the last.",
    fix: "move the member into the binding, or replace the binding by iam_member resources",
    source: PROVIDER_IAM,
    check(topology, report) {
      for (const group of byTarget(topology)) {
        const bound = new Map(group.filter(({ kind }) => kind === "binding").map((each) => [each.roleKey, each]));
        for (const { resource, kind, roleKey } of group) {
          const binding = kind === "member" && roleKey !== undefined ? bound.get(roleKey) : undefined;
          if (binding) report(resource, "role", resource.values.role, `bound by ${binding.resource.address}`);
        }
      }
    },
  },
  {
    id: "iam-two-bindings",
    title: "a role on a resource is bound once",
    severity: "error",
    why: "Each of two iam_binding resources removes the members of the other.",
    fix: "put all members into one binding",
    source: PROVIDER_IAM,
    check(topology, report) {
      for (const group of byTarget(topology)) {
        const seen = new Map<string, string>();
        for (const { resource, kind, roleKey } of group) {
          if (kind !== "binding" || roleKey === undefined) continue;
          const first = seen.get(roleKey);
          if (first) report(resource, "role", resource.values.role, `bound by ${first}`);
          else seen.set(roleKey, resource.address);
        }
      }
    },
  },
  {
    id: "iam-policy-and-others",
    title: "a resource whose policy is set as a whole has no other IAM resources",
    severity: "error",
    why: "An iam_policy removes what bindings, members and other policies of the same resource grant, and they add it again: every apply undoes the last.",
    fix: "put all grants into the policy, or replace it by bindings or members",
    source: PROVIDER_IAM,
    check(topology, report) {
      for (const group of byTarget(topology)) {
        const policy = group.find(({ kind }) => kind === "policy");
        if (!policy) continue;
        for (const each of group) {
          if (each !== policy) report(each.resource, "", undefined, `${policy.resource.address} sets the policy`);
        }
      }
    },
  },
  {
    id: "iam-project-policy",
    title: "the policy of a project, folder or organization is not set as a whole",
    severity: "warning",
    why: "It removes everyone it does not name, Google's service agents and yourself included. Not an error, because the policy may name them all.",
    fix: "use google_project_iam_member",
    source: PROVIDER_IAM,
    check(topology, report) {
      for (const { resource, kind, family } of iamOf(topology).resources) {
        if (kind === "policy" && /^google_(project|folder|organization)$/.test(family))
          report(resource, "policy_data", undefined);
      }
    },
  },
  {
    id: "iam-project-binding",
    title: "owners, editors and service agents of a project are not bound as a whole",
    severity: "warning",
    why: "The binding removes every other holder of the role: people, and service agents that Google adds by itself. Not an error, because it may name them all.",
    fix: "use google_project_iam_member",
    source: PROVIDER_IAM,
    check(topology, report) {
      for (const { resource, kind, family, role } of iamOf(topology).resources) {
        if (kind !== "binding" || role === undefined || !/^google_(project|folder|organization)$/.test(family))
          continue;
        if (["roles/owner", "roles/editor"].includes(role) || /\.serviceAgent$/.test(role))
          report(resource, "role", role);
      }
    },
  },
  {
    id: "iam-binding-empty",
    title: "a binding has members",
    severity: "warning",
    why: "A binding without members does not exist in the cloud: Terraform plans to create it for ever. Not an error, because it may be there to remove all holders.",
    fix: "name the members, or take the resource away",
    source: PROVIDER_IAM,
    check(topology, report) {
      for (const { resource, kind } of iamOf(topology).resources) {
        const { members } = resource.values;
        if (kind === "binding" && Array.isArray(members) && members.length === 0) report(resource, "members", members);
      }
    },
  },
  {
    id: "iam-condition-basic-role",
    title: "a basic role is granted without a condition",
    severity: "error",
    why: "Google Cloud rejects conditions on owner, editor and viewer.",
    fix: "grant a predefined role under the condition",
    source: CONDITIONS,
    check(topology, report) {
      for (const { resource, role } of iamOf(topology).resources) {
        if (resource.values.condition !== undefined && role !== undefined && BASIC_ROLES.includes(role))
          report(resource, "condition", role);
      }
    },
  },
  {
    id: "iam-condition-public",
    title: "a role is granted to everybody without a condition",
    severity: "error",
    why: "Google Cloud rejects conditions on grants to allUsers and allAuthenticatedUsers.",
    fix: "take the condition away, or name the members",
    source: CONDITIONS,
    check(topology, report) {
      for (const { resource, at, member, condition } of iamOf(topology).grants) {
        if (condition && PUBLIC.includes(member)) report(resource, at, member);
      }
    },
  },
  {
    id: "iam-role-of-service",
    title: "the role belongs to the service of the resource",
    severity: "warning",
    why: "Google Cloud rejects roles that hold no permission for this kind of resource (“is not supported for this resource”). Not an error, because some roles of other services hold one.",
    fix: "grant a role of the resource's own service here, and project-wide roles with google_project_iam_member",
    source: "docs.cloud.google.com/iam/docs/roles-overview, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, family, role } of iamOf(topology).resources) {
        const expected = ROLE_PREFIX[family];
        const actual = /^roles\/([a-z]+)\./.exec(textOf(role) ?? "")?.[1];
        if (expected !== undefined && actual !== undefined && actual !== expected && actual !== "iam")
          report(resource, "role", role);
      }
    },
  },
];

/** Service accounts, roles and who has them. */
export const iamRules: readonly Rule[] = [...iamLimitRules, ...iamRelations];
