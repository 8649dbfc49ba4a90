import type { TerraformStack } from "cdktf";
import {
  BucketBackend,
  Cdn,
  ContainerImage,
  ContentBucket,
  EdgeAction,
  type GlobalAiApi,
  ImageRegistry,
  IpVersion,
  type IRegionNetwork,
  type IRegionTarget,
  type IResultStore,
  NetworkEgress,
  RegionBackendTarget,
  RegionNetwork,
  ResultStore,
  Secret,
  ServiceAccount,
  SignedUrlKeyValue,
  StoreLocation,
  StreamBackend,
  Tls,
  Upstream,
  UptimeProbe,
  type UrlRouting,
} from "../../lib";
import { structs } from "../../lib/core/public-api";
import { type Declared, propertiesOf } from "../../lib/core/shapes";
import { CERTIFICATE_PEM } from "../frontend/certificate-pem";
import { cloudRun, FakeGroup } from "../regional-support";

const image = ContainerImage.fromReference("docker.io/acme/chat:1");
const region = "europe-west1";
/** One: these constructs are made thousands of times, and all regions get the same. */
const regions = [region];
const tls = Tls.managed(["api.example.com"]);

class FakeBackend {
  public readonly backendId = "projects/p/global/backendServices/chat";
  public readonly region = region;
  public readonly dependables = [];
}

function network(stack: TerraformStack): IRegionNetwork {
  return RegionNetwork.fromExisting(stack, "Shared", {
    network: "projects/test-project/global/networks/shared",
    subnetworks: Object.fromEntries(
      regions.map((each) => [each, `projects/test-project/regions/${each}/subnetworks/machines`]),
    ),
    proxyOnlyRanges: { [region]: "10.9.0.0/23" },
  });
}

function groups(stack: TerraformStack): FakeGroup[] {
  const shared = network(stack);
  return regions.map((each) => new FakeGroup(stack, `Group-${each}`, each, shared));
}

/** Two, because outlier detection is for backends that can fail over. */
function targets(stack: TerraformStack): IRegionTarget[] {
  return [region, "us-central1"].map((each) => cloudRun(stack, each));
}

function archive(stack: TerraformStack): IResultStore {
  return ResultStore.fromBucketName(stack, "Archive", "my-archive");
}

function keyed(stack: TerraformStack): BucketBackend {
  return new BucketBackend(stack, "Static", {
    bucket: ContentBucket.existing("static-bucket"),
    cdn: Cdn.staticContent(),
  });
}

