import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ContainerImage, GlobalAiApi, GlobalAiRules, Probe, Tls } from "../../lib";
import { addState } from "../state";

/**
 * Data processing in Europe and Asia: one global address and backend service over both. For data
 * that must stay in its region, each also has a regional backend service with its own endpoint,
 * because a global URL map cannot use regional backend services.
 */
export class RegionalProcessingStack extends TerraformStack {
  public readonly api: GlobalAiApi;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    addState(this, { kind: "local" });
    new GoogleProvider(this, "Google", { project: "example-ai-processing", defaultLabels: { app: "processing" } });
    const ready = Probe.http("/readyz");
    this.api = new GlobalAiApi(this, "api", {
      image: ContainerImage.fromReference(
        `europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:${"0".repeat(64)}`,
      ),
      regions: ["europe-west1", "asia-northeast1"],
      cpu: 4,
      memoryMiB: 8192,
      minInstances: 1,
      startupProbe: ready,
      readinessProbe: ready,
      tls: Tls.managed(["api.example.com"]),
      residency: {
        "europe-west1": { tls: Tls.managed(["eu.api.example.com"]) },
        "asia-northeast1": { tls: Tls.managed(["asia.api.example.com"]) },
      },
    });
    GlobalAiRules.attach(this, { errors: ["failover-"] });

    const { "europe-west1": europe, "asia-northeast1": asia } = this.api.regionalEndpoints;
    new TerraformOutput(this, "europe_backend_service_url", { value: europe!.backend.selfLink });
    new TerraformOutput(this, "asia_backend_service_url", { value: asia!.backend.selfLink });
    new TerraformOutput(this, "global_forwarding_rule_ip", { value: this.api.frontend.ipv4.address });
  }
}
