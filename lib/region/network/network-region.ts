import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import { ComputeRouter } from "@cdktf/provider-google/lib/compute-router";
import { ComputeRouterNat } from "@cdktf/provider-google/lib/compute-router-nat";
import { ComputeSubnetwork, type ComputeSubnetworkLogConfig } from "@cdktf/provider-google/lib/compute-subnetwork";
import { Construct } from "constructs";
import { COMPUTE_NAME, hashedSlug } from "../../core/naming";
import { ProjectServices } from "../../project/project-services";
import type { NetworkEgress } from "./network-egress";
import { firstAddress } from "./network-plan";

export interface NetworkRegionProps {
  readonly region: string;
  /** Id of the VPC network. */
  readonly networkId: string;
  /** IPv4 range of the machines. */
  readonly ipCidrRange: string;
  readonly egress: NetworkEgress;
  /** Whether Terraform refuses to destroy static addresses. */
  readonly protectAddresses: boolean;
  /** @default no flow logs */
  readonly logConfig?: ComputeSubnetworkLogConfig;
}

/**
 * What a `RegionNetwork` has in one region: a part for machines, which `RegionNetwork.addRegion`
 * creates, and one for proxies. A region with a regional load balancer over Cloud Run needs only
 * the second.
 */
export class NetworkRegion extends Construct {
  private machineSubnetwork?: ComputeSubnetwork;
  private cloudRouter?: ComputeRouter;
  private cloudNat?: ComputeRouterNat;
  private addresses: ComputeAddress[] = [];
  private activeProxyOnly?: ComputeSubnetwork;
  private backupProxyOnly?: ComputeSubnetwork;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkRegionProps,
  ) {
    super(scope, id);
  }

  /** Where machines are; nothing until the region has some. */
  public get subnetwork(): ComputeSubnetwork | undefined {
    return this.machineSubnetwork;
  }

  /** Nothing where machines reach Google's APIs only. */
  public get router(): ComputeRouter | undefined {
    return this.cloudRouter;
  }

  /** Nothing where machines reach Google's APIs only. */
  public get nat(): ComputeRouterNat | undefined {
    return this.cloudNat;
  }

  /** External addresses of the NAT, where they are static. */
  public get natAddresses(): ComputeAddress[] {
    return [...this.addresses];
  }

  /**
   * Where the proxies of regional load balancers are; created on first use of
   * `RegionNetwork.proxyOnlySubnetwork`.
   */
  public get proxyOnlySubnetwork(): ComputeSubnetwork | undefined {
    return this.activeProxyOnly;
  }

  /** Where the proxies are to move to, or have moved from. */
  public get backupProxyOnlySubnetwork(): ComputeSubnetwork | undefined {
    return this.backupProxyOnly;
  }

  /** The subnet of machines, with a way out. @internal */
  public _machines(): ComputeSubnetwork {
    if (this.machineSubnetwork) return this.machineSubnetwork;
    const { region, networkId: network, ipCidrRange, logConfig } = this.props;
    this.machineSubnetwork = new ComputeSubnetwork(this, "Subnetwork", {
      name: this.nameOf("subnetwork", firstAddress(ipCidrRange)),
      region,
      network,
      ipCidrRange,
      purpose: "PRIVATE",
      stackType: "IPV4_ONLY",
      privateIpGoogleAccess: true,
      logConfig,
    });
    this.addNat();
    return this.machineSubnetwork;
  }

  /** @internal */
  public _proxyOnly(range: string, backupRange: string | undefined): ComputeSubnetwork {
    if (this.activeProxyOnly) return this.activeProxyOnly;
    this.activeProxyOnly = this.addProxyOnly(range, "ACTIVE");
    if (backupRange !== undefined) {
      // The other one has to become active before this one can become the backup.
      this.backupProxyOnly = this.addProxyOnly(backupRange, "BACKUP", this.activeProxyOnly);
    }
    return this.activeProxyOnly;
  }

  /**
   * The id holds the range, not the role: when two subnets exchange their roles, both stay where
   * they are.
   */
  private addProxyOnly(range: string, role: string, after?: ComputeSubnetwork): ComputeSubnetwork {
    return new ComputeSubnetwork(this, `ProxyOnly ${range.replace("/", "-")}`, {
      name: this.nameOf("proxy-only", range),
      region: this.props.region,
      network: this.props.networkId,
      ipCidrRange: range,
      purpose: "REGIONAL_MANAGED_PROXY",
      role,
      dependsOn: after ? [after] : undefined,
    });
  }

  private addNat(): void {
    const { region, networkId: network, egress } = this.props;
    const options = egress._nat();
    if (!options) return;
    this.addresses = Array.from({ length: egress._staticAddresses }, (_, index) =>
      this.addAddress(`NatAddress ${index + 1}`),
    );
    this.cloudRouter = new ComputeRouter(this, "Router", { name: this.nameOf("router"), region, network });
    this.cloudNat = new ComputeRouterNat(this, "Nat", {
      ...options,
      name: this.nameOf("nat"),
      region,
      router: this.cloudRouter.name,
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      natIpAllocateOption: this.addresses.length > 0 ? "MANUAL_ONLY" : "AUTO_ONLY",
      // An empty list too: what is left out here stays as it was, and addresses that are taken back
      // would still be in use.
      natIps: this.addresses.map(({ id: address }) => address),
      // Its addresses inherit this: one that is taken away goes after the NAT has let go of it.
      // Nothing that is ever changed replaces the NAT itself.
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private addAddress(id: string): ComputeAddress {
    return new ComputeAddress(this, id, {
      name: this.nameOf(id),
      region: this.props.region,
      addressType: "EXTERNAL",
      lifecycle: { preventDestroy: this.props.protectAddresses },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
  }

  private nameOf(part: string, ...forcedInputs: string[]): string {
    const { path } = this.node;
    return hashedSlug(`${path} ${part}`, COMPUTE_NAME.maxLength, [path, part, ...forcedInputs]);
  }
}