/** Props with which each construct of the library can be made; only what is required. */
export const everyConstruct: Readonly<Record<string, (stack: TerraformStack) => Record<string, unknown>>> = {
  AnycastAddress: () => ({ ipVersion: IpVersion.IPV4 }),
  AnycastFrontend: () => ({ urlMap: { urlMapId: "projects/p/global/urlMaps/chat" }, tls }),
  BatchJob: () => ({ image, regions }),
  BillingBudget: () => ({ billingAccount: "012345-6789AB-CDEF01", amountPerMonth: 100 }),
  BucketBackend: () => ({ bucket: ContentBucket.existing("static-bucket") }),
  BuiltImage: (stack) => {
    const registry = new ImageRegistry(stack, "Registry", { location: "europe" });
    return { directory: "app", name: "chat", registry };
  },
  CdnSignedUrlKey: (stack) => ({
    backend: keyed(stack),
    value: SignedUrlKeyValue.fromSecret(Secret.fromName(stack, "Key", "cdn-key", { version: "1" })),
  }),
  CloudRunRegion: () => ({ region, image }),
  CloudRunService: () => ({ region, image }),
  DataBucket: () => ({ location: "EU" }),
  DeadLetters: () => ({ region, residency: false }),
  DnsZone: () => ({ dnsName: "example.com." }),
  EdgePolicy: () => ({}),
  EdgeSecurity: () => ({ apiKeyHeader: "authorization" }),
  ExistingCertificates: () => ({
    certificates: [{ certificateId: "projects/p/locations/global/certificates/chat", domains: ["api.example.com"] }],
  }),
  GlobalAiApi: () => ({ image, regions, tls }),
  ImageAttestor: () => ({
    keyVersions: ["projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"],
  }),
  ImagePolicy: () => ({ patterns: ["europe-docker.pkg.dev/my-project/models/*"] }),
  ImageRegistry: () => ({ location: "europe" }),
  InstanceGroupBackend: (stack) => ({ targets: groups(stack) }),
  InstanceGroupRegion: (stack) => ({ region, image, network: network(stack), machineType: "g2-standard-8" }),
  ManagedCertificates: () => ({ domains: ["api.example.com"] }),
  ModelStore: () => ({ locations: ["EU"] }),
  MultiRegionInstances: (stack) => ({ image, regions, machineType: "g2-standard-8", network: network(stack) }),
  MultiRegionRegistry: () => ({ locations: ["europe"] }),
  MultiRegionService: () => ({ image, regions }),
  NetworkFirewall: () => ({ networkId: "projects/p/global/networks/shared", logging: false }),
  NetworkRegion: () => ({
    region,
    networkId: "projects/p/global/networks/shared",
    ipCidrRange: "10.8.0.0/20",
    egress: NetworkEgress.cloudNat(),
    protectAddresses: false,
  }),
  Observability: () => ({ urlMapName: "chat", notify: [], probes: [UptimeProbe.get("/")] }),
  PipelineRegion: (stack) => ({
    region,
    image,
    results: archive(stack),
    invoker: new ServiceAccount(stack, "Invoker"),
    residency: false,
    processingSeconds: 300,
    ackDeadlineSeconds: 300,
    maxDeliveryAttempts: 10,
    minBackoffSeconds: 10,
    maxBackoffSeconds: 600,
    messageRetentionDays: 7,
    inputRetentionDays: 30,
    ordered: false,
    exactlyOnce: false,
  }),
  ProcessingPipeline: (stack) => ({ regions, image, results: archive(stack) }),
  ProxyFrontend: (stack) => ({
    backend: new StreamBackend(stack, "Backend", { targets: groups(stack) }),
    ports: [9000],
    tls: Tls.none(),
  }),
  RegionBackendService: (stack) => ({ target: RegionBackendTarget.cloudRun(cloudRun(stack, region)) }),
  RegionEdgeSecurity: () => ({ region, apiKeyHeader: "authorization" }),
  RegionNetwork: () => ({ regions }),
  RegionUrlRouting: () => ({ region, defaultBackend: new FakeBackend() }),
  RegionalAddress: () => ({ region }),
  RegionalCertificates: () => ({ region, tls }),
  RegionalEndpoint: (stack) => ({
    region,
    tls,
    network: network(stack),
    target: RegionBackendTarget.cloudRun(cloudRun(stack, region)),
  }),
  RemoteRegistry: () => ({ upstream: Upstream.dockerHub() }),
  ResultStore: () => ({ location: StoreLocation.multiRegion("EU") }),
  Secret: () => ({}),
  SelfManagedCertificates: (stack) => ({
    certificates: [
      {
        domains: ["api.example.com"],
        certificatePem: CERTIFICATE_PEM,
        privateKeySecret: Secret.fromName(stack, "Key", "tls-key"),
      },
    ],
  }),
  ServerlessBackend: (stack) => ({ targets: targets(stack) }),
  ServerlessNeg: () => ({ region, serviceName: "chat" }),
  ServiceAccount: () => ({}),
  StreamBackend: (stack) => ({ targets: groups(stack) }),
  UrlRouting: () => ({ defaultBackend: new FakeBackend() }),
  WorkerPoolRegion: () => ({ region, image }),
};

/** Where the value objects of the library go: a construct, and the props that take one. */
export const everyValue: Readonly<Record<string, readonly [construct: string, props: (value: unknown) => object]>> = {
  Access: ["MultiRegionService", (access) => ({ access })],
  AttachedGpu: ["InstanceGroupRegion", (attachedGpu) => ({ attachedGpu, machineType: "n1-standard-8" })],
  AutoHealing: ["InstanceGroupRegion", (autoHealing) => ({ autoHealing })],
  BackendProtocol: ["InstanceGroupBackend", (protocol) => ({ protocol })],
  Balancing: ["InstanceGroupBackend", (balancing) => ({ balancing })],
  Cdn: ["ServerlessBackend", (cdn) => ({ cdn })],
  ContentBucket: ["BucketBackend", (bucket) => ({ bucket })],
  Delivery: ["ProcessingPipeline", (delivery) => ({ delivery })],
  EdgeAction: ["EdgePolicy", (action) => ({ rules: [{ priority: 100, action, ipRanges: ["192.0.2.1"] }] })],
  Failover: ["ServerlessBackend", (failover) => ({ failover })],
  GpuDriver: ["InstanceGroupRegion", (gpuDriver) => ({ gpuDriver })],
  HealthCheck: ["InstanceGroupBackend", (healthCheck) => ({ healthCheck })],
  LocalityPolicy: ["InstanceGroupBackend", (localityPolicy) => ({ localityPolicy })],
  LogFields: ["ServerlessBackend", (logFields) => ({ logFields })],
  NetworkEgress: ["RegionNetwork", (egress) => ({ egress })],
  Probe: ["CloudRunRegion", (livenessProbe) => ({ livenessProbe })],
  Reservations: ["InstanceGroupRegion", (reservations) => ({ reservations })],
  ScaleIn: ["InstanceGroupRegion", (scaleIn) => ({ scaleIn })],
  ScalingSignal: ["InstanceGroupRegion", (signal) => ({ scaling: [signal] })],
  SessionAffinity: ["InstanceGroupBackend", (sessionAffinity) => ({ sessionAffinity })],
  StoreLocation: ["ResultStore", (location) => ({ location })],
  Tls: ["AnycastFrontend", (tls) => ({ tls })],
  Upstream: ["RemoteRegistry", (upstream) => ({ upstream })],
  Volume: ["CloudRunRegion", (volume) => ({ volumes: [volume] })],
};

