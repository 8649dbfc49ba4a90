import { changeSafetyRules } from "./change-safety";
import { cloudArmorRules } from "./cloud-armor/cloud-armor";
import { cloudRunRules } from "./cloud-run/cloud-run";
import { failoverRules } from "./failover";
import { iamRules } from "./identity/iam";
import { registryRules } from "./identity/registry";
import { secretRules } from "./identity/secrets";
import { securityRules } from "./identity/security";
import { gpuAvailabilityRules } from "./instances/gpu-availability";
import { instanceGroupRules } from "./instances/instance-group";
import { networkRules } from "./instances/network";
import { backendServiceRules } from "./load-balancer/backend-service";
import { cdnRules } from "./load-balancer/cdn";
import { forwardingRules } from "./load-balancer/forwarding";
import { iapRules } from "./load-balancer/iap";
import { serverlessNegRules } from "./load-balancer/serverless-neg";
import { urlMapRules } from "./load-balancer/url-map";
import { monitoringRules } from "./monitoring/monitoring";
import { nameRules } from "./names/names";
import { pipelineRules } from "./pipelines/pipelines";
import type { Rule } from "./rule";
import { storageRules } from "./storage/storage";
import { dnsRules } from "./tls-dns/dns";
import { tlsRules } from "./tls-dns/tls";

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
  "GPU machines": gpuAvailabilityRules,
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
  return { ...rule, severity: "warning", why };
}

export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = Object.fromEntries(
  Object.entries(groups).map(([group, rules]) => [group, rules.map(asSure)]),
);

export const allRules: readonly Rule[] = Object.values(ruleGroups).flat();
