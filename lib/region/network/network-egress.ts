import type { ComputeRouterNatConfig } from "@cdktf/provider-google/lib/compute-router-nat";
import type { IConstruct } from "constructs";
import { checkAllowed, checkInteger, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { MAX_NAT_PORTS, natDynamicMinPorts, natPorts, powerOfTwo } from "../../google/network";

/** Limits: Compute API v1, RouterNat, read 2026-11-22. */
export interface CloudNatOptions {
  /**
   * External addresses reserved in each region, 1 to 300, for partners that admit callers by
   * address; connections are cut when it is turned on, turned off, or lowered.
   * @default none: Google assigns addresses and changes their number as needed
   */
  readonly staticAddresses?: number;
  /**
   * Gives a machine more ports while it opens many connections, and takes them back. @default true
   */
  readonly dynamicPorts?: boolean;
  /**
   * Ports that each machine has at least: as many connections at a time to one address and port
   * outside. A power of two from 32 to 32768; without `dynamicPorts` any number from 2 to 65536.
   * @default 64
   */
  readonly minPortsPerMachine?: number;
  /**
   * Ports that a machine has at most with `dynamicPorts`: a power of two from 64 to 65536, more
   * than `minPortsPerMachine`. @default 4096, or 65536 where the minimum is that high
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

/** How machines without an external address reach what is outside their network. */
const ROUND_UP = "round it up to the next power of two";

export class NetworkEgress {
  /**
   * The internet, by a Cloud Router with Cloud NAT in each region that has machines; Google's APIs
   * by Private Google Access. Nothing reaches the machines this way.
   */
  public static cloudNat(options: CloudNatOptions = {}): NetworkEgress {
    return new NetworkEgress(options);
  }

  /**
   * Google's APIs only, by Private Google Access: images from Artifact Registry, models from Cloud
   * Storage, logs and metrics. Images from Docker Hub and models from other hosts cannot be pulled.
   */
  public static googleApisOnly(): NetworkEgress {
    return new NetworkEgress();
  }

  private constructor(private readonly nat?: CloudNatOptions) {}

  /** How many addresses each region reserves. @internal */
  public get _staticAddresses(): number {
    return this.nat?.staticAddresses ?? 0;
  }

  /** What the NAT of a region says of ports and logs; undefined where there is none. @internal */
  public _nat(): Partial<ComputeRouterNatConfig> | undefined {
    if (!this.nat) return undefined;
    const { dynamicPorts = true, minPortsPerMachine = DEFAULT_MIN_PORTS, logging = NatLogging.ERRORS } = this.nat;
    const max = this.nat.maxPortsPerMachine ?? (minPortsPerMachine < DEFAULT_MAX_PORTS ? DEFAULT_MAX_PORTS : 2 ** 16);
    return {
      // The API keeps what is left out, so that taking an option back would change nothing.
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
          allowed: "nothing without dynamicPorts",
          fix: "leave it out: each machine has minPortsPerMachine ports, no more and no less",
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
