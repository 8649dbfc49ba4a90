import { checked } from "../../core/checked";
import type { ServerVerification } from "./server-verification";

/**
 * The protocol between the load balancer and the machines.
 *
 * Google encrypts traffic between its load balancers and machines in its network by itself; use
 * HTTPS if it must be encrypted up to the process. Any certificate is then accepted, unless
 * `ServerVerification` is given
 * (docs.cloud.google.com/load-balancing/docs/backend-authenticated-tls-backend-mtls, read
 * 2026-11-22).
 */
@checked
export class BackendProtocol {
  /** HTTP/1.1 without TLS. */
  public static http(): BackendProtocol {
    return new BackendProtocol("HTTP");
  }

  /**
   * HTTP/2 without TLS, for gRPC servers without certificates. The provider accepts it since 6.0;
   * that the global load balancer does is from general knowledge, 2026-11.
   */
  public static h2c(): BackendProtocol {
    return new BackendProtocol("H2C");
  }

  /**
   * HTTP/1.1 with TLS.
   *
   * @param verification How the machine's certificate is verified; without it any is accepted.
   */
  public static https(verification?: ServerVerification): BackendProtocol {
    return new BackendProtocol("HTTPS", verification);
  }

  /**
   * HTTP/2 with TLS, for gRPC.
   *
   * @param verification How the machine's certificate is verified; without it any is accepted.
   */
  public static http2(verification?: ServerVerification): BackendProtocol {
    return new BackendProtocol("HTTP2", verification);
  }

  private constructor(
    /** The Compute API's name: HTTP, H2C, HTTPS or HTTP2. */
    public readonly name: string,
    /** How the machine's certificate is verified, if at all. */
    public readonly verification?: ServerVerification,
  ) {}
}
