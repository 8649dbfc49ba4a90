import { type Block, blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { expressionsOf } from "./cloud-armor-expressions";
import { type ArmorPolicy, cloudArmorOf, isSet, policyRule } from "./cloud-armor-policies";

function thresholds(policy: ArmorPolicy): Block[] {
  return blocksOf(layer7(policy)?.threshold_configs);
}

function layer7(policy: ArmorPolicy): Block | undefined {
  return blockOf(blockOf(policy.resource.values.adaptive_protection_config)?.layer_7_ddos_defense_config);
}

/** Adaptive protection. */
export const cloudArmorAdaptiveRules: readonly Rule[] = [
  policyRule(
    "armor-adaptive-enabled",
    {
      title: "thresholds of adaptive protection stand where it is enabled, under different names",
      why: "Without enable = true nothing is detected; two thresholds of one name are rejected.",
      fix: "set layer_7_ddos_defense_config.enable = true, and name each threshold differently",
      source: "Compute API v1, SecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfig, read 2026-11-22",
    },
    (policy) => {
      const at = "adaptive_protection_config.layer_7_ddos_defense_config";
      const configs = thresholds(policy);
      const names = configs.flatMap(({ name }) => textOf(name) ?? []);
      const repeated = names.find((name, index) => names.indexOf(name) !== index);
      const { enable } = layer7(policy) ?? {};
      return [
        ...(configs.length > 0 && (enable === undefined || booleanOf(enable) === false)
          ? [[`${at}.enable`, enable] as [string, unknown]]
          : []),
        ...(repeated === undefined ? [] : [[`${at}.threshold_configs`, repeated] as [string, unknown]]),
      ];
    },
  ),
  policyRule(
    "armor-adaptive-unique-value",
    {
      title: "a traffic granularity has either a value, or enable_each_unique_value",
      why: "Google Cloud rejects both together.",
      fix: "leave value out, or enable_each_unique_value",
      source: "Compute API v1, TrafficGranularityConfig.enableEachUniqueValue, read 2026-11-22",
    },
    (policy) =>
      thresholds(policy)
        .flatMap((config) => blocksOf(config.traffic_granularity_configs))
        .filter((each) => booleanOf(each.enable_each_unique_value) === true && isSet(each, "value"))
        .map((each) => ["adaptive_protection_config.layer_7_ddos_defense_config.threshold_configs", each.value]),
  ),
  {
    id: "armor-auto-deploy",
    severity: "warning",
    title:
      "thresholds for automatic deployment stand with a rule that calls evaluateAdaptiveProtectionAutoDeploy(), and the reverse",
    why: "One without the other blocks nothing. It is not sure, because the rule may be managed elsewhere.",
    fix: "add a rule whose expression is evaluateAdaptiveProtectionAutoDeploy(), and enable adaptive protection",
    source: "docs.cloud.google.com/armor/docs/rules-language-reference (of 2026-04-10), read 2026-11-22",
    check(topology, report) {
      const deploying = new Set(
        expressionsOf(topology)
          .filter(({ usage }) => usage?.calls.has("evaluateAdaptiveProtectionAutoDeploy"))
          .map(({ rule }) => rule.policy),
      );
      for (const policy of cloudArmorOf(topology).policies) {
        const auto = thresholds(policy).some((each) => Object.keys(each).some((key) => key.startsWith("auto_deploy_")));
        const isOff = layer7(policy) === undefined && !isComputed(policy.resource.values, "adaptive_protection_config");
        if (auto && !deploying.has(policy) && !policy.isComputed) report(policy.resource, "rule", undefined, "no rule");
        if (isOff && deploying.has(policy)) report(policy.resource, "adaptive_protection_config", undefined);
      }
    },
  },
];
