import { allTypes } from "../google/all-types";
import { certificateRules } from "./certificates";
import { changeSafetyRules } from "./change-safety";
import { cloudArmorRules } from "./cloud-armor/cloud-armor";
import { cloudRunRules } from "./cloud-run/cloud-run";
import { dnsRules } from "./dns";
import { failoverRules } from "./failover";
import { firewallRules } from "./firewall";
import { iamRules } from "./identity/iam";
import { registryRules } from "./identity/registry";
import { secretRules } from "./identity/secrets";
import { securityRules } from "./identity/security";
import { gpuAvailabilityRules } from "./instances/gpu-availability";
import { instanceGroupRules } from "./instances/instance-group";
import { interfaceRules } from "./interface";
import { backendServiceRules } from "./load-balancer/backend-service";
import { cdnRules } from "./load-balancer/cdn";
import { forwardingRules } from "./load-balancer/forwarding";
import { iapRules } from "./load-balancer/iap";
import { serverlessNegRules } from "./load-balancer/serverless-neg";
import { urlMapRules } from "./load-balancer/url-map";
import { monitoringRules } from "./monitoring/monitoring";
import { nameRules } from "./names/names";
import { networkRules } from "./network";
import { converted, type OldRule } from "./old-rule";
import { pipelineRules } from "./pipelines/pipelines";
import { pubsubRules } from "./pubsub";
import type { Rule, RuleFacts } from "./rule";
import { storageRules } from "./storage/storage";
import { rowsOf, ruleOf } from "./tables";

/** The rulebook, by group. Adding a rule is one entry in its group's list, and a case in the group's test. */
const oldGroups: Readonly<Record<string, readonly OldRule[]>> = {
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
  "Cloud Armor": cloudArmorRules,
  Names: nameRules,
  "Instance groups": instanceGroupRules,
  "GPU machines": gpuAvailabilityRules,
  Storage: storageRules,
  Pipelines: pipelineRules,
  Monitoring: monitoringRules,
  Failover: failoverRules,
  "Change-safety": changeSafetyRules,
};

/** The rules about relationships, by topic of the request path. What single attributes may be stands in the tables of `google/`. */
const groups: Readonly<Record<string, readonly Rule[]>> = {
  Certificates: certificateRules,
  DNS: dnsRules,
  Network: networkRules,
  "Instances in the network": interfaceRules,
  Firewall: firewallRules,
  "Pub/Sub": pubsubRules,
};

export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = {
  ...Object.fromEntries(Object.entries(oldGroups).map(([group, rules]) => [group, rules.map(converted)])),
  ...groups,
};

export const allRules: readonly Rule[] = Object.values(ruleGroups).flat();

/** What every rule says, rows of tables included; rows that several types share are there once for each. */
export const ruleFacts: readonly RuleFacts[] = [
  ...allTypes.flatMap((type) => rowsOf(type).map((row) => ruleOf(type.group, row))),
  ...allRules,
];
