import { allTypes } from "../google/all-types";
import { accessRules } from "./access";
import { alertRules } from "./alerts";
import { autoscalerRules } from "./autoscaler";
import { backendServiceRules } from "./backend-service";
import { cacheRules } from "./cache";
import { cdnRules } from "./cdn";
import { certificateRules } from "./certificates";
import { changeSafetyRules } from "./change-safety";
import { cloudArmorRules } from "./cloud-armor";
import { cloudRunRules } from "./cloud-run";
import { cloudRunContainerRules } from "./cloud-run-containers";
import { cloudRunReachRules } from "./cloud-run-reach";
import { crossProjectRules } from "./cross-project";
import { dashboardRules } from "./dashboard";
import { dnsRules } from "./dns";
import { eventingRules } from "./eventing";
import { failoverRules } from "./failover";
import { firewallRules } from "./firewall";
import { forwardingRules } from "./forwarding";
import { gpuRules } from "./gpus";
import { healthCheckRules } from "./health-check";
import { iamRules } from "./iam";
import { iapRules } from "./iap";
import { imagePolicyRules } from "./image-policy";
import { instanceGroupRules } from "./instance-group";
import { interfaceRules } from "./interface";
import { invocationRules } from "./invocation";
import { loggingRules } from "./logging";
import { metricRules } from "./metrics";
import { nameRules } from "./names";
import { networkRules } from "./network";
import { networkEndpointGroupRules } from "./network-endpoint-group";
import { pipelineRules } from "./pipelines";
import { placeRules } from "./place";
import { protectionRules } from "./protection";
import { providerRules } from "./providers";
import { pubsubRules } from "./pubsub";
import { reachRules } from "./reach";
import { registryRules } from "./registry";
import type { Rule, RuleFacts } from "./rule";
import { secretRules } from "./secrets";
import { securityRules } from "./security";
import { sloRules } from "./slo";
import { storageRules } from "./storage";
import { rowsOf, ruleOf } from "./tables";
import { urlMapRules } from "./url-map";

/**
 * The rules about relationships, by topic. What single attributes may be stands in the tables of
 * `google/`.
 */
export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = {
  "Forwarding rules and proxies": forwardingRules,
  "URL maps": urlMapRules,
  "Backend services": backendServiceRules,
  Failover: failoverRules,
  "Cloud CDN": cdnRules,
  IAP: iapRules,
  "Network endpoint groups": networkEndpointGroupRules,
  "Cloud Run": cloudRunRules,
  Containers: cloudRunContainerRules,
  "Reaching Cloud Run": cloudRunReachRules,
  "Instance templates": gpuRules,
  "Instance groups": instanceGroupRules,
  Autoscalers: autoscalerRules,
  "Health checks": healthCheckRules,
  IAM: iamRules,
  Secrets: secretRules,
  "Artifact Registry": registryRules,
  "Binary Authorization": imagePolicyRules,
  "Security posture": securityRules,
  Storage: storageRules,
  "Pub/Sub": pubsubRules,
  Pipelines: pipelineRules,
  "Alerts and uptime checks": alertRules,
  "Service level objectives": sloRules,
  Dashboards: dashboardRules,
  Metrics: metricRules,
  Logging: loggingRules,
  Providers: providerRules,
  "Project borders": crossProjectRules,
  Names: nameRules,
  "Change-safety": changeSafetyRules,
  Certificates: certificateRules,
  DNS: dnsRules,
  Networks: networkRules,
  Firewalls: firewallRules,
  "Network interfaces": interfaceRules,
  "Cloud Armor": cloudArmorRules,
  Eventing: eventingRules,
  Invocation: invocationRules,
  "Reach of the whole document": reachRules,
  "Access across the document": accessRules,
  "Places across the document": placeRules,
  "Protection on every way in": protectionRules,
  "Caches and users": cacheRules,
};

export const allRules: readonly Rule[] = Object.values(ruleGroups).flat();

let facts: readonly RuleFacts[] | undefined;

/**
 * What every rule says, rows of tables included; rows that several types share are there once for
 * each. Worked out when somebody asks: a document is judged without it.
 */
export function ruleFacts(): readonly RuleFacts[] {
  facts ??= [...allTypes.flatMap((type) => rowsOf(type).map((row) => ruleOf(type.group, row))), ...allRules];
  return facts;
}

/** Whether a rule has such an id. Those about relationships are at hand; rows of tables come last. */
export function hasRule(isMeant: (id: string) => boolean): boolean {
  return allRules.some(({ id }) => isMeant(id)) || ruleFacts().some(({ id }) => isMeant(id));
}
