import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  AnycastFrontend,
  AutoHealing,
  Balancing,
  ContainerImage,
  GlobalAiRules,
  HealthCheck,
  MultiRegionInstances,
  ProxyFrontend,
  RegionNetwork,
  ScalingSignal,
  StreamBackend,
  Tls,
  UrlRouting,
} from "../../lib";
import { addState } from "../state";

/**
 * One anycast address in front of GPU machines on three continents: global address, forwarding
 * rules, HTTPS proxy, URL map, backend service, managed instance groups. The same machines also
 * serve clients that speak gRPC over a TLS stream, on a separate address.
 */
export class AnycastInstancesStack extends TerraformStack {
  public readonly inference: MultiRegionInstances;
  public readonly frontend: AnycastFrontend;
  public readonly streams: ProxyFrontend;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    addState(this, { kind: "local" });
    new GoogleProvider(this, "Google", { project: "example-ai-inference", defaultLabels: { app: "inference" } });
    const regions = ["europe-west4", "us-central1", "asia-southeast1"];
    const ready = HealthCheck.http("/health");
    this.inference = new MultiRegionInstances(this, "Inference", {
      regions,
      network: new RegionNetwork(this, "Network", { regions }),
      // vLLM 0.11.0
      image: ContainerImage.fromReference(
        "docker.io/vllm/vllm-openai@sha256:014a95f21c9edf6abe0aea6b07353f96baa4ec291c427bb1176dc7c93a85845c",
      ),
      args: ["--model", "Qwen/Qwen3-4B", "--port", "8000"],
      port: 8000,
      machineType: "g2-standard-8",
      minInstances: 1,
      maxInstances: 4,
      healthCheck: ready,
      autoHealing: AutoHealing.by(ready),
      balancing: Balancing.rate({ maxRatePerInstance: 8 }),
      scaling: [ScalingSignal.loadBalancing(0.8)],
    });
    const routing = new UrlRouting(this, "Routing", { defaultBackend: this.inference.backend });
    this.frontend = new AnycastFrontend(this, "Frontend", { urlMap: routing, tls: Tls.managed(["infer.example.com"]) });
    const streamBackend = new StreamBackend(this, "StreamBackend", {
      targets: this.inference.regions,
      healthCheck: ready,
      balancing: Balancing.connections({ maxConnectionsPerInstance: 64 }),
    });
    this.streams = new ProxyFrontend(this, "Streams", {
      backend: streamBackend,
      ports: [443],
      tls: Tls.managed(["stream.example.com"]),
    });
    GlobalAiRules.attach(this);

    new TerraformOutput(this, "global_anycast_ip", { value: this.frontend.ipv4.address });
    new TerraformOutput(this, "stream_anycast_ip", { value: this.streams.ipv4.address });
    new TerraformOutput(this, "dns_records", {
      value: [...this.frontend.dnsRecords, ...this.streams.dnsRecords],
    });
  }
}
