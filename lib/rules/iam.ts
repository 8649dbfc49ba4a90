import { api, measured, page, provider } from "../google/source";
import { isExpression, soleReference } from "../language/reference";
import type { TerraformDocument } from "../topology/document";
import { ACCOUNTS, type IamResource, iamOf, memberKey, PUBLIC } from "../topology/iam";
import type { Topology } from "../topology/topology";
import { type Rule, rule } from "./rule";

const PROVIDER = provider("google_project_iam 7.45.0");

const grants = (topology: Topology) => iamOf(topology).grants;
const resources = (topology: Topology) => iamOf(topology).resources;

/** IAM resources of a kind with the first that grants the same. */
function* repeated(topology: Topology, kind: IamResource["kind"], keyOf: (iam: IamResource) => string) {
  const seen = new Map<string, string>();
  for (const iam of resources(topology)) {
    if (iam.kind !== kind || iam.on === undefined || iam.roleKey === undefined) continue;
    const key = `${iam.on} ${iam.roleKey} ${keyOf(iam)}`;
    const first = seen.get(key);
    if (first !== undefined) yield { ...iam, first };
    else seen.set(key, iam.resource.address);
  }
}

/** IAM resources with the one of another kind that manages the same: the same thing, or the same role of it. */
function* managed(topology: Topology, by: IamResource["kind"], keyOf: (iam: IamResource) => string | undefined) {
  const managers = new Map(resources(topology).flatMap((iam) => (iam.kind === by ? [[keyOf(iam), iam] as const] : [])));
  for (const iam of resources(topology)) {
    const key = keyOf(iam);
    const manager = key === undefined ? undefined : managers.get(key);
    if (manager && manager.resource !== iam.resource) yield { ...iam, manager: manager.resource.address };
  }
}

const PREFIX =
  /^(user|serviceAccount|group|domain|projectOwner|projectEditor|projectViewer|principal|principalSet|deleted):/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
const SHAPES: Readonly<Record<string, RegExp>> = {
  user: EMAIL,
  group: /^([^@\s]+@[^@\s]+|\S+\.svc\.id\.goog:\S+)$/,
  serviceAccount: /^([^@\s]+@[^@\s]+|\S+\.svc\.id\.goog\[\S+\])$/,
  domain: /^[^@\s]+\.[^@\s]+$/,
  principal: /^\/\/\S+$/,
  principalSet: /^\/\/\S+$/,
};

/** What is wrong with the way a member is written; undefined where nothing is, or nothing can be said. */
function memberProblem(document: TerraformDocument, member: string): string | undefined {
  const prefix = PREFIX.exec(member)?.[1];
  const rest = prefix === undefined ? member : member.slice(prefix.length + 1);
  const reference = soleReference(rest);
  if (reference) {
    const isAccount = ACCOUNTS.includes(document.at(reference.address)?.type ?? "");
    if (!isAccount || (prefix !== undefined && prefix !== "serviceAccount")) return undefined;
    if (/^(name|id|unique_id|account_id)$/.test(reference.attribute)) return "not the email of the account";
    if (reference.attribute === (prefix === undefined ? "email" : "member"))
      return prefix === undefined ? "a reference without serviceAccount: in front" : "serviceAccount: twice";
    return undefined;
  }
  if (isExpression(rest)) return undefined;
  if (prefix === undefined) return PUBLIC.includes(member) ? undefined : "no known prefix";
  return SHAPES[prefix]?.test(rest) === false ? `no ${prefix}` : undefined;
}

/** Grants, and how they go together. What single attributes of them may be stands in the table. */
export const iamRules: readonly Rule[] = [
  rule("iam-member", grants, {
    title: "a member must have a prefix and an address of that kind",
    why: "Google Cloud rejects the whole policy at apply.",
    fix: "write serviceAccount:EMAIL, user:EMAIL, group:EMAIL, domain:NAME, principal://…, principalSet://…, or google_service_account.NAME.member",
    source: api("IAM API v1")("Binding.members"),
    judge({ member }, blame, { document }) {
      const problem = memberProblem(document, member);
      if (problem) blame("", member, problem);
    },
  }),
  rule(
    "iam-duplicate",
    (topology) =>
      repeated(topology, "member", ({ resource }) => memberKey(topology.document, String(resource.values.member))),
    {
      title: "a member must get a role on a resource only once",
      why: "Two Terraform resources are one binding in the cloud: removing either removes the access of both, and Terraform does not notice before the next plan.",
      fix: "remove one of them",
      source: measured("hashicorp/google 6.50.0", "2026-10"),
      judge: ({ resource, first }, blame) => blame("member", resource.values.member, `the same as ${first}`),
    },
  ),
  rule("iam-two-bindings", (topology) => repeated(topology, "binding", () => ""), {
    title: "a role on a resource must be bound only once",
    why: "Each of two iam_binding resources removes the members of the other.",
    fix: "put all members into one binding",
    source: PROVIDER,
    judge: ({ role, first }, blame) => blame("role", role, `bound by ${first}`),
  }),
  rule(
    "iam-binding-and-member",
    (topology) => managed(topology, "binding", ({ on, roleKey }) => on && roleKey && `${on} ${roleKey}`),
    {
      title: "a role on a resource must be either bound as a whole or granted member by member",
      why: "An iam_binding removes what the iam_member of the same role adds, and the other way round: every apply undoes the last.",
      fix: "move the member into the binding, or replace the binding by iam_member resources",
      source: PROVIDER,
      judge({ kind, role, manager }, blame) {
        if (kind === "member") blame("role", role, `bound by ${manager}`);
      },
    },
  ),
  rule("iam-policy-and-others", (topology) => managed(topology, "policy", ({ on }) => on), {
    title: "a resource whose policy is set as a whole must have no other IAM resources",
    why: "An iam_policy removes what bindings, members and other policies of the same resource grant, and they add it again: every apply undoes the last.",
    fix: "put all grants into the policy, or replace it by bindings or members",
    source: PROVIDER,
    judge: ({ manager }, blame) => blame("", undefined, `${manager} sets the policy`),
  }),
  rule("iam-project-policy", resources, {
    title: "the policy of a project, folder or organization should not be set as a whole",
    advice: true,
    why: "It removes everyone it does not name, Google's service agents and yourself included.",
    fix: "use google_project_iam_member",
    source: PROVIDER,
    judge({ kind, family }, blame) {
      if (kind === "policy" && /^google_(project|folder|organization)$/.test(family)) blame("policy_data", undefined);
    },
  }),
  rule("iam-condition-public", grants, {
    title: "a role must be granted to everybody without a condition",
    why: "Google Cloud rejects conditions on grants to allUsers and allAuthenticatedUsers.",
    fix: "remove the condition, or name the members",
    source: page("iam/docs/conditions-overview"),
    judge({ member, condition }, blame) {
      if (condition && PUBLIC.includes(member)) blame("", member);
    },
  }),
];
