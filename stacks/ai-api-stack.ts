import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  BillingBudget,
  Cdn,
  ClientHeaders,
  ContainerImage,
  DataAccessLogs,
  DnsZone,
  EdgeSecurity,
  GlobalAiApi,
  GlobalAiRules,
  GoogleProviderVersion,
  Gpu,
  type IImage,
  MultiRegionRegistry,
  Notify,
  type Observability,
  Probe,
  RemovalPolicy,
  Slo,
  Tls,
  UptimeProbe,
  Volume,
} from "../lib";
import type { EdgeSettings, Environment, ObservabilitySettings, ServiceSettings } from "./environment";
import { addState } from "./state";

/** Names an answer, for whoever reports it: its logs are found by it (docs/observability.md). */
const RESPONSE_HEADERS = { "X-Trace-Id": "{cloud_trace_id}" };

/** One environment: one stack, one state, one project. */
export class AiApiStack extends TerraformStack {
  public readonly api: GlobalAiApi;
  public readonly edgeSecurity?: EdgeSecurity;

  public constructor(scope: Construct, name: string, environment: Environment) {
    super(scope, name);
    addState(this, environment.state);
    new GoogleProvider(this, "Google", { project: environment.project, defaultLabels: { ...environment.labels } });
    GoogleProviderVersion.of(this).pin(environment.googleProvider);

    const { service, dnsZone } = environment;
    this.edgeSecurity = environment.edge && this.secure(environment.edge);
    this.api = new GlobalAiApi(this, "api", {
      image: this.image(environment),
      regions: [...environment.regions],
      drainingRegions: [...environment.drainingRegions],
      tls: environment.domains.length > 0 ? Tls.managed([...environment.domains]) : Tls.none(),
      removalPolicy: environment.destroyable ? RemovalPolicy.DESTROY : RemovalPolicy.PROTECT,
      cpu: service.cpu,
      memoryMiB: service.memoryMiB,
      gpu: gpu(service),
      minInstances: service.minInstances,
      maxInstances: service.maxInstances,
      concurrency: service.concurrency,
      timeoutSeconds: service.timeoutSeconds,
      env: { ...service.env },
      volumes: service.modelBucket && [Volume.gcs(service.modelBucket.mountPath, service.modelBucket.bucket)],
      dnsZone: dnsZone && DnsZone.fromName(this, "DnsZone", dnsZone.name, dnsZone.dnsName),
      requestHeaders: ClientHeaders.all(),
      responseHeaders: RESPONSE_HEADERS,
      securityPolicyId: this.edgeSecurity?.policyId,
      logSampleRate: environment.logSampleRate,
      ...probes(service),
    });
    if (environment.edge) this.cache(environment.edge, environment.logSampleRate);
    const observed = environment.observability && this.observe(environment.observability);
    if (environment.budget) {
      new BillingBudget(this, "Budget", { ...environment.budget, notificationChannels: observed?.emailChannels });
    }
    this.judge(environment);
  }

  private image({ image, build, destroyable }: Environment): IImage {
    if (build === undefined) return ContainerImage.fromReference(image!);
    // Kept even if a variable names the image: the registry may hold that image and earlier builds.
    const registry = new MultiRegionRegistry(this, "Registry", {
      locations: [...build.registryLocations],
      // Each source change pushes a new tag; short-lived environments clean up after themselves.
      ...(destroyable
        ? { removalPolicy: RemovalPolicy.DESTROY, immutableTags: false, deleteTaggedAfterDays: 30 }
        : { removalPolicy: RemovalPolicy.PROTECT }),
    });
    if (image !== undefined) return ContainerImage.fromReference(image);
    const built = ContainerImage.fromSource(this, "Image", { directory: build.directory, registry, name: build.name });
    // What was tested here is released elsewhere by digest.
    new TerraformOutput(this, "image", { value: built.reference });
    return built;
  }

  private secure(edge: EdgeSettings): EdgeSecurity {
    return EdgeSecurity.forAiApi(this, "Edge", {
      apiKeyHeader: edge.apiKeyHeader,
      keylessPaths: [...edge.keylessPaths],
      requestsPerMinutePerKey: edge.requestsPerMinutePerKey,
      requestsPerMinutePerIp: edge.requestsPerMinutePerIp,
    });
  }

  /** A separate backend for the cached paths, over the same regions and with the same policy. */
  private cache(edge: EdgeSettings, logSampleRate: number): void {
    if (edge.cachedPaths.length === 0) return;
    const backend = this.api.service.addBackend("CachedBackend", {
      // Responses may be shared across API keys; the service decides by Cache-Control.
      cdn: Cdn.originHeaders({ bypassHeaders: [] }),
      requestHeaders: ClientHeaders.all(),
      responseHeaders: RESPONSE_HEADERS,
      securityPolicyId: this.edgeSecurity?.policyId,
      logSampleRate,
    });
    this.api.addRoute({ paths: [...edge.cachedPaths], backend });
  }

  private observe({
    emails,
    availabilityGoal,
    latency,
    probePaths,
    logRetentionDays,
    dataAccessLogs,
  }: ObservabilitySettings): Observability {
    if (dataAccessLogs) DataAccessLogs.attach(this);
    return this.api.observe({
      notify: emails.map((address) => Notify.email(address)),
      slos: [Slo.availability({ goal: availabilityGoal }), ...(latency ? [Slo.latency(latency)] : [])],
      probes: probePaths.map((path) => UptimeProbe.get(path)),
      logRetentionDays,
    });
  }

  /** Every rule; in protected environments, missing failover and alerts that nobody gets are errors. */
  private judge(environment: Environment): void {
    const errors = ["failover-", "alert-notification-channels-missing", "slo-alerted"];
    GlobalAiRules.attach(this, { errors: environment.destroyable ? [] : errors });
    if (environment.domains.length === 0) {
      GlobalAiRules.suppress(this.api.frontend, "security-plain-http", "an environment without a domain is for trials");
    }
    if (environment.destroyable && environment.image !== undefined) {
      GlobalAiRules.suppress(this.api, "security-image-digest", "an environment that comes and goes may follow a tag");
    }
  }
}

function gpu(service: ServiceSettings): Gpu {
  if (service.gpu === "l4") return Gpu.l4();
  return service.gpu === "rtxPro6000" ? Gpu.rtxPro6000() : Gpu.none();
}

function probes({ probes: { startup, liveness, readiness } = {} }: ServiceSettings) {
  return {
    startupProbe: startup === undefined ? undefined : Probe.http(startup),
    livenessProbe: liveness === undefined ? undefined : Probe.http(liveness),
    readinessProbe: readiness === undefined ? undefined : Probe.http(readiness),
  };
}
