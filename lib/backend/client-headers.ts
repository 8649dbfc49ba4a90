import { checked } from "../core/checked";
/**
 * Request headers in which the load balancer describes the client:
 * `requestHeaders: { ...ClientHeaders.all(), "X-Team": "search" }`.
 *
 * Variables unknown for a request become empty
 * (docs.cloud.google.com/load-balancing/docs/https/custom-headers-global, read 2026-10-06). They
 * are not in the cache key: cached responses must not depend on them.
 */
@checked
export class ClientHeaders {
  /** All of these headers. */
  public static all(): { [name: string]: string } {
    return { ...ClientHeaders.region(), ...ClientHeaders.latency(), ...ClientHeaders.tls() };
  }

  /** `X-Client-Region` (CLDR country, `DE`) and `X-Client-Region-Subdivision` (`USCA`). */
  public static region(): { [name: string]: string } {
    return {
      "X-Client-Region": "{client_region}",
      "X-Client-Region-Subdivision": "{client_region_subdivision}",
    };
  }

  /** `X-Client-Rtt-Msec`: estimated round trip time to the client, in milliseconds. */
  public static latency(): { [name: string]: string } {
    return { "X-Client-Rtt-Msec": "{client_rtt_msec}" };
  }

  /** `X-Client-Tls-Version` (`TLSv1.3`) and `X-Client-Tls-Cipher`; empty without TLS. */
  public static tls(): { [name: string]: string } {
    return { "X-Client-Tls-Version": "{tls_version}", "X-Client-Tls-Cipher": "{tls_cipher_suite}" };
  }

  private constructor() {}
}
