import { isIPv4 } from "node:net";
import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, chosenName } from "../core/naming";
import { regionFacts } from "../core/regions";
import { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";

/** The network between clients and the region. */
export enum NetworkTier {
  /** Google's network, entered and left at the edge nearest to the client. */
  PREMIUM = "PREMIUM",
  /**
   * The internet: packets enter and leave Google's network only in the region
   * (docs.cloud.google.com/network-tiers/docs/overview, from general knowledge, 2026-11). Cheaper;
   * not available in every region.
   */
  STANDARD = "STANDARD",
}

/** An external IPv4 address of one region. */
export interface IRegionalAddress {
  readonly address: string;
  readonly region: string;
  readonly networkTier: NetworkTier;
}

export interface RegionalAddressProps extends ProviderOptions {
  readonly region: string;
  /** Cannot be changed without a new address. @default NetworkTier.PREMIUM */
  readonly networkTier?: NetworkTier;
  /** @default generated from the construct path */
  readonly name?: string;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A reserved external IPv4 address of one region. The regional external Application Load Balancer
 * has no IPv6 for clients (docs.cloud.google.com/load-balancing/docs/ipv6, from general knowledge,
 * 2026-11).
 *
 * DNS records and clients depend on it, so only another region or tier replaces it, and with
 * `PROTECT` Terraform refuses even that while the construct exists.
 */
@checked
export class RegionalAddress extends Construct implements IRegionalAddress {
  /**
   * An address of the region reserved elsewhere.
   *
   * @param address The IPv4 address, or a token for it.
   * @throws ValidationError for an invalid IPv4 address or an unknown region.
   */
  public static fromAddress(
    address: string,
    region: string,
    networkTier: NetworkTier = NetworkTier.PREMIUM,
  ): IRegionalAddress {
    if (!Token.isUnresolved(address) && !isIPv4(address)) {
      throw new ValidationError("RegionalAddress.fromAddress", {
        what: "address",
        got: address,
        allowed: "an IPv4 address",
        fix: "pass the address itself, or a reference to a google_compute_address's address",
      });
    }
    return { address, region, networkTier };
  }

  public readonly resource: ComputeAddress;
  public readonly address: string;
  public readonly region: string;
  public readonly networkTier: NetworkTier;

  public constructor(scope: Construct, id: string, props: RegionalAddressProps) {
    super(scope, id);
    useProvider(this, props.provider);
    regionFacts(this, props.region);
    this.region = props.region;
    this.networkTier = props.networkTier ?? NetworkTier.PREMIUM;
    this.resource = new ComputeAddress(this, "Resource", {
      name: chosenName(this, COMPUTE_NAME, props.name),
      region: this.region,
      addressType: "EXTERNAL",
      networkTier: this.networkTier,
      lifecycle: { preventDestroy: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
    this.address = this.resource.address;
  }
}
