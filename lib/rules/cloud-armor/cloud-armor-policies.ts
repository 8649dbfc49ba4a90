import { type Block, blocksOf, type Resource, type TerraformDocument } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { Severity } from "../rule";

export const POLICY = "google_compute_security_policy";
export const POLICY_RULE = "google_compute_security_policy_rule";
export const REGION_POLICY = "google_compute_region_security_policy";
export const REGION_POLICY_RULE = "google_compute_region_security_policy_rule";

/** The priority that is kept for the rule which matches what no other rule matches. */
export const DEFAULT_PRIORITY = 2147483647;

/** A rule of a security policy: a block in it, or a resource of its own. */
export interface ArmorRule {
  readonly owner: Resource;
  /** Path of the block in its owner, with a dot at the end; empty where the owner is the rule. */
  readonly at: string;
  readonly block: Block;
  readonly priority?: number;
  /** Undefined where it is not known. */
  readonly action?: string;
  /** Undefined where the rule is a resource whose policy is not in the document. */
  readonly policy?: ArmorPolicy;
}

export interface ArmorPolicy {
  readonly resource: Resource;
  /** Undefined where it is not known. */
  readonly type?: string;
  readonly isGlobal: boolean;
  /** Both blocks and resources. */
  readonly rules: readonly ArmorRule[];
  /** Whether the policy has rules as blocks. */
  readonly hasBlocks: boolean;
  /** Whether further rules may come out of expressions. */
  readonly isComputed: boolean;
}

export interface CloudArmor {
  readonly policies: readonly ArmorPolicy[];
  readonly rules: readonly ArmorRule[];
  readonly byAddress: ReadonlyMap<string, ArmorPolicy>;
}

const read = new WeakMap<Topology, CloudArmor>();

/** The security policies of a document with their rules. */
export function cloudArmorOf(topology: Topology): CloudArmor {
  let armor = read.get(topology);
  if (!armor) {
    armor = readCloudArmor(topology.document);
    read.set(topology, armor);
  }
  return armor;
}

function readCloudArmor(document: TerraformDocument): CloudArmor {
  const policies = [
    ...document.ofType(POLICY).map((resource) => readPolicy(resource, "rule")),
    ...document.ofType(REGION_POLICY).map((resource) => readPolicy(resource, "rules")),
  ];
  const byAddress = new Map(policies.map((policy) => [policy.resource.address, policy]));
  const byName = new Map(
    policies.map((policy) => [`${policy.isGlobal} ${textOf(policy.resource.values.name)}`, policy]),
  );
  const loose: ArmorRule[] = [];
  for (const type of [POLICY_RULE, REGION_POLICY_RULE]) {
    for (const owner of document.ofType(type)) {
      const reference = owner.values.security_policy;
      const target = document.target(reference);
      const name = textOf(reference);
      const policy =
        (target && byAddress.get(target.address)) ??
        (name === undefined ? undefined : byName.get(`${type === POLICY_RULE} ${name.split("/").at(-1)}`));
      const rule = { ...readRule(owner, "", owner.values), policy };
      policy?.rules.push(rule);
      loose.push(rule);
    }
  }
  const inPolicies = policies.flatMap((policy) => policy.rules.filter((rule) => rule.owner === policy.resource));
  return { policies, byAddress, rules: [...inPolicies, ...loose] };
}

function readPolicy(resource: Resource, blockName: string): ArmorPolicy & { rules: ArmorRule[] } {
  const { values } = resource;
  const blocks = blocksOf(values[blockName]);
  const policy = {
    resource,
    type: values.type === undefined ? "CLOUD_ARMOR" : textOf(values.type),
    isGlobal: resource.type === POLICY,
    rules: [] as ArmorRule[],
    hasBlocks: blocks.length > 0,
    isComputed: isComputed(values, blockName),
  };
  blocks.forEach((block, index) => {
    const at = Array.isArray(values[blockName]) ? `${blockName}.${index}.` : `${blockName}.`;
    policy.rules.push({ ...readRule(resource, at, block), policy });
  });
  return policy;
}

function readRule(owner: Resource, at: string, block: Block): ArmorRule {
  return { owner, at, block, priority: numberOf(block.priority), action: textOf(block.action) };
}

/** The IP ranges that a rule matches by, where it does. */
export function sourceRanges(rule: ArmorRule): unknown {
  return blocksOf(blocksOf(rule.block.match)[0]?.config)[0]?.src_ip_ranges;
}

/** Whether a rule surely matches every request. */
export function matchesAll(rule: ArmorRule): boolean {
  const ranges = sourceRanges(rule);
  return Array.isArray(ranges) && ranges.includes("*");
}

/** Whether a rule's action is one that counts requests. */
export function limitsRate(rule: ArmorRule): boolean {
  return rule.action === "throttle" || rule.action === "rate_based_ban";
}

/** Whether an attribute or block is there and not empty. */
export function isSet(block: Block, name: string): boolean {
  const value = block[name];
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

interface Description {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source: string;
  readonly severity?: Severity;
}

/** A rule on each security policy; `find` returns attributes of the policy with their values. */
export function policyRule(
  id: string,
  description: Description,
  find: (policy: ArmorPolicy) => [string, unknown, string?][],
): Rule {
  return {
    id,
    severity: "error",
    ...description,
    check(topology, report) {
      for (const policy of cloudArmorOf(topology).policies) {
        for (const [attribute, value, detail] of find(policy)) report(policy.resource, attribute, value, detail);
      }
    },
  };
}
