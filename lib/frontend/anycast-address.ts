import { isIP } from "node:net";
import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, chosenName } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";

export enum IpVersion {
  IPV4 = "IPV4",
  IPV6 = "IPV6",
}

/** An address that Google announces from every edge location. */
export interface IAnycastAddress {
  readonly address: string;
  readonly ipVersion: IpVersion;
}

export interface AnycastAddressProps extends ProviderOptions {
  readonly ipVersion: IpVersion;
  /** @default generated from the construct path */
  readonly name?: string;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A reserved global external address.
 *
 * DNS records and clients depend on it, so it is never replaced: its name depends only on the
 * construct path, and with `PROTECT` Terraform refuses to replace or destroy it while the construct
 * exists.
 */
@checked
export class AnycastAddress extends Construct implements IAnycastAddress {
  /**
   * A global address reserved elsewhere.
   *
   * @param address The IP address, or a token for it.
   * @throws ValidationError for an address that is not of this version.
   */
  public static fromAddress(address: string, ipVersion: IpVersion): IAnycastAddress {
    if (!Token.isUnresolved(address) && isIP(address) !== (ipVersion === IpVersion.IPV4 ? 4 : 6)) {
      throw new ValidationError("AnycastAddress.fromAddress", {
        what: "address",
        got: address,
        allowed: `an ${ipVersion} address`,
        fix: "pass the address itself, without prefix length, or a reference to a google_compute_global_address's address",
      });
    }
    return { address, ipVersion };
  }

  public readonly resource: ComputeGlobalAddress;
  public readonly address: string;
  public readonly ipVersion: IpVersion;

  public constructor(scope: Construct, id: string, props: AnycastAddressProps) {
    super(scope, id);
    useProvider(this, props.provider);
    this.ipVersion = props.ipVersion;
    this.resource = new ComputeGlobalAddress(this, "Resource", {
      name: chosenName(this, COMPUTE_NAME, props.name),
      addressType: "EXTERNAL",
      ipVersion: props.ipVersion,
      lifecycle: { preventDestroy: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
    this.address = this.resource.address;
  }
}
