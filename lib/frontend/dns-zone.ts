import { DnsManagedZone } from "@cdktf/provider-google/lib/dns-managed-zone";
import { Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checkPattern } from "../core/checks";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, chosenName, type NameRule } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { normalHost } from "../routing/route-pattern";

/** A public zone of Cloud DNS, in which records can be created. */
export interface IDnsZone extends IConstruct {
  /** Its name in Cloud DNS: `example-com`. */
  readonly zoneName: string;
  /**
   * The domain that it answers for, in lower case and ASCII, with the final dot: `example.com.`.
   */
  readonly dnsName: string;
  /** The project that it is in. @default the provider's project */
  readonly projectId?: string;
}

export interface DnsZoneReferenceOptions {
  /**
   * The project that the zone is in; whoever deploys needs `roles/dns.admin` there. @default the
   * provider's project
   */
  readonly projectId?: string;
}

export interface DnsZoneProps {
  /**
   * The domain that the zone answers for: `example.com`; a literal. Cannot be changed without a new
   * zone.
   */
  readonly dnsName: string;
  /**
   * Its name in Cloud DNS, 1 to 63 characters. Cannot be changed without a new zone. @default
   * generated from the construct path
   */
  readonly zoneName?: string;
  /**
   * Signs the answers (DNSSEC). It takes effect when the registrar of the domain, or the zone
   * above, has the DS record. Before turning it off, remove that record there and wait for its
   * lifetime: resolvers refuse unsigned answers of a domain with a DS record. @default true
   */
  readonly dnssec?: boolean;
  /**
   * With `DESTROY`, the zone goes together with all records in it, also those that other people
   * have set. @default RemovalPolicy.PROTECT
   */
  readonly removalPolicy?: RemovalPolicy;
}

const ZONE_NAME: NameRule = { ...COMPUTE_NAME, kind: "zoneName" };

/**
 * A public zone of Cloud DNS. It answers for the domain when the domain's registrar, or the zone
 * above, names its name servers (`nameServers`).
 *
 * The world holds on to its name servers and keys, so nothing replaces it: its name depends on the
 * construct path alone, and with `PROTECT` Terraform refuses any plan that would replace or destroy
 * it, as long as the construct is there.
 */
export class DnsZone extends Construct implements IDnsZone {
  /**
   * A zone that exists already.
   *
   * @param zoneName Its name in Cloud DNS (`example-com`), or a token for it.
   * @param dnsName The domain that it answers for: `example.com`; a literal, because it decides
   * which records belong into the zone.
   * @throws ValidationError for what is no zone name or domain.
   */
  public static fromName(
    scope: Construct,
    id: string,
    zoneName: string,
    dnsName: string,
    options: DnsZoneReferenceOptions = {},
  ): IDnsZone {
    return new ImportedDnsZone(scope, id, zoneName, dnsName, options.projectId);
  }

  public readonly resource: DnsManagedZone;
  public readonly zoneName: string;
  public readonly dnsName: string;
  public readonly projectId?: string;
  /**
   * Host names to set as NS records at the domain's registrar, or in the zone above; known after
   * the first deploy.
   */
  public readonly nameServers: string[];

  public constructor(scope: Construct, id: string, props: DnsZoneProps) {
    super(scope, id);
    this.dnsName = normalDnsName(this, props.dnsName);
    const isProtected = (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT;
    this.resource = new DnsManagedZone(this, "Resource", {
      name: chosenName(this, ZONE_NAME, props.zoneName),
      dnsName: this.dnsName,
      visibility: "public",
      dnssecConfig: { state: (props.dnssec ?? true) ? "on" : "off" },
      // Cloud DNS deletes no zone with records other than its own NS and SOA.
      forceDestroy: !isProtected,
      lifecycle: { preventDestroy: isProtected },
      dependsOn: ProjectServices.of(this).require("dns.googleapis.com"),
    });
    this.zoneName = this.resource.name;
    this.nameServers = this.resource.nameServers;
  }
}

class ImportedDnsZone extends Construct implements IDnsZone {
  public readonly dnsName: string;

  public constructor(
    scope: Construct,
    id: string,
    public readonly zoneName: string,
    dnsName: string,
    public readonly projectId?: string,
  ) {
    super(scope, id);
    checkPattern(
      this,
      "zoneName",
      zoneName,
      COMPUTE_NAME.pattern,
      COMPUTE_NAME.allowed,
      "pass the zone's name in Cloud DNS, not its domain: gcloud dns managed-zones list shows both",
    );
    if (
      projectId !== undefined &&
      !Token.isUnresolved(projectId) &&
      !/^[a-z][-a-z0-9:.]{4,}[a-z0-9]$/.test(projectId)
    ) {
      throw new ValidationError(this, {
        what: "projectId",
        got: projectId,
        allowed: "a project ID",
        fix: "pass the ID, not the number or the name shown to people",
      });
    }
    this.dnsName = normalDnsName(this, dnsName);
  }
}

/**
 * Whether a domain, or the names below a wildcard, lie in the zone. Zones below it to which it
 * delegates are not known.
 */
export function isInZone(zone: IDnsZone, domain: string): boolean {
  return `.${domain.replace(/^\*\./, "")}.`.endsWith(`.${zone.dnsName}`);
}

function normalDnsName(where: IConstruct, dnsName: string): string {
  const name = Token.isUnresolved(dnsName) ? dnsName : dnsName.replace(/\.$/, "");
  const normal = normalHost(where, "dnsName", name);
  if (normal.includes("*") || !normal.includes(".")) {
    throw new ValidationError(where, {
      what: "dnsName",
      got: dnsName,
      allowed: "a full domain name without wildcard: example.com",
      fix: "name the domain that the zone answers for",
    });
  }
  return `${normal}.`;
}
