import type { ComputeRouterNatConfig } from "@cdktf/provider-google/lib/compute-router-nat";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkInteger, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { MAX_NAT_PORTS, natDynamicMinPorts, natPorts, powerOfTwo } from "../../google/network";

/** Limits: Compute API v1, RouterNat, read 2026-11-22. */
export interface CloudNatOptions {
  /**
   * External addresses reserved in each region, 1 to 300, for partners with address allowlists.
   * Turning it on or off, or lowering it, cuts connections. @default none: Google assigns addresses
   * as needed
   */
  readonly staticAddresses?: number;
  /** Gives a machine more ports while it opens many connections. @default true */
  readonly dynamicPorts?: boolean;
  /**
   * Minimum ports per machine, which limits its concurrent connections to one external address and
   * port. A power of two from 32 to 32768; without `dynamicPorts` any number from 2 to 65536.
   * @default 64
   */
  readonly minPortsPerMachine?: number;
  /**
   * Maximum ports per machine with `dynamicPorts`: a power of two from 64 to 65536, more than
   * `minPortsPerMachine`. @default 4096, or 65536 if the minimum is that high
   */
  readonly maxPortsPerMachine?: number;
  /** What is logged. @default NatLogging.ERRORS */
  readonly logging?: NatLogging;
}

/** Which connections Cloud NAT logs. */
export enum NatLogging {
  /** None. */
  NONE = "NONE",
  /** Connections that found no free port. */
  ERRORS = "ERRORS_ONLY",
  /** Every connection, opened or failed. */
  ALL = "ALL",
}

const DEFAULT_MIN_PORTS = 64;
const DEFAULT_MAX_PORTS = 4096;
const MAX_ADDRESSES = 300;

/** How machines without an external address reach destinations outside their network. */
const ROUND_UP = "round it up to the next power of two";

@checked
export class NetworkEgress {
  /**
   * The internet, through a Cloud Router with Cloud NAT in each region with machines; Google's APIs
   * through Private Google Access. Nothing can reach the machines this way.
   */
  public static cloudNat(options: CloudNatOptions = {}): NetworkEgress {
    return new NetworkEgress(options);
  }

  /**
   * Only Google's APIs, through Private Google Access: images from Artifact Registry, models from
   * Cloud Storage, logs and metrics. Images from Docker Hub and models from other hosts cannot be
   * pulled.
   */
  public static googleApisOnly(): NetworkEgress {
    return new NetworkEgress();
  }

  private constructor(private readonly nat?: CloudNatOptions) {}

  /** Number of addresses reserved per region. @internal */
  public get _staticAddresses(): number {
    return this.nat?.staticAddresses ?? 0;
  }

  /** A region's NAT settings for ports and logs; undefined without a NAT. @internal */
  public _nat(): Partial<ComputeRouterNatConfig> | undefined {
    if (!this.nat) return undefined;
    const { dynamicPorts = true, minPortsPerMachine = DEFAULT_MIN_PORTS, logging = NatLogging.ERRORS } = this.nat;
    const max = this.nat.maxPortsPerMachine ?? (minPortsPerMachine < DEFAULT_MAX_PORTS ? DEFAULT_MAX_PORTS : 2 ** 16);
    return {
      // The API keeps omitted options, so removing one would change nothing.
      enableDynamicPortAllocation: dynamicPorts,
      enableEndpointIndependentMapping: false,
      minPortsPerVm: minPortsPerMachine,
      maxPortsPerVm: dynamicPorts ? max : undefined,
      logConfig: {
        enable: logging !== NatLogging.NONE,
        filter: logging === NatLogging.NONE ? NatLogging.ERRORS : logging,
      },
    };
  }

  /** @internal */
  public _check(where: IConstruct): void {
    if (!this.nat) return;
    const { staticAddresses, dynamicPorts = true, minPortsPerMachine, maxPortsPerMachine } = this.nat;
    checkInteger(
      where,
      "egress.staticAddresses",
      staticAddresses,
      1,
      MAX_ADDRESSES,
      "leave it out to have Google assign addresses",
    );
    if (!dynamicPorts) {
      checkWithin(where, "egress.minPortsPerMachine", minPortsPerMachine, natPorts);
      if (maxPortsPerMachine !== undefined) {
        throw new ValidationError(where, {
          what: "egress.maxPortsPerMachine",
          got: maxPortsPerMachine,
          allowed: "unset without dynamicPorts",
          fix: "leave it out: each machine has exactly minPortsPerMachine ports",
        });
      }
      return;
    }
    checkAllowed(where, "egress.minPortsPerMachine", minPortsPerMachine, natDynamicMinPorts, ROUND_UP);
    const min = minPortsPerMachine ?? DEFAULT_MIN_PORTS;
    const max = powerOfTwo(Math.max(64, 2 * min), MAX_NAT_PORTS);
    checkAllowed(where, "egress.maxPortsPerMachine", maxPortsPerMachine, max, ROUND_UP);
  }
}
