import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import { ComputeRouter } from "@cdktf/provider-google/lib/compute-router";
import { ComputeRouterNat } from "@cdktf/provider-google/lib/compute-router-nat";
import { ComputeSubnetwork, type ComputeSubnetworkLogConfig } from "@cdktf/provider-google/lib/compute-subnetwork";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
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
 * creates, and one for proxies. A region with only a regional load balancer over Cloud Run just
 * needs the second.
 */
@checked
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

  /** Subnet of the machines; undefined until the region has some. */
  public get subnetwork(): ComputeSubnetwork | undefined {
    return this.machineSubnetwork;
  }

  /** Undefined if machines only reach Google's APIs. */
  public get router(): ComputeRouter | undefined {
    return this.cloudRouter;
  }

  /** Undefined if machines only reach Google's APIs. */
  public get nat(): ComputeRouterNat | undefined {
    return this.cloudNat;
  }

  /** External addresses of the NAT, if static. */
  public get natAddresses(): ComputeAddress[] {
    return [...this.addresses];
  }

  /** Subnet of the proxies; created on first use of `RegionNetwork.proxyOnlySubnetwork`. */
  public get proxyOnlySubnetwork(): ComputeSubnetwork | undefined {
    return this.activeProxyOnly;
  }

  /** Subnet that the proxies will move to, or have moved from. */
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
      // The other one must become active before this one can become the backup.
      this.backupProxyOnly = this.addProxyOnly(backupRange, "BACKUP", this.activeProxyOnly);
    }
    return this.activeProxyOnly;
  }

  /** The ID contains the range, not the role: subnets that swap roles are kept. */
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
      // Set even if empty: the API would keep an omitted list, with removed addresses.
      natIps: this.addresses.map(({ id: address }) => address),
      // Its addresses inherit this: the NAT is updated before a removed address is deleted. No
      // change replaces the NAT itself.
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