/** What a struct requires, where it is inside the props of another. */
const required: Readonly<Record<string, (stack: TerraformStack) => object>> = {
  CorsOptions: () => ({ allowOrigins: ["https://app.example.com"] }),
  CustomMetric: () => ({ name: "orca.queue" }),
  DirectVpcEgress: () => ({ network: "projects/p/global/networks/n" }),
  EdgeRule: () => ({ priority: 100, action: EdgeAction.deny(), ipRanges: ["192.0.2.1"] }),
  ExistingCertificate: () => ({
    certificateId: "projects/p/locations/global/certificates/chat",
    domains: ["api.example.com"],
  }),
  InstanceGroupOverride: () => ({ region: "europe-west1" }),
  ResidencyOptions: () => ({ tls: Tls.managed(["eu.example.com"]) }),
  ScalingSchedule: () => ({ name: "day", cron: "0 8 * * *", durationSeconds: 3600, minInstances: 1 }),
  SelfManagedCertificate: (stack) => ({
    domains: ["api.example.com"],
    certificatePem: CERTIFICATE_PEM,
    privateKeySecret: Secret.fromName(stack, "PrivateKey", "tls-key"),
  }),
};

export interface Place {
  readonly path: string;
  /** As TypeScript spells it: string, number, a list or a map of them. */
  readonly type: string;
  readonly put: (token: unknown, stack: TerraformStack) => unknown;
}

/** Where a token can be in a prop: it is one, has one as an item, or has a prop that does. */
export function places({ name, type }: Pick<Declared, "name" | "type">, depth = 0): Place[] {
  const item = type.replace(/(\[\]|\{\})$/, "");
  const key = /overrides|range|subnet|residency|keys/i.test(name)
    ? "europe-west1"
    : /seconds/i.test(name)
      ? "404"
      : "KEY";
  const wrap = (value: unknown) => (type.endsWith("[]") ? [value] : type.endsWith("{}") ? { [key]: value } : value);
  const here = /^(string|number)\b/.test(type) ? [{ path: name, type, put: (token: unknown) => token }] : [];
  const items = here.length > 0 && item !== type ? [{ path: `${name} item`, type: item, put: wrap }] : [];
  if (!(item in structs) || depth > 2) return [...here, ...items];
  const inside = [...propertiesOf(item).values()].flatMap((property) =>
    places(property, depth + 1).map((place) => ({
      path: `${name}.${place.path}`,
      type: place.type,
      put: (token: unknown, stack: TerraformStack) =>
        wrap({ ...required[item]?.(stack), [property.name]: place.put(token, stack) }),
    })),
  );
  return [...here, ...items, ...inside];
}

/** Methods that take options, and arguments with which they can be called. */
export const everyMethod: readonly [
  name: string,
  method: string,
  args: (stack: TerraformStack, made: never) => unknown[],
][] = [
  ["GlobalAiApi", "addService", () => ["Other", { image, paths: ["/other"] }]],
  ["GlobalAiApi", "addInstances", () => ["Machines", { image, machineType: "g2-standard-8", paths: ["/m"] }]],
  ["GlobalAiApi", "addPipeline", (stack) => ["Pipeline", { image, results: archive(stack) }]],
  ["GlobalAiApi", "addRoute", (_stack, made: GlobalAiApi) => [{ backend: made.service.backend, paths: ["/r"] }]],
  ["ProcessingPipeline", "addSubmission", () => [{}]],
  ["MultiRegionService", "addBackend", () => ["Cached", {}]],
  ["MultiRegionInstances", "addBackend", () => ["Cached", {}]],
  ["UrlRouting", "addRoute", (_stack, made: UrlRouting) => [{ backend: { backendId: made.urlMapId }, paths: ["/r"] }]],
  ["RegionNetwork", "admit", () => ["rule", { sourceRanges: ["10.0.0.0/8"], ports: [8080], targetTag: "api" }]],
];
