import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ContainerImage, GlobalAiApi, GlobalAiRules, Probe, ResultStore, StoreLocation, Tls } from "../../lib";
import { addState } from "../state";

const EUROPE = "europe-west1";
const ASIA = "asia-northeast1";

/**
 * Data processing in Europe and Asia: one global address and backend service over both, and in each
 * region a pipeline from what is submitted or uploaded there to its results. For data that must
 * stay in its region, each also has a regional backend service with its own endpoint, because a
 * global URL map cannot use regional backend services, and a second pipeline that nothing leaves.
 */
export class ProcessingStack extends TerraformStack {
  public readonly api: GlobalAiApi;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    addState(this, { kind: "local" });
    new GoogleProvider(this, "Google", { project: "example-ai-processing", defaultLabels: { app: "processing" } });
    const ready = Probe.http("/readyz");
    const image = ContainerImage.fromReference(
      `europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:${"0".repeat(64)}`,
    );
    this.api = new GlobalAiApi(this, "api", {
      image,
      regions: [EUROPE, ASIA],
      cpu: 4,
      memoryMiB: 8192,
      minInstances: 1,
      startupProbe: ready,
      readinessProbe: ready,
      tls: Tls.managed(["api.example.com"]),
      residency: {
        [EUROPE]: { tls: Tls.managed(["eu.api.example.com"]) },
        [ASIA]: { tls: Tls.managed(["asia.api.example.com"]) },
      },
    });
    const size = { image, cpu: 4, memoryMiB: 8192, startupProbe: ready };
    const submission = { minInstances: 1, startupProbe: ready, readinessProbe: ready };
    this.api.addPipeline("documents", {
      ...size,
      submission,
      maxInstances: 20,
      results: new ResultStore(this, "Results", { location: StoreLocation.multiRegion("EU") }),
      regionOverrides: {
        [ASIA]: { results: new ResultStore(this, "AsianResults", { location: StoreLocation.multiRegion("ASIA") }) },
      },
    });
    this.api.addPipeline("records", {
      ...size,
      submission,
      paths: ["/v1/records/batch"],
      residency: true,
      results: new ResultStore(this, "Records", { location: StoreLocation.regions([EUROPE, ASIA]) }),
    });
    GlobalAiRules.attach(this, { errors: ["failover-"] });

    const { [EUROPE]: europe, [ASIA]: asia } = this.api.regionalEndpoints;
    new TerraformOutput(this, "europe_backend_service_url", { value: europe!.backend.selfLink });
    new TerraformOutput(this, "asia_backend_service_url", { value: asia!.backend.selfLink });
    new TerraformOutput(this, "global_forwarding_rule_ip", { value: this.api.frontend.ipv4.address });
  }
}
