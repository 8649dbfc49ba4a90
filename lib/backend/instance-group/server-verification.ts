import type { ComputeBackendServiceTlsSettings } from "@cdktf/provider-google/lib/compute-backend-service";
import { NetworkSecurityBackendAuthenticationConfig } from "@cdktf/provider-google/lib/network-security-backend-authentication-config";
import type { Construct } from "constructs";
import { checkLiteral, checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { ProjectServices } from "../../project/project-services";

const HOST = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Whom the machine's certificate has to be for. */
export interface ServerNameOptions {
  /**
   * Host name that the load balancer asks for (SNI). Without `subjectAltNames` the certificate has
   * to carry it. @default none is asked for
   */
  readonly serverName?: string;
  /**
   * DNS names of which the certificate has to carry one. With `subjectAltUris`, at most 5. @default
   * serverName
   */
  readonly subjectAltNames?: string[];
  /** URIs of which the certificate has to carry one: `spiffe://…`. @default none */
  readonly subjectAltUris?: string[];
}

export interface ServerVerificationOptions extends ServerNameOptions {
  /**
   * The certificate by which the load balancer shows the machine who it is (backend mTLS):
   * `projects/P/locations/global/certificates/NAME` of scope CLIENT_AUTH; a literal. @default none
   */
  readonly clientCertificateId?: string;
}

/**
 * Backend authenticated TLS: the load balancer verifies the machine's certificate before it sends a
 * request.
 *
 * Machines whose certificate does not pass get no requests; health checks verify nothing and go on
 * passing. So change it in two steps: first the certificates on the machines, then this. It changes
 * in place; a new trust configuration makes a new authentication configuration beside the old one.
 */
export class ServerVerification {
  /**
   * Certificates of authorities that browsers trust.
   *
   * @param host Host name in the certificate: the public roots count only where one is asked for.
   */
  public static publicRoots(host: string, options: ServerVerificationOptions = {}): ServerVerification {
    return new ServerVerification({ ...options, serverName: host }, { wellKnownRoots: "PUBLIC_ROOTS" });
  }

  /**
   * Certificates of your own authority.
   *
   * @param trustConfigId `projects/P/locations/global/trustConfigs/NAME` of Certificate Manager; a
   * literal, because the name of what is made with it carries a hash of it.
   */
  public static trustConfig(trustConfigId: string, options: ServerVerificationOptions = {}): ServerVerification {
    return new ServerVerification(options, { wellKnownRoots: "NONE", trustConfig: trustConfigId });
  }

  /**
   * By an authentication configuration that exists already.
   *
   * @param authenticationConfigId `projects/P/locations/global/backendAuthenticationConfigs/NAME`,
   * or a token for it.
   */
  public static existing(authenticationConfigId: string, options: ServerNameOptions = {}): ServerVerification {
    return new ServerVerification(options, undefined, authenticationConfigId);
  }

  private constructor(
    private readonly options: ServerVerificationOptions,
    private readonly roots?: { readonly wellKnownRoots: string; readonly trustConfig?: string },
    private readonly existingId?: string,
  ) {}

  /** The authentication configuration that it needs, if it is not there already. @internal */
  public _createConfig(where: Construct): NetworkSecurityBackendAuthenticationConfig | undefined {
    if (!this.roots) return undefined;
    const { wellKnownRoots, trustConfig } = this.roots;
    const { clientCertificateId: clientCertificate } = this.options;
    checkLiteral(where, "trustConfigId", trustConfig);
    checkLiteral(where, "clientCertificateId", clientCertificate);
    checkId(where, "trustConfigId", trustConfig, "trustConfigs");
    checkId(where, "clientCertificateId", clientCertificate, "certificates");
    return new NetworkSecurityBackendAuthenticationConfig(where, "AuthenticationConfig", {
      name: generatedName(where, COMPUTE_NAME, ["authentication", trustConfig ?? "", clientCertificate ?? ""]),
      location: "global",
      wellKnownRoots,
      trustConfig,
      clientCertificate,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(where).require("networksecurity.googleapis.com"),
    });
  }

  /** @internal */
  public _render(
    where: Construct,
    config: NetworkSecurityBackendAuthenticationConfig | undefined,
  ): ComputeBackendServiceTlsSettings {
    const { serverName, subjectAltNames = [], subjectAltUris = [] } = this.options;
    checkId(where, "authenticationConfigId", this.existingId, "backendAuthenticationConfigs");
    for (const host of serverName === undefined ? subjectAltNames : [serverName, ...subjectAltNames]) {
      checkPattern(where, "server name", host, HOST, "a host name in lower case", "give the name in the certificate");
    }
    const count = subjectAltNames.length + subjectAltUris.length;
    if (count > 5) {
      throw new ValidationError(where, {
        what: "subjectAltNames",
        got: `${count} names and URIs`,
        allowed: "at most 5 together",
        fix: "give all machines a name in common",
      });
    }
    const names = [
      ...subjectAltNames.map((dnsName) => ({ dnsName })),
      ...subjectAltUris.map((uniformResourceIdentifier) => ({ uniformResourceIdentifier })),
    ];
    return {
      authenticationConfig: `//networksecurity.googleapis.com/${this.existingId ?? config!.id}`,
      sni: serverName,
      subjectAltNames: names.length > 0 ? names : undefined,
    };
  }
}

function checkId(where: Construct, what: string, id: string | undefined, collection: string): void {
  checkPattern(
    where,
    what,
    id,
    new RegExp(`^projects/[^/]+/locations/global/${collection}/[^/]+$`),
    `projects/P/locations/global/${collection}/NAME`,
    "pass the resource name, without //…googleapis.com/ in front",
  );
}
