import type { NetworkTier } from "../frontend/regional-address";
import type { Tls } from "../frontend/tls";

/** An endpoint whose requests stay in one region, beside the API's global address. */
export interface ResidencyOptions {
  /** `Tls.managed(["eu.api.example.com"])`: its own domains, not those of the API. */
  readonly tls: Tls;
  /**
   * ID of a regional Cloud Armor policy, as of `RegionEdgeSecurity`: the global policy does not see
   * these requests. @default none
   */
  readonly securityPolicyId?: string;
  /** Tier of the new address. Changing it changes the address. @default NetworkTier.PREMIUM */
  readonly networkTier?: NetworkTier;
}
