import { type ArmorExpression, readArmorExpression } from "../language/cloud-armor-expression";
import { type Block, blockOf, blocksOf, type Resource } from "./document";
import { nested } from "./place";
import type { Topology } from "./topology";
import { isComputed, numberOf, textOf, textOrDefault } from "./value";

const GLOBAL = "google_compute_security_policy";
const REGIONAL = "google_compute_region_security_policy";

/** A rule of a security policy: a block in it, or a resource of its own. */
export interface ArmorRule {
  readonly resource: Resource;
  /** Path of the block in its resource; empty where the resource is the rule. */
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
  /** Whether further rules may come out of expressions. */
  readonly isComputed: boolean;
}

/** A condition of a rule that is known. */
export interface ArmorCondition extends ArmorExpression {
  readonly rule: ArmorRule;
  readonly resource: Resource;
  /** Path of `match.expr`. */
  readonly at: string;
  readonly text: string;
}

interface SecurityPolicies {
  readonly byAddress: ReadonlyMap<string, ArmorPolicy>;
  readonly rules: readonly ArmorRule[];
}

function readSecurityPolicies({ document }: Topology): SecurityPolicies {
  const policies = [GLOBAL, REGIONAL].flatMap((type) => document.ofType(type)).map(readPolicy);
  const byAddress = new Map(policies.map((policy) => [policy.resource.address, policy]));
  const loose: ArmorRule[] = [];
  for (const type of [GLOBAL, REGIONAL]) {
    for (const resource of document.ofType(`${type}_rule`)) {
      const { security_policy: reference, region } = resource.values;
      const name = textOf(reference)?.split("/").at(-1);
      const isNamed = ({ type: of, values }: Resource) =>
        of === type && name !== undefined && textOf(values.name) === name && textOf(values.region) === textOf(region);
      const policy =
        byAddress.get(document.target(reference)?.address ?? "") ?? policies.find((each) => isNamed(each.resource));
      const rule = { ...readRule(resource, "", resource.values), policy };
      policy?.rules.push(rule);
      loose.push(rule);
    }
  }
  return {
    byAddress,
    rules: [...policies.flatMap(({ rules }) => rules.filter(({ at }) => at !== "")), ...loose],
  };
}

/** The security policies of a document, by address. */
export function securityPolicies(topology: Topology): ReadonlyMap<string, ArmorPolicy> {
  return topology.once(readSecurityPolicies).byAddress;
}

/** The rules of all policies, and those of policies that are not in the document. */
export function securityPolicyRules(topology: Topology): readonly ArmorRule[] {
  return topology.once(readSecurityPolicies).rules;
}

/** Rules in the order in which they are tried, the lowest priority first. */
export function byPriority(rules: readonly ArmorRule[]): ArmorRule[] {
  return [...rules].sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
}

/** The expressions of all rules. */
export function readArmorConditions(topology: Topology): ArmorCondition[] {
  return securityPolicyRules(topology).flatMap((rule) =>
    nested(rule, "match")
      .flatMap((match) => nested(match, "expr"))
      .flatMap(({ resource, at, block }) => {
        const text = textOf(block.expression);
        if (text === undefined) return [];
        const read = topology.once(`expression ${text}`, () => readArmorExpression(text));
        return [{ rule, resource, at, text, ...read }];
      }),
  );
}

function readPolicy(resource: Resource): ArmorPolicy & { rules: ArmorRule[] } {
  const { values } = resource;
  const isGlobal = resource.type === GLOBAL;
  const name = isGlobal ? "rule" : "rules";
  const policy = {
    resource,
    type: textOrDefault(values.type, "CLOUD_ARMOR"),
    isGlobal,
    rules: [] as ArmorRule[],
    isComputed: isComputed(values, name),
  };
  for (const { at, block } of nested({ resource, at: "", block: values }, name))
    policy.rules.push({ ...readRule(resource, at, block), policy });
  return policy;
}

function readRule(resource: Resource, at: string, block: Block): ArmorRule {
  return { resource, at, block, priority: numberOf(block.priority), action: textOf(block.action) };
}

/** The IP ranges that a rule matches by, where it does. */
export function sourceRanges({ block }: ArmorRule): unknown {
  return blockOf(blockOf(block.match)?.config)?.src_ip_ranges;
}

/** What a rule excludes from the rule sets that its expression evaluates. */
export function exclusionsOf({ block }: ArmorRule): Block[] {
  return blocksOf(blockOf(block.preconfigured_waf_config)?.exclusion);
}

/**
 * Whether a policy says which header the client's address is in; undefined where that is not known.
 */
export function knowsUserIp({ resource: { values } }: ArmorPolicy): boolean | undefined {
  if (isComputed(values, "advanced_options_config")) return undefined;
  const options = blockOf(values.advanced_options_config) ?? {};
  const headers = options.user_ip_request_headers;
  if (isComputed(options, "user_ip_request_headers")) return undefined;
  return Array.isArray(headers) && headers.length > 0;
}
