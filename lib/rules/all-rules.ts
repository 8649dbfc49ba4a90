import { allTypes } from "../google/all-types";
import { alertRules } from "./alerts";
import { autoscalerRules } from "./autoscaler";
import { backendServiceRules } from "./backend-service";
import { cdnRules } from "./cdn";
import { changeSafetyRules } from "./change-safety";
import { cloudArmorRules } from "./cloud-armor";
import { cloudRunRules } from "./cloud-run";
import { cloudRunContainerRules } from "./cloud-run-containers";
import { cloudRunReachRules } from "./cloud-run-reach";
import { dashboardRules } from "./dashboard";
import { failoverRules } from "./failover";
import { forwardingRules } from "./forwarding";
import { gpuRules } from "./gpus";
import { healthCheckRules } from "./health-check";
import { iapRules } from "./iap";
import { iamRules } from "./identity/iam";
import { registryRules } from "./identity/registry";
import { secretRules } from "./identity/secrets";
import { securityRules } from "./identity/security";
import { instanceGroupRules } from "./instance-group";
import { instanceTemplateRules } from "./instance-template";
import { networkRules } from "./instances/network";
import { loggingRules } from "./logging";
import { nameRules } from "./names";
import { networkEndpointGroupRules } from "./network-endpoint-group";
import { converted, type OldRule } from "./old-rule";
import { pipelineRules } from "./pipelines/pipelines";
import { pubsubRules } from "./pubsub";
import type { Rule, RuleFacts } from "./rule";
import { sloRules } from "./slo";
import { storageRules } from "./storage";
import { rowsOf, ruleOf } from "./tables";
import { dnsRules } from "./tls-dns/dns";
import { tlsRules } from "./tls-dns/tls";
import { urlMapRules } from "./url-map";

/** The rulebook, by group. Adding a rule is one entry in its group's list, and a case in the group's test. */
const oldGroups: Readonly<Record<string, readonly OldRule[]>> = {
  Secrets: secretRules,
  "Artifact Registry": registryRules,
  IAM: iamRules,
  "Security posture": securityRules,
  TLS: tlsRules,
  DNS: dnsRules,
  Network: networkRules,
  Pipelines: pipelineRules,
};

/** The rules about relationships, by topic of the request path. What single attributes may be stands in the tables of `google/`. */
const groups: Readonly<Record<string, readonly Rule[]>> = {
  "Instance templates": instanceTemplateRules,
  "GPU machines": gpuRules,
  "Instance groups": instanceGroupRules,
  Autoscalers: autoscalerRules,
  "Health checks": healthCheckRules,
  "Cloud Run": [...cloudRunRules, ...cloudRunContainerRules, ...cloudRunReachRules],
  "Backend services": backendServiceRules,
  "Cloud CDN": cdnRules,
  IAP: iapRules,
  "Cloud Armor": cloudArmorRules,
  "Network endpoint groups": networkEndpointGroupRules,
  Failover: failoverRules,
  "Pub/Sub": pubsubRules,
  Names: nameRules,
  Storage: storageRules,
  "Alerts and uptime checks": alertRules,
  "Service level objectives": sloRules,
  Dashboards: dashboardRules,
  Logging: loggingRules,
  "Forwarding rules and proxies": forwardingRules,
  "URL maps": urlMapRules,
  "Change-safety": changeSafetyRules,
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
