/**
 * Request headers by which the load balancer tells the service about the client, for
 * `requestHeaders`: `requestHeaders: { ...ClientHeaders.all(), "X-Team": "search" }`.
 *
 * Variables that the load balancer does not know for a request become an empty text
 * (docs.cloud.google.com/load-balancing/docs/https/custom-headers-global, read 2026-10-06). They
 * are not part of the cache key: what is cached must not depend on them.
 */
export class ClientHeaders {
  /** All of them. */
  public static all(): { [name: string]: string } {
    return { ...ClientHeaders.region(), ...ClientHeaders.latency(), ...ClientHeaders.tls() };
  }

  /**
   * `X-Client-Region` (a country as in CLDR, `DE`) and `X-Client-Region-Subdivision` (`USCA`):
   * where the client's address is.
   */
  public static region(): { [name: string]: string } {
    return {
      "X-Client-Region": "{client_region}",
      "X-Client-Region-Subdivision": "{client_region_subdivision}",
    };
  }

  /**
   * `X-Client-Rtt-Msec`: estimated round trip time between client and load balancer in
   * milliseconds.
   */
  public static latency(): { [name: string]: string } {
    return { "X-Client-Rtt-Msec": "{client_rtt_msec}" };
  }

  /**
   * `X-Client-Tls-Version` (`TLSv1.3`) and `X-Client-Tls-Cipher`: what the client's connection is
   * encrypted with; empty without TLS.
   */
  public static tls(): { [name: string]: string } {
    return { "X-Client-Tls-Version": "{tls_version}", "X-Client-Tls-Cipher": "{tls_cipher_suite}" };
  }

  private constructor() {}
}
