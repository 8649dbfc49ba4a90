export type { AnsweredRequests } from "./api/answered-requests";
export type { AddCanaryProps } from "./api/canary";
export * from "./api/global-ai-api";
export * from "./api/multi-region-instances";
export * from "./api/multi-region-service";
export * from "./api/residency-options";
export { BackendKind, type IBackend } from "./backend/backend";
export type { BackendOptions } from "./backend/backend-options";
export * from "./backend/cdn/bucket-backend";
export * from "./backend/cdn/cdn";
export * from "./backend/cdn/cdn-backend";
export * from "./backend/cdn/cdn-signed-url-key";
export * from "./backend/cdn/content-bucket";
export * from "./backend/client-headers";
export * from "./backend/edge-security/edge-security";
export * from "./backend/edge-security/edge-security-cache";
export * from "./backend/edge-security/edge-security-filter";
export * from "./backend/edge-security/edge-security-rule";
export { EdgeBodyInspection, EdgeWafRuleSet } from "./backend/edge-security/edge-security-waf";
export * from "./backend/edge-security/region-edge-security";
export * from "./backend/edge-security/security-policy-rules";
export { Failover, type OutlierDetectionOptions } from "./backend/failover";
export * from "./backend/instance-group/backend-protocol";
export * from "./backend/instance-group/balancing";
export * from "./backend/instance-group/instance-group-backend";
export * from "./backend/instance-group/instance-groups";
export * from "./backend/instance-group/locality-policy";
export * from "./backend/instance-group/server-verification";
export * from "./backend/instance-group/session-affinity";
export * from "./backend/instance-group/stream-backend";
export * from "./backend/log-fields";
export * from "./backend/region-backend-service";
export * from "./backend/region-backend-target";
export * from "./backend/serverless-backend";
export * from "./core/removal-policy";
export * from "./data/batch-job";
export * from "./data/data-bucket";
export * from "./data/dead-letters";
export * from "./data/delivery";
export * from "./data/model-store";
export type { ModelVersionOptions } from "./data/model-version";
export * from "./data/pipeline-region";
export * from "./data/processing-pipeline";
export * from "./data/result-store";
export * from "./frontend/anycast-address";
export * from "./frontend/anycast-frontend";
export { DnsAuthorizationType } from "./frontend/authorized-domains";
export * from "./frontend/dns-record";
export { DnsZone, type DnsZoneProps, type DnsZoneReferenceOptions, type IDnsZone } from "./frontend/dns-zone";
export * from "./frontend/existing-certificates";
export { ManagedCertificates, type ManagedCertificatesProps } from "./frontend/managed-certificates";
export { PlainHttp } from "./frontend/plain-http";
export * from "./frontend/proxy-frontend";
export * from "./frontend/regional-address";
export * from "./frontend/regional-certificates";
export * from "./frontend/regional-endpoint";
export {
  type SelfManagedCertificate,
  SelfManagedCertificates,
  type SelfManagedCertificatesProps,
} from "./frontend/self-managed-certificates";
export * from "./frontend/tls";
export * from "./image/built-image";
export * from "./image/container-image";
export { DockerEngine } from "./image/docker-engine";
export * from "./image/image-attestor";
export * from "./image/image-policy";
export * from "./image/image-registry";
export * from "./image/multi-region-registry";
export * from "./image/remote-registry";
export * from "./image/upstream";
export {
  InferenceMetrics,
  type OtlpMetricsOptions,
  type PrometheusMetricsOptions,
} from "./observability/inference-metrics";
export { Notify } from "./observability/notify";
export * from "./observability/observability";
export {
  Slo,
  type SloAvailabilityOptions,
  type SloFirstTokenOptions,
  type SloLatencyOptions,
} from "./observability/slo";
export {
  UptimeProbe,
  type UptimeProbeGetOptions,
  type UptimeProbeInferenceOptions,
  type UptimeProbeOptions,
} from "./observability/uptime-probe";
export { CostBudget, type CostBudgetOptions } from "./planning/cost-budget";
export { Demand, type DemandPlace } from "./planning/demand";
export {
  type ContinentLatency,
  PlanObjective,
  RegionPlan,
  type RegionPlanOptions,
  type ResidencyGroup,
  type ServedRegion,
} from "./planning/region-plan";
export * from "./project/billing-budget";
export * from "./project/data-access-logs";
export { GoogleProviderVersion } from "./project/google-provider-version";
export * from "./project/grantee";
export * from "./project/project-services";
export type { ProviderOptions } from "./project/provider";
export * from "./project/secret";
export * from "./project/service-account";
export { Access, type IapOptions, IapStage } from "./region/access";
export * from "./region/cloud-run/cloud-run-options";
export * from "./region/cloud-run/cloud-run-region";
export * from "./region/cloud-run/cloud-run-service";
export * from "./region/cloud-run/gpu";
export * from "./region/cloud-run/probe";
export * from "./region/cloud-run/region-target";
export * from "./region/cloud-run/serverless-neg";
export type { Sidecar } from "./region/cloud-run/sidecar";
export * from "./region/cloud-run/volume";
export * from "./region/cloud-run/worker-pool-region";
export * from "./region/instance-group/auto-healing";
export * from "./region/instance-group/health-check";
export { ScaleIn, type ScaleInOptions, ScalingMode } from "./region/instance-group/instance-autoscaling";
export * from "./region/instance-group/instance-group-options";
export * from "./region/instance-group/instance-group-region";
export * from "./region/instance-group/instance-group-target";
export * from "./region/instance-group/reservations";
export * from "./region/instance-group/scaling-signal";
export * from "./region/machine/attached-gpu";
export * from "./region/machine/gpu-driver";
export * from "./region/machine/machine-options";
export type { IModelVersion } from "./region/model-version";
export * from "./region/network/network-egress";
export * from "./region/network/network-firewall";
export * from "./region/network/network-region";
export * from "./region/network/network-target";
export * from "./region/network/region-network";
export type { CanaryProps } from "./routing/canary";
export type { ErrorResponse, ErrorResponses } from "./routing/error-responses";
export * from "./routing/redirect";
export * from "./routing/region-url-routing";
export * from "./routing/route";
export { type CorsOptions, type FaultOptions, RetryCondition, type RetryOptions } from "./routing/route-action";
export { HeaderMatch, QueryParameterMatch } from "./routing/route-match";
export * from "./routing/url-routing";
export type { WeightedBackend } from "./routing/weighted-backend";
export * from "./rules/global-ai-rules";
