import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network";
import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type IInstanceGroupTarget, type IRegionNetwork, type ProxyOnlySubnetwork, ServerlessNeg } from "../lib";
import { ValidationError } from "../lib/errors";

/** A VPC network that makes its proxy-only subnets on first use, as `RegionNetwork` does. */
export class FakeNetwork extends Construct implements IRegionNetwork {
  public readonly resource: ComputeNetwork;
  public readonly networkId: string;
  private readonly subnets = new Map<string, ProxyOnlySubnetwork>();

  public constructor(
    scope: Construct,
    id = "Network",
    /** Whether it can have proxy-only subnets. */
    private readonly proxies = true,
    /** Of the first of them: 10.n.0.0/23. */
    private readonly firstRange = 129,
  ) {
    super(scope, id);
    this.resource = new ComputeNetwork(this, "Resource", { name: "net-1a2b3c", autoCreateSubnetworks: false });
    this.networkId = this.resource.id;
  }

  public subnetworkId(region: string): string {
    return `projects/p/regions/${region}/subnetworks/net`;
  }

  public subnetworkKey(region: string): string {
    return region;
  }

  public egressDependables(): ITerraformDependable[] {
    return [];
  }

  public proxyOnlySubnetwork(region: string): ProxyOnlySubnetwork {
    if (!this.proxies) {
      throw new ValidationError(this, {
        what: "proxyOnlySubnetwork",
        got: region,
        allowed: "a region with a proxy-only subnet",
        fix: "name its range",
      });
    }
    const existing = this.subnets.get(region);
    if (existing) return existing;
    const ipCidrRange = `10.${this.firstRange + this.subnets.size}.0.0/23`;
    const subnet = new ComputeSubnetwork(this, `Proxies ${region}`, {
      name: `proxies-${region}-1a2b3c`,
      region,
      network: this.networkId,
      ipCidrRange,
      purpose: "REGIONAL_MANAGED_PROXY",
      role: "ACTIVE",
    });
    const made = { ipCidrRange, dependables: [subnet] };
    this.subnets.set(region, made);
    return made;
  }

  public admit(): ITerraformDependable[] {
    return [];
  }
}

/** Machines that exist already, with firewall rules of their own. */
export class FakeGroup extends Construct implements IInstanceGroupTarget {
  public readonly instanceGroupUrl: string;
  public readonly portName: string;
  public readonly port = 8080;
  public readonly admittedPorts = [8080];
  public readonly dependables: ITerraformDependable[] = [];

  public constructor(
    scope: Construct,
    id: string,
    public readonly region: string,
    public readonly networkId: string,
    portName = "api",
  ) {
    super(scope, id);
    this.portName = portName;
    this.instanceGroupUrl = `https://www.googleapis.com/compute/v1/projects/p/regions/${region}/instanceGroups/${id.toLowerCase()}`;
  }

  public admit(id: string, sourceRanges: string[]): ITerraformDependable[] {
    const existing = this.node.tryFindChild(id) as ComputeFirewall | undefined;
    return [
      existing ??
        new ComputeFirewall(this, id, {
          name: `${id.toLowerCase()}-1a2b3c`,
          network: this.networkId,
          sourceRanges,
          targetTags: ["api"],
          allow: [{ protocol: "tcp", ports: ["8080"] }],
        }),
    ];
  }
}

/** The NEG of a Cloud Run service in a region. */
export function cloudRun(scope: Construct, region: string, http2?: boolean): ServerlessNeg {
  return new ServerlessNeg(scope, region, { region, serviceName: "chat", http2 });
}
