import { api, measured, page, provider } from "../google/source";
import { isExpression, soleReference } from "../language/reference";
import type { Resource, TerraformDocument } from "../topology/document";
import { ACCOUNTS, type IamResource, iamOf, memberKey, PUBLIC } from "../topology/iam";
import type { Topology } from "../topology/topology";
import { type Rule, rule } from "./rule";

const PROVIDER = provider("google_project_iam 7.45.0");

const grants = (topology: Topology) => iamOf(topology).grants;
const resources = (topology: Topology) => iamOf(topology).resources;

/** IAM resources with the first of their kind that grants the same. */
function* repeated(topology: Topology) {
  const seen = new Map<string, IamResource>();
  for (const iam of resources(topology)) {
    const { kind, on, roleKey, resource } = iam;
    if (kind === "policy" || on === undefined || roleKey === undefined) continue;
    const member = kind === "member" ? memberKey(topology.document, String(resource.values.member)) : "";
    const key = `${kind} ${on} ${roleKey} ${member}`;
    const first = seen.get(key);
    if (first) yield { ...iam, first: first.resource.address };
    else seen.set(key, iam);
  }
}

/**
 * IAM resources with another that manages the same: the policy of the same thing, or for members
 * the binding of the role.
 */
function* managed(topology: Topology) {
  const managers = new Map<string, Resource>();
  for (const { kind, on, roleKey, resource } of resources(topology)) {
    if (on !== undefined && kind === "policy") managers.set(on, resource);
    if (on !== undefined && kind === "binding" && roleKey !== undefined) managers.set(`${on} ${roleKey}`, resource);
  }
  for (const iam of resources(topology)) {
    const { on = "", kind, roleKey, resource } = iam;
    const manager = managers.get(on) ?? (kind === "member" ? managers.get(`${on} ${roleKey}`) : undefined);
    if (manager && manager !== resource) yield { ...iam, manager };
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

/**
 * What is wrong with the way a member is written; undefined where nothing is, or nothing can be
 * said.
 */
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
    fix: "write serviceAccount:EMAIL, user:EMAIL, group:EMAIL, domain:NAME, principal://…, principalSet://…, or google_service_account.NAME.member",
    source: api("IAM API v1")("Binding.members"),
    judge({ member }, blame, { document }) {
      const problem = memberProblem(document, member);
      if (problem) blame("", member, problem);
    },
  }),
  rule("iam-repeated", repeated, {
    title: "a member must get a role on a resource once, and a role must be bound once",
    why: "Two iam_binding resources remove each other's members. Two iam_member resources are one in the cloud: removing either removes the access of both.",
    fix: "remove one of them, or put all members into one binding",
    source: measured("hashicorp/google 6.50.0", "2026-10"),
    judge({ kind, first, resource }, blame) {
      const name = kind === "member" ? "member" : "role";
      blame(name, resource.values[name], `the same as ${first}`);
    },
  }),
  rule("iam-managed", managed, {
    title: "what an iam_policy or iam_binding manages as a whole must have no other grants",
    why: "The one removes what the other adds, and the other way round: every apply undoes the last.",
    fix: "put all grants into the policy or binding, or replace it by iam_member resources",
    source: PROVIDER,
    judge({ role, manager: { type, address } }, blame) {
      blame(type.endsWith("_policy") ? "" : "role", role, `managed by ${address}`);
    },
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
    fix: "remove the condition, or name the members",
    source: page("iam/docs/conditions-overview"),
    judge({ member, condition }, blame) {
      if (condition && PUBLIC.includes(member)) blame("", member);
    },
  }),
];
