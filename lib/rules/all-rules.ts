import { backendServiceRules } from "./backend-service";
import { cdnRules } from "./cdn";
import { changeSafetyRules } from "./change-safety";
import { cloudArmorRules } from "./cloud-armor";
import { cloudRunRules } from "./cloud-run";
import { dnsRules } from "./dns";
import { failoverRules } from "./failover";
import { forwardingRules } from "./forwarding";
import { iamRules } from "./iam";
import { iapRules } from "./iap";
import { instanceGroupRules } from "./instance-group";
import { monitoringRules } from "./monitoring";
import { nameRules } from "./names";
import { networkRules } from "./network";
import { pipelineRules } from "./pipelines";
import { registryRules } from "./registry";
import type { Rule } from "./rule";
import { secretRules } from "./secrets";
import { securityRules } from "./security";
import { serverlessNegRules } from "./serverless-neg";
import { storageRules } from "./storage";
import { tlsRules } from "./tls";
import { urlMapRules } from "./url-map";

/** The rulebook, by group. Adding a rule is one entry in its group's list, and a case in the group's test. */
const groups: Readonly<Record<string, readonly Rule[]>> = {
  "Serverless NEGs": serverlessNegRules,
  "Cloud Run": cloudRunRules,
  Secrets: secretRules,
  "Artifact Registry": registryRules,
  IAM: iamRules,
  "Security posture": securityRules,
  "Backend services": backendServiceRules,
  "Forwarding rules and proxies": forwardingRules,
  "URL maps": urlMapRules,
  "Cloud CDN": cdnRules,
  IAP: iapRules,
  TLS: tlsRules,
  DNS: dnsRules,
  "Cloud Armor": cloudArmorRules,
  Names: nameRules,
  "Instance groups": instanceGroupRules,
  Network: networkRules,
  Storage: storageRules,
  Pipelines: pipelineRules,
  Monitoring: monitoringRules,
  Failover: failoverRules,
  "Change-safety": changeSafetyRules,
};

/**
 * What no page of Google's or the provider's at hand confirms is a warning and says so, however likely it is: an error stops a deploy.
 */
function asSure(rule: Rule): Rule {
  if (!rule.source.includes("general knowledge")) return rule;
  const why =
    rule.severity === "warning" ? rule.why : `${rule.why} Not an error, because no source at hand confirms it.`;
  return { ...rule, severity: "warning", why, check: (topology, report) => rule.check(topology, report) };
}

export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = Object.fromEntries(
  Object.entries(groups).map(([group, rules]) => [group, rules.map(asSure)]),
);

export const allRules: readonly Rule[] = Object.values(ruleGroups).flat();
