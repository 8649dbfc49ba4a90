import type { NetworkTier } from "../frontend/regional-address";
import type { Tls } from "../frontend/tls";

/** An endpoint whose requests stay in one region, beside the API's global address. */
export interface ResidencyOptions {
  /**
   * `Tls.managed(["eu.api.example.com"])`: domains of their own, not those of the API. As in
   * `RegionalEndpoint`.
   */
  readonly tls: Tls;
  /**
   * Id of a Cloud Armor policy of the region, as of `RegionEdgeSecurity`: the global one does not
   * see these requests. @default none
   */
  readonly securityPolicyId?: string;
  /** Of the new address. Cannot be changed without another address. @default NetworkTier.PREMIUM */
  readonly networkTier?: NetworkTier;
}
