// An app of somebody who installed the package: compiled and run by typescript.test.ts, apart from the library's sources.
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import {
  Access,
  AnycastAddress,
  Balancing,
  Cdn,
  ContainerImage,
  Failover,
  GlobalAiApi,
  type GlobalAiApiProps,
  GoogleProviderVersion,
  Gpu,
  HealthCheck,
  IpVersion,
  type MultiRegionInstances,
  type MultiRegionService,
  Probe,
  RemovalPolicy,
  Secret,
  ServiceAccount,
  Tls,
  Volume,
} from "cdktf-global-ai-api";

const app = new App();
const stack = new TerraformStack(app, "consumer");
new GoogleProvider(stack, "Google", { project: "consumer-project" });
GoogleProviderVersion.of(stack).pin("~> 7.19");

const token = Secret.fromName(stack, "Token", "hugging-face-token");
const props: GlobalAiApiProps = {
  image: ContainerImage.fromReference("docker.io/acme/chat:1.2.3"),
  regions: ["europe-west1", "us-central1"],
  tls: Tls.managed(["api.example.com"]),
  ipv4Address: AnycastAddress.fromAddress("203.0.113.7", IpVersion.IPV4),
  removalPolicy: RemovalPolicy.DESTROY,
  gpu: Gpu.l4(),
  minInstances: 1,
  readinessProbe: Probe.http("/healthz"),
  secretEnv: { HF_TOKEN: token },
  volumes: [Volume.gcs("/models", "acme-models")],
  regionOverrides: { "us-central1": { maxInstances: 5 } },
  residency: { "europe-west1": { tls: Tls.managed(["eu.api.example.com"]) } },
};
const api = new GlobalAiApi(stack, "api", props);
const embeddings: MultiRegionService = api.addService("Embeddings", {
  image: ContainerImage.fromReference("docker.io/acme/embeddings:1.2.3"),
  paths: ["/v1/embeddings"],
  access: Access.members(["group:callers@example.com"]),
  serviceAccount: ServiceAccount.fromEmail(stack, "Runner", "runner@consumer-project.iam.gserviceaccount.com"),
  failover: Failover.outlierDetection({ consecutiveErrors: 3 }),
});
const cached = api.service.addBackend("Cached", { cdn: Cdn.originHeaders({ serveWhileStaleSeconds: 60 }) });
api.addRoute({ paths: ["/v1/models"], backend: cached });
const machines: MultiRegionInstances = api.addInstances("Machines", {
  image: ContainerImage.fromReference("docker.io/acme/chat:1.2.3"),
  regions: ["europe-west4"],
  machineType: "g2-standard-8",
  healthCheck: HealthCheck.http("/healthz"),
  balancing: Balancing.rate({ maxRatePerInstance: 4 }),
  paths: ["/v1/large"],
});
new TerraformOutput(stack, "group", { value: machines.regions[0]?.instanceGroupUrl });
// What the props do not cover, the resource underneath does.
embeddings.regions[0]?.resource.addOverride("description", "set by hand");
app.synth();
